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
// moment on. It never runs backwards, over restarts either: keep stores it.
type fastClock struct {
	from, wall time.Time
	speed      float64
}

// clockDoc is where a workspace keeps the time its clock had reached.
const clockDoc = "clock"

// openClock continues the workspace's clock. With speed 1 and a workspace that
// never ran faster it is the wall clock.
func openClock(ctx context.Context, meta store.Shelf, speed float64) (*fastClock, error) {
	c := &fastClock{from: time.Now().UTC(), wall: time.Now(), speed: speed}
	doc, err := meta.Load(ctx, clockDoc)
	if flow.CodeOf(err) == flow.CodeNotFound {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the workspace's clock: %w", err)
	}
	var reached time.Time
	if err := json.Unmarshal(doc.Body, &reached); err != nil {
		return nil, fmt.Errorf("reading the workspace's clock: %w", err)
	}
	if reached.After(c.from) {
		c.from = reached
	}
	return c, nil
}

// Now is the workspace's time, in UTC.
func (c *fastClock) Now() time.Time {
	return c.from.Add(time.Duration(float64(time.Since(c.wall)) * c.speed))
}

// keep stores the clock's time every few seconds until ctx ends, and once more
// then. A crash costs a few seconds of workspace time, which then come again.
func (c *fastClock) keep(ctx context.Context, meta store.Shelf) error {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return c.save(context.WithoutCancel(ctx), meta)
		case <-tick.C:
			if err := c.save(ctx, meta); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

func (c *fastClock) save(ctx context.Context, meta store.Shelf) error {
	body, err := json.Marshal(c.Now())
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
