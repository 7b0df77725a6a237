// Package canvas is the drawing surface without the drawing: points and boxes,
// the camera, connector paths, what lies under the pointer, snapping, the
// layered layout, and the pointer's gestures as states.
//
// It never touches a browser, a clock or a flow: numbers in, numbers and
// strings out, so every gesture is tested as a gesture. Standard library only.
//
// Reading order: geometry.go, camera.go, ports.go, path.go and route.go, scene.go
// with tracks.go and hit.go, snap.go, input.go with intent.go and the states in
// gesture_*.go, then layout.go with order.go and place.go.
package canvas
