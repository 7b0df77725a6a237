package bus

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStopEndsAlsoWhileEveryHandlerFails(t *testing.T) {
	b := open(t, Config{})
	tried := make(chan struct{}, 100)
	down := func() error {
		select {
		case tried <- struct{}{}:
		default:
		}
		return errors.New("the store is down")
	}
	events, err := b.ConsumeEvents(t.Context(), func(context.Context, Logged) error { return down() })
	require.NoError(t, err)
	tasks, err := b.ConsumeTasks(t.Context(), 2, func(context.Context, Task) error { return down() })
	require.NoError(t, err)
	_, err = b.PublishEvent(t.Context(), event("e1", "D-1", 1))
	require.NoError(t, err)
	require.NoError(t, b.PublishTask(t.Context(), Task{Flow: "f", Run: "r"}, "1"))
	<-tried
	<-tried
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	stopped := make(chan struct{})
	go func() { events.Stop(ctx); tasks.Stop(ctx); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		require.FailNow(t, "Stop hangs")
	}
}
