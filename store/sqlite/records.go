package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// records implements store.Records.
type records struct{ db *DB }

// Load implements store.Records.
func (r records) Load(ctx context.Context, res crm.Resource, id string) (crm.Record, error) {
	var doc []byte
	err := r.db.read(ctx, func(c *conn) error {
		return c.query(context.Background(), func(row []driver.Value) error {
			doc = asBlob(row[0])
			return nil
		}, "SELECT doc FROM records WHERE resource = ? AND id = ? AND deleted = 0", string(res), id)
	})
	switch {
	case err != nil:
		return crm.Record{}, err
	case doc == nil:
		return crm.Record{}, store.NoRecord(res, id)
	}
	return store.DecodeRecord(doc)
}

// hold loads a record for a write, deleted ones too; fence is 0 for none.
func (r records) hold(ctx context.Context, res crm.Resource, id string) (h store.Held, fence int64, err error) {
	var doc []byte
	err = r.db.read(ctx, func(c *conn) error {
		return c.query(context.Background(), func(row []driver.Value) error {
			doc, fence, h.Deleted = asBlob(row[0]), asInt(row[1]), asInt(row[2]) != 0
			h.Ops, h.At, h.Pending = lines(asText(row[3])), asTime(row[4]), int(asInt(row[5]))
			return nil
		}, "SELECT doc, fence, deleted, ops, at, pending FROM records WHERE resource = ? AND id = ?", string(res), id)
	})
	if err != nil || doc == nil {
		return h, 0, err
	}
	h.Record, err = store.DecodeRecord(doc)
	return h, fence, err
}

// Write implements store.Records. A zero w.At is now.
func (r records) Write(ctx context.Context, w store.Write) (store.Written, error) {
	if w.At.IsZero() && (w.Event == nil || w.Event.At.IsZero()) {
		w.At = time.Now()
	}
	unlock, err := r.db.lock(ctx, string(w.Resource)+":"+w.ID)
	if err != nil {
		return store.Written{}, err
	}
	defer unlock()
	for {
		held, fence, err := r.hold(ctx, w.Resource, w.ID)
		if err != nil {
			return store.Written{}, err
		}
		applied, err := store.Apply(held, w)
		if err != nil {
			return store.Written{}, err
		}
		if !applied.Already {
			if won, err := r.put(ctx, held, applied, fence); err != nil {
				return store.Written{}, err
			} else if !won {
				continue
			}
		}
		return r.written(ctx, held, applied)
	}
}

// written tells the caller what an applied write did.
func (r records) written(ctx context.Context, held store.Held, a store.Applied) (store.Written, error) {
	w := store.Written{Record: a.Held.Record, Already: a.Already}
	switch {
	case a.Event != nil && held.Pending == 0:
		w.Pending = []crm.Event{*a.Event}
	case a.Event != nil || a.Already:
		rec := a.Held.Record
		boxes, err := r.outbox(context.WithoutCancel(ctx), rec.Resource, rec.ID, rec.Rev)
		if err != nil {
			return store.Written{}, err
		}
		w.Pending = boxes
	}
	return w, nil
}

// outbox reads a record's events up to a revision.
func (r records) outbox(ctx context.Context, res crm.Resource, id string, rev int64) ([]crm.Event, error) {
	var blobs [][]byte
	err := r.db.read(ctx, func(c *conn) error {
		return c.query(context.Background(), func(row []driver.Value) error {
			blobs = append(blobs, asBlob(row[0]))
			return nil
		}, "SELECT event FROM outbox WHERE resource = ? AND id = ? AND rev <= ? ORDER BY rev", string(res), id, rev)
	})
	if err != nil {
		return nil, err
	}
	return decodeAll(blobs, store.DecodeEvent)
}

func decodeAll[T any](blobs [][]byte, decode func([]byte) (T, error)) ([]T, error) {
	all := make([]T, len(blobs))
	for i, b := range blobs {
		v, err := decode(b)
		if err != nil {
			return nil, err
		}
		all[i] = v
	}
	return all, nil
}

const insertRecord = `INSERT INTO records
	(doc, ops, deleted, at, pending, pending_at, email, phone, owner, contact, organization, resource, id, created, fence)
	VALUES (?1, ?2, ?3, ?4, ?5, iif(?5, ?4, NULL), ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14 + 1)
	ON CONFLICT DO NOTHING`

const updateRecord = `UPDATE records SET doc = ?1, ops = ?2, deleted = ?3, at = ?4,
	pending = pending + ?5, pending_at = iif(?5, coalesce(pending_at, ?4), pending_at),
	email = ?6, phone = ?7, owner = ?8, contact = ?9, organization = ?10, fence = fence + 1
	WHERE resource = ?11 AND id = ?12 AND created = ?13 AND fence = ?14`

// put stores an applied write if the row is still at the fence.
func (r records) put(ctx context.Context, held store.Held, a store.Applied, fence int64) (won bool, err error) {
	rec, sql := a.Held.Record, updateRecord
	if fence == 0 {
		sql = insertRecord
	}
	doc, err := encode(rec)
	if err != nil {
		return false, err
	}
	var event []byte
	added := 0
	if a.Event != nil {
		if event, err = encode(a.Event); err != nil {
			return false, err
		}
		added = 1
	}
	gone, come := wordsMoved(held, a.Held)
	ops := strings.Join(a.Held.Ops, "\n")
	err = r.db.writer.do(ctx, func(b *batch) error {
		n, err := b.exec(sql, doc, ops, a.Held.Deleted, a.Held.At, added,
			indexed(rec, "email"), indexed(rec, "phone"), indexed(rec, "owner"), indexed(rec, "contact"), indexed(rec, "organization"),
			string(rec.Resource), rec.ID, rec.CreatedAt, fence)
		if won = n == 1; err != nil || !won {
			return err
		}
		if event != nil {
			_, err := b.exec("INSERT INTO outbox (resource, id, rev, at, event) VALUES (?, ?, ?, ?, ?)",
				string(rec.Resource), rec.ID, a.Event.Rev, a.Event.At, event)
			if err != nil {
				return err
			}
		}
		return b.moveWords(rec, gone, come)
	})
	return won, err
}

// encode makes JSON; a value that has none is the caller's mistake.
func encode(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, flow.Errorf(flow.CodeInvalid, "it cannot be stored as JSON: %v", err)
	}
	return data, nil
}

// indexed is the value of one of the fields that have a column, nil for none.
func indexed(r crm.Record, field string) driver.Value {
	if s := r.Text(field); s != "" {
		return s
	}
	return nil
}

// wordsMoved lists the search words that a record loses and gains.
func wordsMoved(from, to store.Held) (gone, come []string) {
	a, b := from.Record, to.Record
	if from.There() && to.There() && a.Title() == b.Title() && a.Text("email") == b.Text("email") && a.Text("phone") == b.Text("phone") {
		return nil, nil
	}
	if from.There() {
		gone = store.Words(a)
	}
	if to.There() {
		come = store.Words(b)
	}
	return gone, come
}

func (b *batch) moveWords(rec crm.Record, gone, come []string) error {
	for _, w := range gone {
		if _, err := b.exec("DELETE FROM words WHERE resource = ? AND word = ? AND id = ?", string(rec.Resource), w, rec.ID); err != nil {
			return err
		}
	}
	for _, w := range come {
		if _, err := b.exec("INSERT OR IGNORE INTO words (resource, word, id) VALUES (?, ?, ?)", string(rec.Resource), w, rec.ID); err != nil {
			return err
		}
	}
	return nil
}

// lines splits what strings.Join put on lines.
func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
