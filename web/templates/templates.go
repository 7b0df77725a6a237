// Package templates holds the flow files of the gallery, which the demo
// publishes too. Each is an ordinary flow file: import reads it, and a test
// holds that it has no problems.
package templates

import (
	"embed"
	"fmt"
	"path"
	"sort"
	"strings"
)

//go:embed *.json
var files embed.FS

// Template is one flow file of the gallery.
type Template struct {
	Name string // the file's name without its ending
	File []byte
}

// All lists the templates by name.
func All() []Template {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("reading the embedded templates: %v", err))
	}
	var all []Template
	for _, e := range entries {
		data, err := files.ReadFile(e.Name())
		if err != nil {
			panic(fmt.Sprintf("reading the embedded template %s: %v", e.Name(), err))
		}
		all = append(all, Template{strings.TrimSuffix(e.Name(), path.Ext(e.Name())), data})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}
