package app

import (
	"strings"
	"time"

	"millrace.dev/app/i18n"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// typeTitle is a node type's name in the member's language.
func (r *Root) typeTitle(typ string) string {
	spec, ok := nodes.Lookup(typ)
	if !ok {
		return typ
	}
	return i18n.Or(r.lang, "node."+typ+".title", spec.Title)
}

// nodeTitle is what a card calls a node: the author's words, or the type's.
func (r *Root) nodeTitle(n flow.Node) string {
	if n.Title != "" {
		return n.Title
	}
	return r.typeTitle(n.Type)
}

// nodeLine is a card's one line.
func (r *Root) nodeLine(n flow.Node) string {
	spec, ok := nodes.Lookup(n.Type)
	if !ok {
		return r.t("editor.unknown_type")
	}
	text := nodes.LineWith(i18n.Or(r.lang, "node."+n.Type+".line", spec.Line), n)
	if strings.Trim(text, "… ,:=") == "" {
		return i18n.Or(r.lang, "node."+n.Type+".summary", spec.Summary)
	}
	for _, p := range nodes.FormOf(n.Type) {
		written, _ := n.Props[p.Name].(string)
		if d, err := nodes.ParseDuration(written); p.Kind == nodes.KindDuration && err == nil {
			text = strings.Replace(text, nodes.SayDuration(d), r.lasting(d), 1)
		}
	}
	return text
}

// lasting is a length of time in words: "1 day 2 hours".
func (r *Root) lasting(d time.Duration) string {
	var words []string
	for _, u := range units[1:] {
		if n := int(d / u.each); n > 0 {
			words = append(words, itoa(n)+" "+r.n("unit."+u.name, n))
			d %= u.each
		}
	}
	return strings.Join(words, " ")
}

// portTitle is a port's label on the canvas: the author's name of a case, or the
// word for one of the usual ports.
func (r *Root) portTitle(port string) string { return i18n.Or(r.lang, "port."+port, port) }

// propText is a text of a property ("label", "hint", "choice.<choice>").
func (r *Root) propText(typ, prop, what, english string) string {
	return i18n.Or(r.lang, "node."+typ+".prop."+prop+"."+what, english)
}

func (r *Root) groupTitle(g nodes.Group) string { return i18n.T(r.lang, "group."+string(g)) }

// iconOf is a node type's icon.
func iconOf(typ string) string {
	if spec, ok := nodes.Lookup(typ); ok && spec.Icon != "" {
		return spec.Icon
	}
	return "circle-dashed"
}

// groupOf is a node type's palette group, which decides its hue.
func groupOf(typ string) nodes.Group {
	if spec, ok := nodes.Lookup(typ); ok {
		return spec.Group
	}
	return nodes.Notes
}
