package canvas

import (
	"math"
	"strconv"
)

// Zoom limits, and the zoom below which a card's text is hidden.
const (
	MinZoom  = 0.1
	MaxZoom  = 2.0
	TextZoom = 0.4
)

// Camera says how the world lies on the screen: screen = world × Zoom + (X, Y).
type Camera struct{ X, Y, Zoom float64 }

// NewCamera shows the world at 100 % with its origin at the screen's.
func NewCamera() Camera { return Camera{Zoom: 1} }

// ToWorld is the world's point under a screen point.
func (c Camera) ToWorld(p Point) Point {
	z := c.zoom()
	return Point{(p.X - c.X) / z, (p.Y - c.Y) / z}
}

// ToScreen is where a world point lies on the screen.
func (c Camera) ToScreen(p Point) Point {
	z := c.zoom()
	return Point{p.X*z + c.X, p.Y*z + c.Y}
}

// Pan moves the picture by dx, dy screen pixels.
func (c Camera) Pan(dx, dy float64) Camera { return Camera{c.X + dx, c.Y + dy, c.Zoom} }

// ZoomAt multiplies the zoom, kept within MinZoom and MaxZoom, and leaves the
// world's point under screen point p where it is.
func (c Camera) ZoomAt(p Point, factor float64) Camera {
	w := c.ToWorld(p)
	z := clampZoom(c.zoom() * factor)
	return Camera{p.X - w.X*z, p.Y - w.Y*z, z}
}

// View is the part of the world that a viewport of w × h pixels shows.
func (c Camera) View(w, h float64) Box {
	z := c.zoom()
	return Box{-c.X / z, -c.Y / z, w / z, h / z}
}

// Fit shows all boxes in the middle of viewport (screen pixels; its X and Y are
// what panels cover), with a margin, at 100 % at most. No boxes: the origin.
func Fit(boxes []Box, viewport Box) Camera {
	const margin = 48
	b, ok := Bounds(boxes)
	if !ok {
		return Camera{viewport.X + viewport.W/2, viewport.Y + margin, 1}
	}
	z := 1.0
	if b.W > 0 && b.H > 0 {
		z = math.Min((viewport.W-2*margin)/b.W, (viewport.H-2*margin)/b.H)
	}
	z = clampZoom(math.Min(z, 1))
	m := b.Center()
	return Camera{viewport.X + viewport.W/2 - m.X*z, viewport.Y + viewport.H/2 - m.Y*z, z}
}

// Reveal moves the camera as little as possible so that box lies within
// viewport (screen pixels) with a margin, for keyboard walks.
func (c Camera) Reveal(box, viewport Box) Camera {
	const margin = 32
	z := c.zoom()
	a := c.ToScreen(Point{box.X, box.Y})
	dx := shift(a.X, box.W*z, viewport.X+margin, viewport.W-2*margin)
	dy := shift(a.Y, box.H*z, viewport.Y+margin, viewport.H-2*margin)
	return c.Pan(dx, dy)
}

// shift is how far a span must move to lie within another.
func shift(at, size, low, room float64) float64 {
	if size > room || at < low {
		return math.Min(0, low+room-size-at) + math.Max(0, low-at)
	}
	return math.Min(0, low+room-size-at)
}

// Transform is the camera as a CSS transform with origin 0 0.
func (c Camera) Transform() string {
	b := make([]byte, 0, 64)
	b = append(b, "translate("...)
	b = appendNumber(b, c.X)
	b = append(b, "px,"...)
	b = appendNumber(b, c.Y)
	b = append(b, "px) scale("...)
	b = strconv.AppendFloat(b, math.Round(c.zoom()*1e4)/1e4, 'f', -1, 64)
	return string(append(b, ')'))
}

// ShowsText reports whether cards are large enough to read.
func (c Camera) ShowsText() bool { return c.zoom() >= TextZoom }

func (c Camera) zoom() float64 {
	if c.Zoom == 0 {
		return 1
	}
	return c.Zoom
}

func clampZoom(z float64) float64 { return math.Max(MinZoom, math.Min(MaxZoom, z)) }

// appendNumber writes v with at most one decimal, as paths need no more.
func appendNumber(b []byte, v float64) []byte {
	n := int64(math.Round(v * 10))
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	b = strconv.AppendInt(b, n/10, 10)
	if d := n % 10; d != 0 {
		b = append(b, '.', byte('0'+d))
	}
	return b
}
