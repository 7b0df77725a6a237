package server

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// Schema tells OpenAPI both forms of a name.
func (nameJSON) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		{Type: huma.TypeString},
		{Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeString}},
	}}
}

// names checks a name: known languages, English at least, no text too long or
// with characters that hide.
func (n nameJSON) names() (map[string]string, error) {
	out := map[string]string{}
	for lang, text := range n {
		text = strings.TrimSpace(text)
		path := flow.Pointer("name", lang)
		if !oneOf(lang, crm.Languages) {
			return nil, badName(path, "unknown_language", "Languages are en, vi, ro and pl.")
		}
		if p := checkText(path, text, flow.MaxName); p != nil {
			return nil, refuse(flow.CodeInvalid, "%s", p.Text).with(*p)
		}
		if text != "" {
			out[lang] = text
		}
	}
	if len(out) == 0 {
		return nil, badName("/name", "required", "Give the flow a name.")
	}
	if out["en"] == "" { // lists fall back to English: any name is better than none
		for _, lang := range crm.Languages {
			if out[lang] != "" {
				out["en"] = out[lang]
				break
			}
		}
	}
	return out, nil
}

func badName(path, code, text string) error {
	return refuse(flow.CodeInvalid, "%s", text).with(problemAt(path, code, "%s", text))
}

// checkText refuses text that is too long, or that holds control characters or
// marks that turn the reading direction.
func checkText(path, text string, most int) *flow.Problem {
	if utf8.RuneCountInString(text) > most {
		p := problemAt(path, "too_long", "Use at most %d characters.", most)
		return &p
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			p := problemAt(path, "bad_character", "Invisible control characters cannot be used here.")
			return &p
		}
	}
	return nil
}

func oneOf[T comparable](v T, list []T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}
