package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"
	"unicode/utf8"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

const maxRecords = 200

// columns are the fields that have an index of their own; any other field is
// compared inside the documents, newest first until the page is full.
var columns = map[string]bool{"email": true, "phone": true, "owner": true, "contact": true, "organization": true}

// List implements store.Records.
func (r records) List(ctx context.Context, q store.RecordQuery) ([]crm.Record, error) {
	s, err := recordsSQL(q)
	if err != nil {
		return nil, err
	}
	var docs [][]byte
	err = r.db.read(ctx, func(c *conn) error {
		return c.query(ctx, func(row []driver.Value) error {
			docs = append(docs, asBlob(row[0]))
			return nil
		}, s.text.String(), s.args...)
	})
	if err != nil {
		return nil, err
	}
	return decodeAll(docs, store.DecodeRecord)
}

// statement is SQL that is put together with its arguments.
type statement struct {
	text strings.Builder
	args []any
}

func (s *statement) add(sql string, args ...any) {
	s.text.WriteString(sql)
	s.args = append(s.args, args...)
}

func recordsSQL(q store.RecordQuery) (*statement, error) {
	s := &statement{}
	s.add("SELECT doc FROM records WHERE resource = ? AND deleted = 0", string(q.Resource))
	switch {
	case q.Field == "":
	case columns[q.Field] && q.Value != "":
		s.add(" AND "+q.Field+" = ?", q.Value)
	case !plainName(q.Field):
		return nil, flow.Errorf(flow.CodeInvalid, "%q is not the name of a field", q.Field)
	default:
		s.add(" AND json_extract(doc, ?) = ?", `$.fields."`+q.Field+`"`, q.Value)
	}
	for _, w := range store.SearchWords(q.Search) {
		s.add(" AND id IN (SELECT id FROM words WHERE resource = ? AND word >= ? AND word < ?)",
			string(q.Resource), w, w+string(utf8.MaxRune))
	}
	if !q.Before.IsZero() {
		s.add(" AND (created, id) < (?, ?)", q.Before, q.BeforeID)
	}
	s.add(" ORDER BY created DESC, id DESC LIMIT ?", limit(q.Limit, maxRecords))
	return s, nil
}

// plainName reports whether a field's name can stand in a JSON path.
func plainName(s string) bool {
	for _, c := range s {
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}
