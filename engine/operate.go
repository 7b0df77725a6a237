package engine

import (
	"slices"
	"time"

	"millrace.dev/flow"
)

// Cancel ends an unfinished run by a person's will; by is the member.
func Cancel(run flow.Run, by string, now time.Time) flow.Run {
	return halt(run, EndCancelled, "Cancelled by "+by+".", now)
}

// RecordDeleted ends an unfinished run whose record is gone.
func RecordDeleted(run flow.Run, now time.Time) flow.Run {
	return halt(run, EndRecordDeleted, "The record was deleted.", now)
}

func halt(run flow.Run, end, note string, now time.Time) flow.Run {
	if run.State.Final() {
		return run
	}
	now = utc(now)
	run.Steps = slices.Clone(run.Steps)
	for i := range run.Steps {
		s := &run.Steps[i]
		if s.State == flow.StepRunning || s.State == flow.StepWaiting {
			s.State, s.Left, s.Note = flow.StepSkipped, &now, join(s.Note, note)
		}
	}
	run.Tokens, run.State, run.End = nil, flow.Cancelled, end
	run.Ended, run.Updated = &now, now
	return run
}

// Retry tries a failed visit again, with the same idempotency key. ok is false
// when the visit has not failed. A run that was set aside as a whole, without a
// failed visit, goes on where it stands.
func Retry(run flow.Run, visit int, now time.Time) (_ flow.Run, ok bool) {
	if run.State == flow.Incident && !slices.ContainsFunc(run.Tokens, func(t flow.Token) bool { return t.Failed }) {
		run.State, run.Error, run.Updated = flow.Ready, "", utc(now)
		return run, true
	}
	return revive(run, visit, "", now)
}

// Skip leaves a failed visit by its node's ordinary port. ok is false when the
// visit has not failed.
func Skip(run flow.Run, visit int, now time.Time) (_ flow.Run, ok bool) {
	return revive(run, visit, byFirst, now)
}

func revive(run flow.Run, visit int, leave string, now time.Time) (flow.Run, bool) {
	if run.State != flow.Incident {
		return run, false
	}
	for i, t := range run.Tokens {
		if t.Visit != visit || !t.Failed {
			continue
		}
		run.Tokens = slices.Clone(run.Tokens)
		t.Failed, t.Attempt, t.Deaths, t.Leave = false, 0, 0, leave
		run.Tokens[i] = t
		run.State, run.Error, run.Updated = flow.Ready, "", utc(now)
		return run, true
	}
	return run, false
}
