package crm

// Languages are the languages of the product's screens, first the fallback.
var Languages = []string{"en", "vi", "ro", "pl"}

// in builds a label in the four languages.
func in(en, vi, ro, pl string) map[string]string {
	return map[string]string{"en": en, "vi": vi, "ro": ro, "pl": pl}
}

// Say picks the text for a language, falling back to English.
func Say(texts map[string]string, lang string) string {
	if s := texts[lang]; s != "" {
		return s
	}
	return texts["en"]
}
