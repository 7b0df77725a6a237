package nodes_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/flow"
	"millrace.dev/nodes"
)

func TestParseDurationReadsISO8601(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"PT1S": time.Second, "PT90M": 90 * time.Minute, "PT24H": 24 * time.Hour, "P3D": 72 * time.Hour, "P2W": 14 * 24 * time.Hour,
		"P1DT2H3M4S": 26*time.Hour + 3*time.Minute + 4*time.Second, "P1W2D": 9 * 24 * time.Hour, "PT0S": 0,
	} {
		got, err := nodes.ParseDuration(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
	}
	for _, s := range []string{"", "P", "PT", "P1", "PT1", "1D", "P1M", "P1Y", "PT1.5H", "P-1D", "-P1D", "P1H", "PT1D", "PT1M1H", "P1D1D", "p1d", "P1DT", "P1D ", "PTT1H", "P1T1", "P9999999999D"} {
		_, err := nodes.ParseDuration(s)
		require.Error(t, err, s)
	}
}

func TestAHugeDurationIsTooLongAndDoesNotOverflow(t *testing.T) {
	for _, s := range []string{"P999999999W", "P999999999DT999999999H", "P700DT999999H"} {
		d, err := nodes.ParseDuration(s)
		require.NoError(t, err)
		require.Greater(t, d, flow.MaxDelay)
	}
}

func TestDurationsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(1, int64(flow.MaxDelay/time.Second)).Draw(t, "seconds")) * time.Second
		back, err := nodes.ParseDuration(nodes.FormatDuration(d))
		require.NoError(t, err)
		require.Equal(t, d, back)
	})
}

func FuzzParseDuration(f *testing.F) {
	f.Add("P1DT2H")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := nodes.ParseDuration(s)
		if err == nil && (d < 0 || d > 10*flow.MaxDelay) {
			t.Fatalf("%q is %v", s, d)
		}
	})
}

func TestDurationsAreSaidInWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		24 * time.Hour: "1 day", 26*time.Hour + time.Minute: "1 day 2 hours 1 minute", time.Second: "1 second", 0: "0 seconds", 90 * time.Second: "1 minute 30 seconds",
	} {
		require.Equal(t, want, nodes.SayDuration(d))
	}
}
