package flow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// CheckJSON finds what encoding/json would let pass or silently change: a key
// that stands twice in one object, nesting past MaxJSONDepth, text that is not
// UTF-8, and anything behind the value. It is iterative and linear.
func CheckJSON(data []byte) Problems {
	if !utf8.Valid(data) {
		return Problems{jsonProblem(data, 0, "", "not_utf8", "The text is not valid UTF-8. Save the file as UTF-8.")}
	}
	w := walker{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	w.dec.UseNumber()
	w.walk()
	return w.found
}

// walker reads JSON token by token and remembers where it stands.
type walker struct {
	data  []byte
	dec   *json.Decoder
	open  []container
	found Problems
}

// container is one object or array that is not closed yet.
type container struct {
	object bool
	keys   map[string]bool
	key    string // the key whose value comes next; "" when a key comes next
	wait   bool   // a key was read, its value comes next
	index  int
}

func (w *walker) walk() {
	for done := false; !done; {
		token, err := w.dec.Token()
		if err != nil {
			w.broken(err)
			return
		}
		done = w.take(token)
	}
	if _, err := w.dec.Token(); !errors.Is(err, io.EOF) {
		w.add("trailing_data", "There is more text behind the value. Remove it.")
	}
}

// take handles one token; done is true once the outermost value is closed.
func (w *walker) take(token json.Token) (done bool) {
	if delim, ok := token.(json.Delim); ok {
		switch delim {
		case '{', '[':
			if len(w.open) == MaxJSONDepth {
				w.add("too_deep", fmt.Sprintf("The value is nested more than %d levels deep.", MaxJSONDepth))
				return true
			}
			w.open = append(w.open, container{object: delim == '{', keys: map[string]bool{}})
			return false
		}
		w.open = w.open[:len(w.open)-1]
		return w.closed()
	}
	if n := len(w.open); n > 0 && w.open[n-1].object && !w.open[n-1].wait {
		return w.takeKey(token.(string))
	}
	return w.closed()
}

func (w *walker) takeKey(key string) bool {
	top := &w.open[len(w.open)-1]
	top.key, top.wait = key, true
	if top.keys[key] {
		w.add("duplicate", fmt.Sprintf("%q stands here twice. Keep one of them.", key))
	}
	top.keys[key] = true
	return false
}

// closed marks the end of one value.
func (w *walker) closed() (done bool) {
	if len(w.open) == 0 {
		return true
	}
	top := &w.open[len(w.open)-1]
	top.wait = false
	top.index++
	return false
}

func (w *walker) broken(err error) {
	offset := w.dec.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	}
	text := "The JSON ends too early."
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		text = "This is not JSON: " + err.Error() + "."
	}
	w.found = append(w.found, jsonProblem(w.data, offset, w.path(), "bad_json", text))
}

func (w *walker) add(code, text string) {
	w.found = append(w.found, jsonProblem(w.data, w.dec.InputOffset(), w.path(), code, text))
}

// path is the JSON Pointer of the place where the walker stands.
func (w *walker) path() string {
	var parts []string
	for _, c := range w.open {
		if c.object {
			parts = append(parts, c.key)
		} else {
			parts = append(parts, strconv.Itoa(c.index))
		}
	}
	return Pointer(parts...)
}

// jsonProblem is an error at a byte offset; its text begins with line and
// column, both from 1.
func jsonProblem(data []byte, offset int64, path, code, text string) Problem {
	if offset > int64(len(data)) {
		offset = int64(len(data))
	}
	before := data[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return Problem{
		Level: LevelError, Code: code, Path: path,
		Text: fmt.Sprintf("Line %d, column %d: %s", line, column, text),
	}
}
