package bus

import (
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

// Publish sends data to a live topic, at most once: whoever is not subscribed
// now never sees it. Topics are dotted ids: "flow.f1", "records.deal".
func (b *Bus) Publish(topic string, data []byte) error {
	if err := b.conn.Publish(b.prefix+".live."+topic, data); err != nil {
		return fmt.Errorf("publishing to %s: %w", topic, err)
	}
	return nil
}

// Watched reports whether anybody in this process is subscribed to any live
// topic, so that nothing is encoded for nobody.
func (b *Bus) Watched() bool { return b.watchers.Load() > 0 }

// Subscribe calls handle for every message on the topics of a pattern ("*" is
// one token, ">" the rest), one after another. A handler that is too slow loses
// messages, it never slows publishers. The returned function ends it.
func (b *Bus) Subscribe(pattern string, handle func(topic string, data []byte)) (func(), error) {
	root := b.prefix + ".live."
	sub, err := b.conn.Subscribe(root+pattern, func(m *nats.Msg) {
		handle(strings.TrimPrefix(m.Subject, root), m.Data)
	})
	if err != nil {
		return nil, fmt.Errorf("subscribing to %s: %w", pattern, err)
	}
	// The subscription must be in place before the caller reads a snapshot.
	if err := b.conn.Flush(); err != nil {
		return nil, fmt.Errorf("subscribing to %s: %w", pattern, err)
	}
	b.watchers.Add(1)
	ended := false
	return func() {
		if !ended {
			ended = true
			b.watchers.Add(-1)
			_ = sub.Unsubscribe() // a closed connection has ended it already
		}
	}, nil
}
