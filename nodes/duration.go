package nodes

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"millrace.dev/flow"
)

// durationUnits are the ISO 8601 designators in their order, before and after
// the "T". Months and years have no fixed length and are not among them.
var durationUnits = []struct {
	letter byte
	time   bool
	length time.Duration
	word   string
}{
	{'W', false, 7 * 24 * time.Hour, "week"},
	{'D', false, 24 * time.Hour, "day"},
	{'H', true, time.Hour, "hour"},
	{'M', true, time.Minute, "minute"},
	{'S', true, time.Second, "second"},
}

// ParseDuration reads an ISO 8601 length of time in whole weeks, days, hours,
// minutes and seconds: "P3D", "PT24H", "P1DT2H". A day is 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return 0, fmt.Errorf("%q is not a length of time such as PT30M, PT24H or P3D", s)
	}
	var total time.Duration
	unit, clock, parts := 0, false, 0
	for rest != "" {
		if rest[0] == 'T' && !clock {
			clock, rest = true, rest[1:]
			parts = 0
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 || end > 9 {
			return 0, fmt.Errorf("%q is not a length of time such as PT30M, PT24H or P3D", s)
		}
		n, _ := strconv.Atoi(rest[:end])
		for unit < len(durationUnits) && (durationUnits[unit].letter != rest[end] || durationUnits[unit].time != clock) {
			unit++
		}
		if unit == len(durationUnits) {
			return 0, fmt.Errorf("%q is not a length of time in weeks, days, hours, minutes and seconds, in this order", s)
		}
		length := durationUnits[unit].length
		if time.Duration(n) > 2*flow.MaxDelay/length {
			return 2 * flow.MaxDelay, nil // too long either way, and it must not overflow
		}
		total += time.Duration(n) * length
		unit, parts, rest = unit+1, parts+1, rest[end+1:]
	}
	if parts == 0 {
		return 0, fmt.Errorf("%q is not a length of time such as PT30M, PT24H or P3D", s)
	}
	return total, nil
}

// FormatDuration writes what ParseDuration reads, in its shortest form: "P3D",
// "P1DT2H". Parts of a second are dropped.
func FormatDuration(d time.Duration) string {
	if d < time.Second {
		return "PT0S"
	}
	if week := durationUnits[0].length; d%week == 0 {
		return fmt.Sprintf("P%dW", d/week)
	}
	var b strings.Builder
	b.WriteByte('P')
	clock := false
	for _, u := range durationUnits[1:] {
		n := d / u.length
		d %= u.length
		if n == 0 {
			continue
		}
		if u.time && !clock {
			b.WriteByte('T')
			clock = true
		}
		fmt.Fprintf(&b, "%d%c", n, u.letter)
	}
	return b.String()
}

// SayDuration is a length of time in English words: "1 day 2 hours".
func SayDuration(d time.Duration) string {
	var words []string
	for _, u := range durationUnits[1:] {
		n := d / u.length
		d %= u.length
		switch {
		case n == 1:
			words = append(words, "1 "+u.word)
		case n > 1:
			words = append(words, fmt.Sprintf("%d %ss", n, u.word))
		}
	}
	if len(words) == 0 {
		return "0 seconds"
	}
	return strings.Join(words, " ")
}
