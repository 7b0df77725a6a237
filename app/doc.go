// Package app is the browser app: one component owns all state, each page is a
// file that draws a part of it, and the canvas is drawn beside the component
// tree so that pointer work never goes through it.
//
// It never talks to anything but the server's API (client.go) and its websocket
// (socket.go), decides nothing about a flow that package nodes or edit can
// decide, and keeps nothing in the browser but the theme and panel sizes.
//
// Reading order: app.go (routes, the root), shell.go, client.go, socket.go; a
// small page such as outbox.go; then editor.go, stage.go, pointer.go, keys.go,
// panel.go and live.go. serve.go is the server's side.
package app
