//go:build !js

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// fastClock is a clock that runs speed times as fast as the wall's, from a
// moment on. It never runs backwards, over restarts and crashes either: keep
// stores how far it was, and the next one begins behind all that it may have
// told since.
type fastClock struct {
	from, wall time.Time
	speed      float64
}

// clockDoc is where a workspace keeps the time its clock had reached.
const clockDoc = "clock"

const (
	keepEvery = 5 * time.Second
	// keptFor is how long a process may live on after its clock was stored last:
	// until the next time, or, when it stops, until its runs have come to rest.
	keptFor = time.Minute
)

// reached is how far a workspace's clock was, and how fast it ran, at a moment
// of the wall's.
type reached struct {
	At    time.Time `json:"at"`
	Wall  time.Time `json:"wall"`
	Speed float64   `json:"speed"`
}

// atMost is the latest time that the clock can have told by now.
func (r reached) atMost(now time.Time) time.Time {
	lived := now.Sub(r.Wall)
	if lived < 0 || lived > keptFor { // below: the wall's clock was set back
		lived = keptFor
	}
	return r.At.Add(time.Duration(float64(lived) * max(r.Speed, 1)))
}

// openClock continues the workspace's clock. With speed 1 and a workspace that
// never ran faster it is the wall clock.
func openClock(ctx context.Context, meta store.Shelf, speed float64) (*fastClock, error) {
	c := &fastClock{from: time.Now().UTC(), wall: time.Now(), speed: speed}
	doc, err := meta.Load(ctx, clockDoc)
	if flow.CodeOf(err) == flow.CodeNotFound {
		return c, c.save(ctx, meta)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the workspace's clock: %w", err)
	}
	var last reached
	if err := json.Unmarshal(doc.Body, &last); err != nil {
		return nil, fmt.Errorf("reading the workspace's clock: %w", err)
	}
	if at := last.atMost(c.wall); at.After(c.from) {
		c.from = at.UTC()
	}
	return c, c.save(ctx, meta)
}

// Now is the workspace's time, in UTC.
func (c *fastClock) Now() time.Time {
	return c.from.Add(time.Duration(float64(time.Since(c.wall)) * c.speed))
}

// keep stores the clock's time every few seconds until ctx ends, and once more
// then. What cannot be stored now is stored later; only the last failure is told.
func (c *fastClock) keep(ctx context.Context, meta store.Shelf) error {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		err := c.save(context.WithoutCancel(ctx), meta)
		if ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (c *fastClock) save(ctx context.Context, meta store.Shelf) error {
	body, err := json.Marshal(reached{At: c.Now(), Wall: time.Now().UTC(), Speed: c.speed})
	if err != nil {
		return fmt.Errorf("storing the workspace's clock: %w", err)
	}
	doc, err := meta.Load(ctx, clockDoc)
	if flow.CodeOf(err) == flow.CodeNotFound {
		_, err = meta.Insert(ctx, store.Doc{ID: clockDoc, Body: body})
		return err
	}
	if err != nil {
		return fmt.Errorf("storing the workspace's clock: %w", err)
	}
	doc.Body = body
	_, err = meta.CAS(ctx, doc)
	return err
}
