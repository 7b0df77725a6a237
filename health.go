//go:build !js

package main

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// healthCommand asks a running server whether it is ready: the container's
// health check, which has no other program to ask with.
func healthCommand() *cobra.Command {
	addr := fromEnv("MILLRACE_ADDR", defaultAddr)
	cmd := &cobra.Command{
		Use: "health", Short: "Ask a running server whether it is ready", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client := http.Client{Timeout: 2 * time.Second}
			res, err := client.Get("http://" + loopback(addr) + "/readyz")
			if err != nil {
				return fmt.Errorf("asking %s: %w", addr, err)
			}
			defer res.Body.Close()
			if res.StatusCode != http.StatusOK {
				return fmt.Errorf("%s is not ready: %s", addr, res.Status)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&addr, "addr", addr, "address of the server (MILLRACE_ADDR)")
	return cmd
}

// loopback turns a listening address into one that can be dialled from here:
// "0.0.0.0:8080" and ":8080" become "127.0.0.1:8080".
func loopback(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
