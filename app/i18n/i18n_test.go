package i18n

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryLanguageHasEveryText(t *testing.T) {
	for _, key := range Keys() {
		for i, s := range all[key] {
			require.NotEmpty(t, strings.TrimSpace(s), "%s in %s", key, Languages[i])
		}
	}
}

func TestPluralTextsHaveTheFormsOfTheirLanguage(t *testing.T) {
	for key, r := range all {
		if !strings.Contains(r[0], "|") {
			continue
		}
		for i, lang := range Languages {
			require.Len(t, strings.Split(r[i], "|"), FormCount(lang), "%s in %s", key, lang)
		}
	}
}

func TestTranslationsKeepThePlaceholdersOfTheEnglishText(t *testing.T) {
	for key, r := range all {
		for i, s := range r {
			for _, hole := range []string{"{0}", "{1}", "{{ record.status }}", "{{ owner.name }}", "{{ contact.email }}"} {
				if strings.HasPrefix(key, "edit.") {
					continue // some languages name no step
				}
				require.Equal(t, strings.Contains(r[0], hole), strings.Contains(s, hole), "%s: %s in %s", key, hole, Languages[i])
			}
		}
	}
}

func TestRomanianIsWrittenWithCommaBelow(t *testing.T) {
	for key, r := range all {
		require.False(t, strings.ContainsAny(r[2], "şţŞŢ"), key)
	}
}

func TestPluralRules(t *testing.T) {
	for _, c := range []struct {
		lang string
		n    int
		form int
	}{
		{"en", 1, 0}, {"en", 0, 1}, {"en", 2, 1}, {"vi", 1, 0}, {"vi", 7, 0},
		{"pl", 1, 0}, {"pl", 2, 1}, {"pl", 4, 1}, {"pl", 5, 2}, {"pl", 12, 2}, {"pl", 14, 2}, {"pl", 22, 1}, {"pl", 112, 2}, {"pl", 0, 2},
		{"ro", 1, 0}, {"ro", 0, 1}, {"ro", 2, 1}, {"ro", 19, 1}, {"ro", 20, 2}, {"ro", 101, 1}, {"ro", 119, 1}, {"ro", 120, 2},
	} {
		require.Equal(t, c.form, Form(c.lang, c.n), "%s %d", c.lang, c.n)
	}
}

func TestNumbersChooseTheirForm(t *testing.T) {
	require.Equal(t, "3 przepływy", N("pl", "flows.count", 3))
	require.Equal(t, "20 de fluxuri", N("ro", "flows.count", 20))
	require.Equal(t, "1 flow", N("en", "flows.count", 1))
	require.Equal(t, "5 luồng", N("vi", "flows.count", 5))
}

func TestFoldingMakesNamesFindable(t *testing.T) {
	require.Equal(t, "stefan", Fold("Ștefan"))
	require.Equal(t, "lodz", Fold("Łódź"))
	require.Equal(t, "dat", Fold("Đạt"))
	require.Equal(t, "dat", Fold("\u0110a\u0323t"))
}
