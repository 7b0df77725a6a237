package main

import (
	"fmt"
	"io"
)

// table is printed once, at the end.
type table struct{ rows [][2]string }

func (t *table) add(what, value string) { t.rows = append(t.rows, [2]string{what, value}) }

func (t *table) print(w io.Writer) {
	wide := 0
	for _, r := range t.rows {
		wide = max(wide, len(r[0]))
	}
	for _, r := range t.rows {
		fmt.Fprintf(w, "%-*s  %s\n", wide, r[0], r[1])
	}
}
