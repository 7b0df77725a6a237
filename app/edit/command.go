package edit

import (
	"strconv"
	"strings"

	"millrace.dev/flow"
)

// Command is one change of a document, as a value. The types that implement it
// are all in this package; Document.Apply does them.
type Command interface {
	// plan works the change out without doing it.
	plan(g flow.Graph, cat Catalogue) (patch, Result, error)
}

// Label names a change for the history: "Undo: move 3 steps". Key is the i18n
// key after "edit.", Count how many things it is about, Name of which one.
type Label struct {
	Key   string
	Count int
	Name  string
}

// labels are the English texts, for one and for many; {n} is Count.
var labels = map[string][2]string{
	"add":       {"add {name}", "add {n} steps"},
	"move":      {"move {name}", "move {n} steps"},
	"property":  {"change {name}", "change {n} steps"},
	"title":     {"rename {name}", "rename {n} steps"},
	"disable":   {"disable {name}", "disable {n} steps"},
	"enable":    {"enable {name}", "enable {n} steps"},
	"replace":   {"replace {name}", "replace {n} steps"},
	"connect":   {"connect {name}", "connect {n} steps"},
	"reconnect": {"reconnect {name}", "reconnect {n} connectors"},
	"condition": {"change condition", "change {n} conditions"},
	"label":     {"change label", "change {n} labels"},
	"order":     {"change order", "change order of {n}"},
	"routing":   {"change routing of {name}", "change routing of {n} steps"},
	"delete":    {"delete {name}", "delete {n} steps"},
	"cut":       {"delete connector", "delete {n} connectors"},
	"insert":    {"insert {name}", "insert {n} steps"},
	"paste":     {"paste {name}", "paste {n} steps"},
	"duplicate": {"duplicate {name}", "duplicate {n} steps"},
	"settings":  {"change settings", "change settings"},
	"tidy":      {"tidy", "tidy {n} steps"},
	"group":     {"group {name}", "group {n} steps"},
	"ungroup":   {"ungroup", "ungroup {n} frames"},
	"restore":   {"restore", "restore"},
	"align":     {"align {name}", "align {n} steps"},
}

// String is the label in English.
func (l Label) String() string {
	t := labels[l.Key]
	s := t[1]
	if l.Count <= 1 {
		s = t[0]
	}
	return strings.NewReplacer("{n}", strconv.Itoa(l.Count), "{name}", l.Name).Replace(s)
}

// LabelKeys are the keys of all labels, sorted by nothing: for checking that
// every language has them.
func LabelKeys() []string {
	keys := make([]string, 0, len(labels))
	for k := range labels {
		keys = append(keys, k)
	}
	return keys
}

// label names a change of some nodes.
func (w *work) label(key string, ids ...string) Label {
	l := Label{Key: key, Count: len(ids)}
	if len(ids) > 0 {
		if n, ok := w.g.Nodes[ids[0]]; ok {
			l.Name = w.cat.title(n)
		}
	}
	return l
}

// replay is a patch as a command: the inverse of another.
type replay struct {
	p patch
	l Label
}

func (r replay) plan(flow.Graph, Catalogue) (patch, Result, error) {
	return r.p, Result{Label: r.l}, nil
}

// Batch is several commands as one undo step. Later ones see what earlier ones
// did. Label is the first's when its Key is "".
type Batch struct {
	Commands []Command
	Label    Label
}

func (b Batch) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	var all patch
	var out Result
	for i, c := range b.Commands {
		p, r, err := c.plan(g, cat)
		if err != nil {
			return patch{}, Result{}, err
		}
		g = p.apply(g)
		all = all.then(p)
		if i == 0 {
			out.Label = r.Label
		}
		out.Added = append(out.Added, r.Added...)
		out.Open = append(out.Open, r.Open...)
		out.Dropped = append(out.Dropped, r.Dropped...)
		if r.Connector != "" {
			out.Connector = r.Connector
		}
	}
	if b.Label.Key != "" {
		out.Label = b.Label
	}
	return all, out, nil
}

func missing(id string) error {
	return flow.Errorf(flow.CodeNotFound, "There is no step %q.", id)
}

func missingConnector(id string) error {
	return flow.Errorf(flow.CodeNotFound, "There is no connector %q.", id)
}
