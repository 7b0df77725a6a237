package store

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
)

func TestFoldForgetsCaseAndDiacritics(t *testing.T) {
	for s, want := range map[string]string{
		"Đặng Thị Hương": "dang thi huong", "Łukasz ŻÓŁĆ": "lukasz zolc", "Ștefan Țepeș Brâncuși": "stefan tepes brancusi",
		"Straße Ærø Œuvre": "strasse aero oeuvre", "ｆｕｌｌ": "full", "e\u0301": "e", "İstanbul": "istanbul", "": "",
	} {
		require.Equal(t, want, Fold(s), s)
	}
}

func TestWordsAreWhatASearchFinds(t *testing.T) {
	r := crm.Record{Resource: crm.Lead, ID: "L-1", Fields: map[string]any{
		"full_name": "Ana-Maria Pop pop", "title": "Manager", "email": "ana.pop@ex.ro", "phone": "+40 721 111-222",
	}}
	require.Equal(t, []string{"ana", "pop", "ex", "ro", "40721111222", "721111222", "111222", "222", "maria"}, Words(r))
	require.Len(t, Words(crm.Record{Fields: map[string]any{"title": "x", "email": strings.Repeat("b.", 9), "phone": "1"}}), 3)
	long := crm.Record{Fields: map[string]any{"title": strings.Join(strings.Fields(strings.Repeat("a b ", 500)), "x "), "email": "me@ex.ro"}}
	require.LessOrEqual(t, len(Words(long)), MaxWords)
	require.Contains(t, Words(long), "me")
}

func TestSearchWordsJoinAPhonesGroups(t *testing.T) {
	for typed, want := range map[string][]string{
		"721 111": {"721111"}, "+40 (721)": {"40721"}, "Ana POP ana": {"ana", "pop"}, "": nil, " - ": nil, "deal 2026": {"deal", "2026"},
	} {
		got := SearchWords(typed)
		require.ElementsMatch(t, want, got, typed)
	}
}

func FuzzEveryWordOfATitleIsFound(f *testing.F) {
	f.Add("Đặng Łoś 2026")
	f.Add("e\u0301 \u0301 ﷺ")
	f.Fuzz(func(t *testing.T, title string) {
		words := map[string]bool{}
		for _, w := range Words(crm.Record{ID: "x", Fields: map[string]any{"title": title}}) {
			words[w] = true
		}
		if title == "" || len(words) == MaxWords {
			return
		}
		for _, w := range split(title) {
			require.True(t, words[w], w)
			require.Equal(t, w, Fold(w), "folding twice is folding once")
		}
	})
}
