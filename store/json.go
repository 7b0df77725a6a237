package store

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// Numbers inside values of type any come back from every store by one rule: a
// whole number that fits is an int64, any other a float64. So money, kept as an
// int64 of minor units, is one again; a float64 of 15 comes back as int64(15),
// which crm.Equal and crm.Schema.View take for the same.

// DecodeRecord reads the JSON of a record.
func DecodeRecord(data []byte) (crm.Record, error) {
	var r crm.Record
	err := decode(data, &r)
	numbersIn(r.Fields)
	return r, err
}

// DecodeEvent reads the JSON of an event.
func DecodeEvent(data []byte) (crm.Event, error) {
	var ev crm.Event
	err := decode(data, &ev)
	numbersOfEvent(&ev)
	return ev, err
}

// DecodeRun reads the JSON of a run.
func DecodeRun(data []byte) (flow.Run, error) {
	var r flow.Run
	err := decode(data, &r)
	numbersIn(r.Vars)
	numbersOfEvent(&r.Event)
	for _, out := range r.Outputs {
		numbersIn(out)
	}
	for i := range r.Steps {
		r.Steps[i].Output = number(r.Steps[i].Output)
	}
	for _, t := range r.Tokens {
		numbersIn(t.With)
		if t.Wait != nil {
			numbersIn(t.Wait.Output)
		}
	}
	return r, err
}

func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}

func numbersOfEvent(ev *crm.Event) {
	numbersIn(ev.Before)
	numbersIn(ev.After)
	numbersIn(ev.Data)
}

func numbersIn(m map[string]any) {
	for k, v := range m {
		switch v.(type) {
		case json.Number, map[string]any, []any:
			m[k] = number(v)
		}
	}
}

func number(v any) any {
	switch x := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(string(x), 10, 64); err == nil {
			return n
		}
		f, _ := x.Float64()
		return f
	case map[string]any:
		numbersIn(x)
	case []any:
		for i := range x {
			x[i] = number(x[i])
		}
	}
	return v
}

// settle gives the values of a field map the types that they will come back
// with, so that what a write returns is what a later Load returns.
func settle(fields map[string]any) {
	for k, v := range fields {
		if v == nil {
			delete(fields, k)
			continue
		}
		fields[k] = settled(v)
	}
}

func settled(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<63 {
			return int64(x)
		}
	case []string:
		list := make([]any, len(x))
		for i, s := range x {
			list[i] = s
		}
		return list
	case []any:
		for i := range x {
			x[i] = settled(x[i])
		}
	case map[string]any:
		for k := range x {
			x[k] = settled(x[k])
		}
	}
	return v
}
