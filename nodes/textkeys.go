package nodes

import "strings"

// TextKeys lists every English text of the catalogue by the key under which the
// other languages translate it:
//
//	group.<group>
//	port.error
//	node.<type>.title, .summary, .line (when it holds words)
//	node.<type>.port.<port>
//	node.<type>.prop.<property>.label, .hint
//	node.<type>.prop.<property>.choice.<choice>
func TextKeys() map[string]string {
	texts := map[string]string{}
	texts["port."+ErrorPort] = errorText
	for _, g := range Groups {
		texts["group."+string(g)] = capital(string(g))
	}
	for _, s := range All() {
		key := "node." + s.Type
		texts[key+".title"] = s.Title
		texts[key+".summary"] = s.Summary
		if hasWords(s.Line) {
			texts[key+".line"] = s.Line
		}
		for _, p := range portsOf(s) {
			texts[key+".port."+p.Name] = p.Text
		}
		for _, p := range formOf(s) {
			prop := key + ".prop." + p.Name
			texts[prop+".label"] = p.Label
			if p.Help != "" {
				texts[prop+".hint"] = p.Help
			}
			for choice, text := range p.Texts {
				texts[prop+".choice."+choice] = text
			}
		}
	}
	return texts
}

// errorText explains ErrorPort, which every node has.
const errorText = "It failed, also when tried again."

// portsOf lists the ports that a type has whatever its properties are.
func portsOf(s Spec) []Port {
	if p, ok := s.New().(Porter); ok && len(s.Ports) == 0 {
		return p.Ports()
	}
	return s.Ports
}

// hasWords reports whether a line is more than placeholders and signs.
func hasWords(line string) bool {
	for line != "" {
		before, rest, _ := strings.Cut(line, "{")
		if strings.ContainsFunc(before, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }) {
			return true
		}
		_, line, _ = strings.Cut(rest, "}")
	}
	return false
}
