package server

import (
	"context"
	"encoding/json"
	"fmt"

	"millrace.dev/flow"
	"millrace.dev/store"
)

func (s *Server) shelf(kind store.Kind) store.Shelf { return s.store.Shelf(kind) }

// load reads one document of a shelf.
func load[T any](ctx context.Context, sh store.Shelf, id string) (T, store.Doc, error) {
	var v T
	doc, err := sh.Load(ctx, id)
	if err != nil {
		return v, doc, err
	}
	v, err = decode[T](doc)
	return v, doc, err
}

// decode reads a document's body.
func decode[T any](doc store.Doc) (T, error) {
	var v T
	if err := json.Unmarshal(doc.Body, &v); err != nil {
		return v, fmt.Errorf("reading document %s: %w", doc.ID, err)
	}
	return v, nil
}

// insert stores a new document; made is false when the id is taken.
func insert(ctx context.Context, sh store.Shelf, id string, keys map[string]string, v any) (made bool, err error) {
	body, err := json.Marshal(v)
	if err != nil {
		return false, fmt.Errorf("writing document %s: %w", id, err)
	}
	return sh.Insert(ctx, store.Doc{ID: id, Keys: keys, Body: body})
}

// replace stores v in place of the loaded document; ok is false when somebody
// was faster.
func replace(ctx context.Context, sh store.Shelf, doc store.Doc, v any) (ok bool, err error) {
	body, err := json.Marshal(v)
	if err != nil {
		return false, fmt.Errorf("writing document %s: %w", doc.ID, err)
	}
	doc.Body = body
	return sh.CAS(ctx, doc)
}

// change loads, edits and replaces a document, again when somebody was faster.
func change[T any](ctx context.Context, sh store.Shelf, id string, edit func(*T) error) (T, error) {
	for range 20 {
		v, doc, err := load[T](ctx, sh, id)
		if err != nil {
			return v, err
		}
		if err := edit(&v); err != nil {
			return v, err
		}
		if ok, err := replace(ctx, sh, doc, v); err != nil || ok {
			return v, err
		}
	}
	var zero T
	return zero, flow.Errorf(flow.CodeUnavailable, "Too many people change this at once. Try again.")
}

// list reads documents of a shelf; next is the cursor of the following page,
// "" when this was the last.
func list[T any](ctx context.Context, sh store.Shelf, q store.ShelfQuery) (items []T, next string, err error) {
	docs, err := sh.List(ctx, q)
	if err != nil {
		return nil, "", err
	}
	items = make([]T, 0, len(docs))
	for _, d := range docs {
		v, err := decode[T](d)
		if err != nil {
			return nil, "", err
		}
		items = append(items, v)
	}
	if len(docs) > 0 && len(docs) == q.Limit {
		next = docs[len(docs)-1].ID
	}
	return items, next, nil
}

// every reads all documents that a query selects, page by page.
func every[T any](ctx context.Context, sh store.Shelf, q store.ShelfQuery) ([]T, error) {
	q.Limit = 1000
	all := []T{}
	for {
		items, next, err := list[T](ctx, sh, q)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
		if next == "" {
			return all, nil
		}
		q.After = next
	}
}
