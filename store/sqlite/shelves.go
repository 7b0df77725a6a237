package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// shelf implements store.Shelf on a table of its own, one column for each key.
type shelf struct {
	db   *DB
	kind store.Kind
	keys []string
	// Statements.
	insert, load, cas, delete, remove string
}

func newShelf(db *DB, kind store.Kind) *shelf {
	s := &shelf{db: db, kind: kind, keys: store.Keys[kind]}
	t := table(kind)
	names, marks, sets := "", "", ""
	for i, k := range s.keys {
		names += ", key_" + k
		marks += fmt.Sprintf(", ?%d", i+4)
		sets += fmt.Sprintf(", key_%s = ?%d", k, i+4)
	}
	s.insert = "INSERT INTO " + t + " (id, rev, body" + names + ") VALUES (?1, ?2, ?3" + marks + ") ON CONFLICT DO NOTHING"
	s.load = "SELECT id, rev, body" + names + " FROM " + t
	s.cas = "UPDATE " + t + " SET rev = ?2 + 1, body = ?3" + sets + " WHERE id = ?1 AND rev = ?2"
	s.delete = "DELETE FROM " + t + " WHERE id = ?"
	s.remove = s.delete + " AND rev = ?"
	return s
}

// Insert implements store.Shelf.
func (s *shelf) Insert(ctx context.Context, d store.Doc) (created bool, err error) {
	d.Rev = 1
	return s.put(ctx, s.insert, d)
}

// CAS implements store.Shelf.
func (s *shelf) CAS(ctx context.Context, d store.Doc) (ok bool, err error) {
	return s.put(ctx, s.cas, d)
}

func (s *shelf) put(ctx context.Context, sql string, d store.Doc) (won bool, err error) {
	args, err := s.args(d)
	if err != nil {
		return false, err
	}
	err = s.db.writer.do(ctx, func(b *batch) error {
		n, err := b.exec(sql, args...)
		won = n == 1
		return err
	})
	return won, err
}

func (s *shelf) args(d store.Doc) ([]any, error) {
	if d.ID == "" {
		return nil, flow.Errorf(flow.CodeInvalid, "a document of %s needs an id", s.kind)
	}
	body := d.Body
	if body == nil {
		body = []byte{}
	}
	args := append(make([]any, 0, 3+len(s.keys)), d.ID, d.Rev, body)
	found := 0
	for _, k := range s.keys {
		v, there := d.Keys[k]
		if !there {
			args = append(args, nil)
			continue
		}
		args = append(args, v)
		found++
	}
	if found < len(d.Keys) {
		return nil, flow.Errorf(flow.CodeInvalid, "documents of %s are listed by %q only, not by %v", s.kind, s.keys, d.Keys)
	}
	return args, nil
}

// Load implements store.Shelf.
func (s *shelf) Load(ctx context.Context, id string) (store.Doc, error) {
	docs, err := s.docs(ctx, s.load+" WHERE id = ?", id)
	if err != nil {
		return store.Doc{}, err
	}
	if len(docs) == 0 {
		return store.Doc{}, flow.Errorf(flow.CodeNotFound, "there is no %s in %s", id, s.kind)
	}
	return docs[0], nil
}

// Delete implements store.Shelf.
func (s *shelf) Delete(ctx context.Context, id string) error {
	return s.db.writer.do(ctx, func(b *batch) error {
		_, err := b.exec(s.delete, id)
		return err
	})
}

// Remove implements store.Shelf.
func (s *shelf) Remove(ctx context.Context, id string, rev int64) (ok bool, err error) {
	err = s.db.writer.do(ctx, func(b *batch) error {
		n, err := b.exec(s.remove, id, rev)
		ok = n == 1
		return err
	})
	return ok, err
}

// List implements store.Shelf.
func (s *shelf) List(ctx context.Context, q store.ShelfQuery) ([]store.Doc, error) {
	for _, k := range []string{q.Key, q.By} {
		if k != "" && !slices.Contains(s.keys, k) {
			return nil, flow.Errorf(flow.CodeInvalid, "documents of %s are listed by %q only, not by %q", s.kind, s.keys, k)
		}
	}
	sql := &statement{}
	sql.add(s.load + " WHERE 1")
	if q.Key != "" {
		sql.add(" AND key_"+q.Key+" = ?", q.Value)
	}
	sign, down := " > ", ""
	if q.Down {
		sign, down = " < ", " DESC"
	}
	if q.By == "" {
		if q.After != "" {
			sql.add(" AND id"+sign+"?", q.After)
		}
		sql.add(" ORDER BY id" + down)
	} else {
		sql.by("key_"+q.By, sign, down, q)
	}
	sql.add(" LIMIT ?", limit(q.Limit, maxPage))
	return s.docs(ctx, sql.text.String(), sql.args...)
}

// by orders a list by a column, which need not be unique.
func (s *statement) by(column, sign, down string, q store.ShelfQuery) {
	s.add(" AND "+column+" >= ?", q.Prefix) // also: is not NULL
	if q.Prefix != "" {
		s.add(" AND "+column+" < ?", q.Prefix+string(utf8.MaxRune))
	}
	if value, id, ok := strings.Cut(q.After, "\n"); ok {
		s.add(" AND ("+column+", id)"+sign+"(?, ?)", value, id)
	}
	s.add(" ORDER BY " + column + down + ", id" + down)
}

func (s *shelf) docs(ctx context.Context, sql string, args ...any) ([]store.Doc, error) {
	var docs []store.Doc
	err := s.db.read(ctx, func(c *conn) error {
		return c.query(ctx, func(row []driver.Value) error {
			d := store.Doc{ID: asText(row[0]), Rev: asInt(row[1]), Body: asBlob(row[2])}
			for i, k := range s.keys {
				if v, there := row[3+i].(string); there {
					if d.Keys == nil {
						d.Keys = map[string]string{}
					}
					d.Keys[k] = v
				}
			}
			docs = append(docs, d)
			return nil
		}, sql, args...)
	})
	return docs, err
}

// noShelf refuses everything: its kind is not in store.Keys.
type noShelf store.Kind

func (n noShelf) err() error { return flow.Errorf(flow.CodeInvalid, "there is no shelf %q", string(n)) }

// Insert implements store.Shelf.
func (n noShelf) Insert(context.Context, store.Doc) (bool, error) { return false, n.err() }

// Load implements store.Shelf.
func (n noShelf) Load(context.Context, string) (store.Doc, error) { return store.Doc{}, n.err() }

// CAS implements store.Shelf.
func (n noShelf) CAS(context.Context, store.Doc) (bool, error) { return false, n.err() }

// Delete implements store.Shelf.
func (n noShelf) Delete(context.Context, string) error { return n.err() }

// Remove implements store.Shelf.
func (n noShelf) Remove(context.Context, string, int64) (bool, error) { return false, n.err() }

// List implements store.Shelf.
func (n noShelf) List(context.Context, store.ShelfQuery) ([]store.Doc, error) { return nil, n.err() }
