package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// The written form is a flow as text, for tests, docs, diffs and bug reports:
//
//	# a comment
//	flow big-deal "Big deal" deal
//	name vi "Cơ hội lớn"
//	set allow_multiple false
//	node start record_updated fields=["amount"] when="deal.amount > 10000"
//	node mail send_email "Mail the owner" to="{{ owner.email }}" subject="Big deal"
//	node old send_email disabled
//	  to = "a@example.com"
//	start.out -> mail
//	mail.sent -> reply if "deal.open" label "asks" order 3 as c7
//	place start 0 160
//
// A property's value is JSON on one line; it may stand on an indented line of
// its own. A connector without "as" is called c1, c2, … by its place among the
// connectors; one without "order" has its place among those of its port, from 0.

// longLine is the width past which a node's properties get lines of their own.
const longLine = 100

// Written writes a flow in the written form. Nodes come in the order in which
// runs reach them, connectors by id, and the same file always gives the same
// text. Settings that have their default value are left out.
func Written(f File) string {
	var b strings.Builder
	fmt.Fprintf(&b, "flow %s %s %s\n", word(f.Flow), oneLine(f.Name["en"]), word(string(f.Graph.Resource)))
	for _, lang := range sortedKeys(f.Name) {
		if lang != "en" {
			fmt.Fprintf(&b, "name %s %s\n", word(lang), oneLine(f.Name[lang]))
		}
	}
	writeSettings(&b, f.Graph.Settings)
	for _, id := range reachOrder(f.Graph) {
		writeNode(&b, id, f.Graph.Nodes[id])
	}
	writeConnectors(&b, f.Graph.Connectors)
	for _, id := range sortedKeys(f.Graph.Layout) {
		p := f.Graph.Layout[id]
		fmt.Fprintf(&b, "place %s %d %d\n", word(id), p[0], p[1])
	}
	return b.String()
}

func writeSettings(b *strings.Builder, s Settings) {
	standard, own := settingsMap(DefaultSettings()), settingsMap(s)
	for _, name := range fileKeys["settings"] {
		v, set := own[name]
		if set && !bytes.Equal(v, standard[name]) {
			fmt.Fprintf(b, "set %s %s\n", name, v)
		}
	}
}

func settingsMap(s Settings) map[string]json.RawMessage {
	return members([]byte(oneLine(s)))
}

func writeNode(b *strings.Builder, id string, n Node) {
	head := "node " + word(id) + " " + word(n.Type)
	if n.Title != "" {
		head += " " + oneLine(n.Title)
	}
	if n.Disabled {
		head += " disabled"
	}
	var names, values []string
	if len(n.Routing) > 0 {
		names, values = append(names, "routing"), append(values, oneLine(n.Routing))
	}
	for _, name := range sortedKeys(n.Props) {
		if !ReservedProp(name) {
			names, values = append(names, word(name)), append(values, oneLine(n.Props[name]))
		}
	}
	line := head
	for i := range names {
		line += " " + names[i] + "=" + values[i]
	}
	if len(line) <= longLine {
		b.WriteString(line + "\n")
		return
	}
	b.WriteString(head + "\n")
	for i := range names {
		fmt.Fprintf(b, "  %s = %s\n", names[i], values[i])
	}
}

func writeConnectors(b *strings.Builder, connectors map[string]Connector) {
	ids := sortedKeys(connectors)
	sort.SliceStable(ids, func(i, j int) bool { return len(ids[i]) < len(ids[j]) })
	places := map[string]int{}
	for i, id := range ids {
		c := connectors[id]
		fmt.Fprintf(b, "%s -> %s", word(c.From), word(c.To))
		if c.If != "" {
			b.WriteString(" if " + oneLine(c.If))
		}
		if c.Label != "" {
			b.WriteString(" label " + oneLine(c.Label))
		}
		port := portOf(c)
		if c.Order != places[port] {
			fmt.Fprintf(b, " order %d", c.Order)
		}
		places[port]++
		if id != autoID(i) {
			b.WriteString(" as " + word(id))
		}
		b.WriteString("\n")
	}
}

// autoID is the id of the connector in the given place, from 0.
func autoID(place int) string { return "c" + strconv.Itoa(place+1) }

func portOf(c Connector) string {
	node, port := c.Source()
	return node + "." + port
}

// reachOrder lists node ids as runs reach them: from those nobody leads to,
// along the connectors in their order; what is left over by id.
func reachOrder(g Graph) []string {
	next := map[string][]string{}
	entered := map[string]bool{}
	ids := sortedKeys(g.Connectors)
	sort.SliceStable(ids, func(i, j int) bool { return g.Connectors[ids[i]].Order < g.Connectors[ids[j]].Order })
	for _, id := range ids {
		from, _ := g.Connectors[id].Source()
		next[from] = append(next[from], g.Connectors[id].To)
		entered[g.Connectors[id].To] = true
	}
	var order, todo []string
	seen := map[string]bool{}
	visit := func(start string) {
		for todo = append(todo, start); len(todo) > 0; {
			id := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if _, there := g.Nodes[id]; seen[id] || !there {
				continue
			}
			seen[id] = true
			order = append(order, id)
			for _, to := range slices.Backward(next[id]) {
				todo = append(todo, to)
			}
		}
	}
	for _, id := range sortedKeys(g.Nodes) {
		if !entered[id] {
			visit(id)
		}
	}
	for _, id := range sortedKeys(g.Nodes) {
		visit(id)
	}
	return order
}

// word writes a name bare when it reads back as one word, else quoted.
func word(s string) string {
	if s == "" || s == "disabled" {
		return oneLine(s)
	}
	for i := 0; i < len(s); i++ {
		if !bare(s[i]) {
			return oneLine(s)
		}
	}
	return s
}

func bare(c byte) bool {
	return c == '_' || c == '-' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// oneLine is v as JSON on one line.
func oneLine(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}
