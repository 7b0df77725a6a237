package server

import "millrace.dev/crm"

type interim struct{ Field, Code, Text string }

func validate(s crm.Schema, fields map[string]any, partial bool) (map[string]any, []interim) {
	out := map[string]any{}
	var bad []interim
	for k, v := range fields {
		f, ok := s.Field(k)
		if !ok {
			bad = append(bad, interim{k, "unknown_field", "There is no field " + k + "."})
			continue
		}
		if n, isNum := v.(float64); isNum && f.Type == crm.Money {
			v = int64(n)
		}
		out[k] = v
	}
	return out, bad
}
