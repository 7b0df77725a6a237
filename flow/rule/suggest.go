package rule

import "strings"

// nearest finds the candidate that was probably meant by name: equal but for
// case, or at most a third of its letters away. It returns "" when none is.
func nearest(name string, candidates []string) string {
	if len(name) > 64 {
		return ""
	}
	best, bestAway := "", 1+max(1, len([]rune(name))/3)
	for _, c := range candidates {
		if strings.EqualFold(c, name) && c != name {
			return c
		}
		if away := distance(strings.ToLower(name), strings.ToLower(c), bestAway); away < bestAway {
			best, bestAway = c, away
		}
	}
	return best
}

// distance counts the edits (insert, delete, replace, swap of neighbours)
// between two words: optimal string alignment. It gives up at limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if abs(len(x)-len(y)) >= limit {
		return limit
	}
	var before, prev []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, prev, row = prev, row, make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(y)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
