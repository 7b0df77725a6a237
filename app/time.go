package app

import (
	"strconv"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// ago is a moment as people say it: "2 min ago".
func (r *Root) ago(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	d := r.now().Sub(t)
	switch {
	case d < 5*time.Second:
		return r.t("time.now")
	case d < time.Minute:
		return r.n("time.seconds", int(d/time.Second))
	case d < time.Hour:
		return r.n("time.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return r.n("time.hours", int(d/time.Hour))
	}
	return r.n("time.days", int(d/(24*time.Hour)))
}

// clock is the workspace's clock as the server told it: at is when, by this
// browser's clock. A demo's runs many times as fast.
type clock struct {
	at, now time.Time
	speed   float64
}

// present is the workspace's time when the browser's clock says wall.
func (c clock) present(wall time.Time) time.Time {
	if c.now.IsZero() {
		return wall
	}
	return c.now.Add(time.Duration(float64(wall.Sub(c.at)) * max(c.speed, 1)))
}

// now is the workspace's present, without the monotonic clock, which stands
// still while the computer sleeps.
func (r *Root) now() time.Time { return r.clock.present(time.Now().Round(0)) }

// setClock asks the server for the time again, after it was away.
func (r *Root) setClock() {
	load(r, "/api/me", func(me meBody, err error) {
		if err == nil {
			r.clock = clock{at: time.Now().Round(0), now: me.Now, speed: me.Speed}
		}
	})
}

// when is a moment as the language writes dates; the browser's Intl knows how.
func (r *Root) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if ui.IsServer {
		return t.UTC().Format("2006-01-02 15:04")
	}
	date := ui.Window().Get("Date").New(float64(t.UnixMilli()))
	return date.Call("toLocaleString", r.lang, map[string]any{"dateStyle": "medium", "timeStyle": "short"}).String()
}

// timeView shows how long ago, and the exact moment on hover.
func (r *Root) timeView(t time.Time) ui.UI {
	return ui.Elem("time").Attr("datetime", t.UTC().Format(time.RFC3339)).Title(r.when(t)).Text(r.ago(t))
}

// amount is a number with the language's separators.
func (r *Root) amount(v float64, digits int) string {
	if ui.IsServer {
		return strconv.FormatFloat(v, 'f', digits, 64)
	}
	return ui.Window().Get("Number").New(v).Call("toLocaleString", r.lang, map[string]any{"minimumFractionDigits": digits, "maximumFractionDigits": digits}).String()
}

func itoa(n int) string { return strconv.Itoa(n) }
