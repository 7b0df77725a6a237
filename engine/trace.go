package engine

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"millrace.dev/flow"
)

// Trace tells a run's history in lines that are the same in every process: no
// ids, times from the run's start. "+0s reply waiting", "+1h0m0s reply
// timeout", and last how the run stands: "done end".
func Trace(run flow.Run) []string {
	type line struct {
		at    time.Time
		visit int
		text  string
	}
	var lines []line
	add := func(at time.Time, s flow.Step, word string) {
		lines = append(lines, line{at, s.Visit, fmt.Sprintf("+%s %s %s", at.Sub(run.Started), s.Node, word)})
	}
	for _, s := range run.Steps {
		switch s.Held {
		case "":
		case flow.WaitRetry:
			add(s.At, s, "retrying")
		default:
			add(s.At, s, "waiting")
		}
		switch {
		case s.Left != nil:
			add(*s.Left, s, leftBy(s))
		case s.State != flow.StepWaiting:
			add(s.At, s, string(s.State))
		}
	}
	sort.SliceStable(lines, func(i, j int) bool {
		if !lines[i].at.Equal(lines[j].at) {
			return lines[i].at.Before(lines[j].at)
		}
		return lines[i].visit < lines[j].visit
	})
	out := make([]string, 0, len(lines)+1)
	for _, l := range lines {
		out = append(out, l.text)
	}
	last := string(run.State)
	if run.End != "" {
		last += " " + run.End
	}
	return append(out, last)
}

// leftBy is how a step ended: by its port, or with its error's code.
func leftBy(s flow.Step) string {
	code, _, _ := strings.Cut(s.Error, ":")
	switch {
	case s.State == flow.StepFailed && s.Port != "":
		return s.Port + " " + code
	case s.State == flow.StepFailed:
		return "failed " + code
	case s.State == flow.StepDone && s.Port != "":
		return s.Port
	case s.Port != "":
		return string(s.State) + " " + s.Port
	}
	return string(s.State)
}
