// Command wasm plays scenarios in the browser's build of the engine and prints
// what comes of them. It runs under Node.js, started by enginetest's own test,
// with the scenarios on standard input, a NUL between two.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"millrace.dev/engine/enginetest"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	for i, one := range strings.Split(string(text), "\x00") {
		if i > 0 {
			fmt.Print("\x00")
		}
		play(one)
	}
}

func play(text string) {
	s, err := enginetest.Parse(text)
	if err != nil {
		fail(err)
	}
	got, err := s.RunPure()
	if err != nil {
		fail(err)
	}
	for _, lines := range [][]string{got.Trace, got.Effects, got.Enrollments} {
		fmt.Println(strings.Join(lines, "\n") + "\n--")
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
