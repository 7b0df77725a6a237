// Package edit is the flow while it is being edited: the document with its
// commands and their inverses, the history, the selection, the clipboard, and
// the table of actions that keys, menus and the palette read.
//
// It never draws, calls a server or knows the catalogue of nodes: what it needs
// of that comes in as a Catalogue. No clock and no goroutines; a Document
// belongs to one goroutine.
//
// Reading order: document.go, patch.go, command.go with the commands in
// add.go, change.go, connect.go, delete.go, insert.go, replace.go, paste.go,
// align.go, tidy.go, setgraph.go;
// history.go; selection.go, walk.go, outline.go, search.go, target.go; clip.go;
// scene.go; action.go, actions.go, keys.go and combo.go.
package edit
