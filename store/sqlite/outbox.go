package sqlite

import (
	"context"
	"database/sql/driver"
	"time"

	"millrace.dev/crm"
	"millrace.dev/store"
)

// Unrelayed implements store.Records.
func (r records) Unrelayed(ctx context.Context, before time.Time, n int) ([]store.Outbox, error) {
	var boxes []store.Outbox
	err := r.db.read(ctx, func(c *conn) error {
		return c.query(ctx, func(row []driver.Value) error {
			boxes = append(boxes, store.Outbox{Resource: crm.Resource(asText(row[0])), ID: asText(row[1])})
			return nil
		}, "SELECT resource, id FROM records WHERE pending_at IS NOT NULL AND pending_at < ? ORDER BY pending_at, resource, id LIMIT ?",
			before, limit(n, maxPage))
	})
	if err != nil {
		return nil, err
	}
	full := boxes[:0]
	for _, box := range boxes {
		if box.Events, err = r.outbox(ctx, box.Resource, box.ID, 1<<62); err != nil {
			return nil, err
		}
		if len(box.Events) > 0 { // trimmed in the meantime
			full = append(full, box)
		}
	}
	return full, nil
}

// Trim implements store.Records.
func (r records) Trim(ctx context.Context, res crm.Resource, id string, rev int64) error {
	return r.db.writer.do(ctx, func(b *batch) error {
		n, err := b.exec("DELETE FROM outbox WHERE resource = ? AND id = ? AND rev <= ?", string(res), id, rev)
		if err != nil || n == 0 {
			return err
		}
		_, err = b.exec(`UPDATE records SET pending = pending - ?3,
			pending_at = (SELECT at FROM outbox WHERE resource = ?1 AND id = ?2 ORDER BY rev LIMIT 1)
			WHERE resource = ?1 AND id = ?2`, string(res), id, n)
		if err != nil {
			return err
		}
		_, err = b.exec("DELETE FROM records WHERE resource = ? AND id = ? AND deleted AND pending = 0", string(res), id)
		return err
	})
}

// maxPage is the most that one query returns, records excepted.
const maxPage = 1000

// limit is n between 1 and most; most when it is not positive.
func limit(n, most int) int {
	if n <= 0 || n > most {
		return most
	}
	return n
}
