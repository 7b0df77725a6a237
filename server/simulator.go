package server

import "context"

// Pace is how fast the demo's simulator makes events.
type Pace struct {
	// Rate is in events per second.
	Rate   float64 `json:"rate" minimum:"0" maximum:"100"`
	Paused bool    `json:"paused"`
}

type paceIO struct {
	Body Pace
}

// simulatorRoutes exist only where a simulator runs.
func (s *Server) simulatorRoutes() {
	if s.simulator == nil {
		return
	}
	handle(s, "GET /api/simulator", "How fast the demo runs", func(context.Context, *struct{}) (*paceIO, error) {
		return s.pace(), nil
	})
	handle(s, "POST /api/simulator", "Make the demo faster, slower, or pause it", func(_ context.Context, in *paceIO) (*paceIO, error) {
		s.simulator.SetPace(in.Body.Rate, in.Body.Paused)
		return s.pace(), nil
	})
}

func (s *Server) pace() *paceIO {
	rate, paused := s.simulator.Pace()
	return &paceIO{Body: Pace{Rate: rate, Paused: paused}}
}
