package enginetest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/engine/enginetest"
)

const small = `Title.

-- flow --
flow f "F" deal
node start record_updated
-- world --
clock 2026-01-05T09:00:00Z
field deal net money
member u-1 name="Ana" teams=["sales"]
deal D-1 title="Hotel" amount=12.5 currency=VND net=3
-- script --
+1d2h update deal D-1 amount=7 by=u-1 # a comment
during mail event message.received deal D-1 kind=reply text="On it"
+2h fail mail times=3 temporary=true code=down text="no route"
-- trace --
f D-1: done end
`

func TestParseReadsWorldAndScript(t *testing.T) {
	s, err := enginetest.Parse(small)
	require.NoError(t, err)
	require.Equal(t, "Title.", s.Title)
	require.Equal(t, []string{"sales"}, s.Members[0].Teams)
	require.Equal(t, map[string]any{"title": "Hotel", "amount": int64(13), "currency": "VND", "net": int64(3)}, s.Records[0].Fields)
	require.Equal(t, enginetest.Step{At: 26 * time.Hour, Verb: "update", Resource: crm.Deal, ID: "D-1", By: "u-1",
		Fields: map[string]any{"amount": int64(7)}, Line: 12}, s.Steps[0])
	require.Equal(t, "mail", s.Steps[1].During)
	require.Equal(t, map[string]any{"text": "On it"}, s.Steps[1].Fields)
	require.Equal(t, 3, s.Steps[2].Times)
	require.Equal(t, []string{"f D-1: done end"}, s.Want.Trace)
}

func TestParseTellsTheLine(t *testing.T) {
	for src, want := range map[string]string{
		"-- flow --\nflow f \"F\" deals\n":                  "line 2",
		"-- world --\nclok now\n":                           "line 2",
		"-- script --\n+1h jump deal D-1\n":                 `line 2: unknown verb "jump"`,
		"-- script --\n+1h update deal\n":                   "line 2: update takes 2 words",
		"-- script --\n+1h update deals D-1 a={\n":          "line 2: a:",
		"-- script --\nsoon update deal D-1\n":              "line 2",
		"-- nonsense --\n":                                  "unknown section",
		"-- world --\nclock 2026-01-05T09:00:00Z\nuser\n":   "line 3",
		"-- world --\nclock 2026-01-05T09:00:00Z\n# none\n": "needs a flow",
	} {
		_, err := enginetest.Parse(src)
		require.ErrorContains(t, err, want, src)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	for _, text := range readScenarios(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := enginetest.Parse(text); err == nil {
			_ = enginetest.Rewrite(text, s.Want)
		}
	})
}
