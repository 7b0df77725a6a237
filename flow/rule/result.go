package rule

import (
	"math"
	"unicode/utf8"

	"millrace.dev/crm"
)

// checkedResult copies a result, making sure that it is plain, finite and not
// too large: shared lists are counted each time they are met (SAFETY.md M4,
// M8). On failure the value must not be looked at in any way.
func checkedResult(v any) (any, error) {
	left := maxResult
	return copyResult(v, &left, 0)
}

func copyResult(v any, left *int, depth int) (any, error) {
	if *left--; *left < 0 || depth > maxResultDepth {
		return nil, limitError("The result is too large.")
	}
	v, err := scalar(v)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case int:
		return float64(v), nil
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil, overflowUnless(false)
		}
		return v, nil
	case string:
		if len(v) > maxText || !utf8.ValidString(v) {
			return nil, limitError("The text is longer than 64 KiB or damaged.")
		}
		return v, nil
	case []any:
		out := make([]any, 0, min(len(v), 16))
		for _, e := range v {
			c, err := copyResult(e, left, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		return out, nil
	case []string:
		list, _ := crm.List(v)
		return copyResult(list, left, depth)
	case map[string]any:
		out := make(map[string]any, min(len(v), 16))
		for k, e := range v {
			c, err := copyResult(e, left, depth+1)
			if err != nil {
				return nil, err
			}
			out[k] = c
		}
		return out, nil
	}
	return v, nil
}
