package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the numbers of /metrics, in a registry of the server's own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	closed   *prometheus.CounterVec
	page     http.Handler
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "millrace_http_requests_total", Help: "Requests by route and status.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "millrace_http_request_seconds", Help: "Time to answer, by route.",
			Buckets: []float64{.005, .02, .1, .3, 1, 3, 10},
		}, []string{"route"}),
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "millrace_ws_closed_total", Help: "Websockets that the server closed, by code.",
		}, []string{"code"}),
	}
	watching := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "millrace_ws_clients", Help: "Open websockets.",
	}, func() float64 { return float64(s.hub.count()) })
	m.registry.MustRegister(m.requests, m.seconds, m.closed, watching,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.page = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return m
}

// Registry takes the metrics of other parts, to be shown on the same page.
func (s *Server) Registry() prometheus.Registerer { return s.metrics.registry }

func (m *metrics) request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	if status != http.StatusSwitchingProtocols {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

func (m *metrics) closing(code int) { m.closed.WithLabelValues(strconv.Itoa(code)).Inc() }
