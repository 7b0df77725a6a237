package server

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"millrace.dev/flow"
)

// maxBody is the largest body the API reads, in bytes.
const maxBody = 1 << 20

// readBody reads and checks the body of a request, leaves it readable again,
// and returns it. What is refused here never reaches a route: compressed
// bodies, other types than JSON, more than maxBody, broken or ambiguous JSON.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, *Refusal) {
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, refuse(codeMedia, "Send the body uncompressed: Content-Encoding %q is not read.", enc)
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, refuse(codeTooLarge, "The body is larger than %d bytes.", maxBody)
		}
		return nil, refuse(flow.CodeInvalid, "The body could not be read to its end.")
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	r.ContentLength = int64(len(data))
	if len(data) == 0 {
		return nil, nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || (kind != "application/json" && kind != "application/merge-patch+json") {
		return nil, refuse(codeMedia, "Send application/json, not %q.", r.Header.Get("Content-Type"))
	}
	r.Header.Set("Content-Type", "application/json")
	if p := checkJSON(data); p != nil {
		return nil, refuse(flow.CodeInvalid, "The body is not acceptable JSON: %s", p.Text).with(*p)
	}
	return data, nil
}

// checkJSON finds what makes text unacceptable as JSON input: broken syntax,
// invalid UTF-8, a key given twice, trailing text, or nesting deeper than
// flow.MaxJSONDepth.
func checkJSON(data []byte) *flow.Problem {
	dec := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		_, err := dec.ReadToken()
		if err != nil {
			p := jsonProblem(data, err)
			return &p
		}
		if dec.StackDepth() > flow.MaxJSONDepth {
			p := problemAt(string(dec.StackPointer()), "too_deep", "JSON may be nested at most %d deep.", flow.MaxJSONDepth)
			return &p
		}
		if dec.StackDepth() == 0 {
			break
		}
	}
	rest := data[dec.InputOffset():]
	if len(bytes.TrimSpace(rest)) > 0 {
		p := problemAt("", "trailing_text", "There is text after the end of the JSON value%s.", place(data, dec.InputOffset()))
		return &p
	}
	return nil
}

// strict decodes JSON into v: keys are case-sensitive, given once and known.
// After an error v must not be used, it may be partly filled.
func strict(data []byte, v any) *flow.Problem {
	err := json.Unmarshal(data, v, json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	p := jsonProblem(data, err)
	return &p
}

// jsonProblem says what is wrong with the JSON text, and where.
func jsonProblem(data []byte, err error) flow.Problem {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		at := place(data, syntax.ByteOffset)
		path := string(syntax.JSONPointer)
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return problemAt(path, "duplicate", "The key %s is given twice%s.", lastKey(path), at)
		}
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return problemAt(path, "syntax", "The JSON ends too early%s.", at)
		}
		return problemAt(path, "syntax", "The JSON is broken%s: %v.", at, syntax.Err)
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		at := place(data, semantic.ByteOffset)
		path := string(semantic.JSONPointer)
		if errors.Is(err, json.ErrUnknownName) {
			return problemAt(path, "unknown_key", "The key %s is not known here%s.", lastKey(path), at)
		}
		return problemAt(path, "wrong_type", "The value has the wrong type%s.", at)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return problemAt("", "syntax", "The JSON ends too early.")
	}
	return problemAt("", "syntax", "The JSON cannot be read.")
}

func lastKey(pointer string) string {
	key := pointer[strings.LastIndexByte(pointer, '/')+1:]
	return `"` + strings.NewReplacer("~1", "/", "~0", "~").Replace(key) + `"`
}

// place is " (line 3, column 14)" of a byte offset.
func place(data []byte, offset int64) string {
	if offset < 0 || offset > int64(len(data)) {
		return ""
	}
	before := data[:offset]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len([]rune(string(before[bytes.LastIndexByte(before, '\n')+1:]))) + 1
	return fmt.Sprintf(" (line %d, column %d)", line, column)
}

// jsonFormat is how huma reads and writes bodies: it reads strictly, and writes
// as the types' own encoding/json form, which the browser app reads.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		enc := stdjson.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		if p := strict(data, v); p != nil {
			return errors.New(p.Text)
		}
		return nil
	},
}

// rawJSON is a body that a route decodes itself, after readBody's checks.
type rawJSON []byte

// UnmarshalJSON keeps the bytes.
func (r *rawJSON) UnmarshalJSON(data []byte) error { *r = append((*r)[:0], data...); return nil }

// MarshalJSON gives the bytes back.
func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// Schema tells OpenAPI that it is an object.
func (rawJSON) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}
