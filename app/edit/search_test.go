package edit

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSearchFindsTitlesFieldsTagsAndConditions(t *testing.T) {
	d := sample()
	apply(t, d, SetTitle{Node: "end", Title: "Mail the owner"})
	apply(t, d, SetProp{Node: "note", Prop: "set", Value: map[string]any{"status": "won", "list": []any{12.5}}})
	search := func(q string) []Found { return Search(d.Graph, catalogue, q, nil) }
	require.Equal(t, []Found{{"mail", "title", "mail"}, {"end", "title", "Mail the owner"}}, search(" MAIL "))
	require.Equal(t, []Found{{"mail", "text", "{{ steps.branch.port }} {{ deal.name }}"}}, search("deal.name"))
	require.Equal(t, []Found{{"branch", "if", "deal.amount > 1"}}, search("deal.amount"))
	require.Equal(t, []Found{{"note", "set", "status"}}, search("status"))
	require.Equal(t, []Found{{"note", "set", "12.5"}}, search("12.5"))
	require.Empty(t, search("nothing like it"))
	require.Empty(t, search(" "))
}

func FuzzParseClip(f *testing.F) {
	c, _ := sample().Copy([]string{"branch", "mail"})
	f.Add(c.Text())
	f.Add(`{"schema":1}`)
	f.Fuzz(func(t *testing.T, s string) {
		if c, ok := ParseClip(s); ok {
			_, _ = sample().Apply(Paste{Clip: c})
		}
	})
}

func FuzzRenameSteps(f *testing.F) {
	for _, s := range []string{"steps.mail.x", `steps["mail"]`, "steps?.mail", "steps", `steps["`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		require.Equal(t, s, renameSteps(s, map[string]string{"mail": "mail"}))
		there := renameSteps(s, map[string]string{"mail": "mail_22"})
		require.GreaterOrEqual(t, len(there), len(s))
	})
}
