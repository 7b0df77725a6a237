package canvas

import "math"

// cells is a spatial index: which boxes lie in which 512 × 512 cell.
type cells map[[2]int32][]int32

const cellSize = 512.0

func (c cells) add(i int, b Box) {
	c.each(b, func(k [2]int32) bool {
		c[k] = append(c[k], int32(i))
		return false
	})
}

// any reports whether ok holds for one of the boxes near b.
func (c cells) any(b Box, ok func(i int) bool) bool {
	return c.each(b, func(k [2]int32) bool {
		for _, i := range c[k] {
			if ok(int(i)) {
				return true
			}
		}
		return false
	})
}

func (c cells) each(b Box, f func([2]int32) bool) bool {
	x0, x1 := cell(b.X), cell(b.Right())
	y0, y1 := cell(b.Y), cell(b.Bottom())
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			if f([2]int32{x, y}) {
				return true
			}
		}
	}
	return false
}

func cell(v float64) int32 { return int32(math.Floor(v / cellSize)) }
