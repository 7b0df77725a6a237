// Package web holds what the browser loads besides the program itself: style
// sheets, fonts, icons, a small script, and the built program when there is
// one. It never computes anything.
//
// The program is built into folder built by `make web` (app.wasm.gz and, for
// browsers that take it, app.wasm.br); it is not committed.
package web

import "embed"

// Files are the embedded files, with the paths they have in this folder.
//
//go:embed css fonts icons js all:built
var Files embed.FS
