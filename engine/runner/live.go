package runner

import (
	"encoding/json"
	"fmt"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// Live topics: "progress.<flow>.<run>" carries flow.Progress, "events.<resource>"
// carries crm.Event, both as JSON.
const (
	progressTopic = "progress"
	eventsTopic   = "events"
)

// publishProgress tells watchers what changed in a run. Nobody waits for it.
func (r *Runner) publishProgress(run flow.Run, changed []flow.Step) {
	if !r.bus.Watched() {
		return
	}
	r.publish(progressTopic+"."+run.Flow+"."+run.ID, flow.Progress{
		Flow: run.Flow, Version: run.Version, Run: run.ID, Resource: run.Resource, Record: run.Record,
		Title: run.Title, State: run.State, Rev: run.Rev, Steps: changed, At: run.Updated,
	})
}

// publishEvent tells watchers that a record's event was matched.
func (r *Runner) publishEvent(ev crm.Event) {
	if r.bus.Watched() {
		r.publish(eventsTopic+"."+string(ev.Resource), ev)
	}
}

func (r *Runner) publish(topic string, v any) {
	data, err := json.Marshal(v)
	if err == nil {
		err = r.bus.Publish(topic, data)
	}
	if err != nil {
		r.log.Warn("telling watchers", "topic", topic, "err", err)
	}
}

// Live calls the two functions for every live message, each from one goroutine,
// until stop is called. They must not block: who is too slow loses messages and
// sees a gap in the revisions.
func (r *Runner) Live(progress func(flow.Progress), event func(crm.Event)) (stop func(), err error) {
	endProgress, err := r.bus.Subscribe(progressTopic+".>", receive(r, progress))
	if err != nil {
		return nil, fmt.Errorf("watching runs: %w", err)
	}
	endEvents, err := r.bus.Subscribe(eventsTopic+".>", receive(r, event))
	if err != nil {
		endProgress()
		return nil, fmt.Errorf("watching events: %w", err)
	}
	return func() { endProgress(); endEvents() }, nil
}

func receive[T any](r *Runner, handle func(T)) func(string, []byte) {
	return func(topic string, data []byte) {
		var v T
		if err := json.Unmarshal(data, &v); err != nil {
			r.log.Warn("reading a live message", "topic", topic, "err", err)
			return
		}
		handle(v)
	}
}
