package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"time"

	"modernc.org/sqlite"
)

// conn is one connection with its prepared statements. It speaks to the driver
// without database/sql, whose scanning costs more than the statements here. Not
// safe for concurrent use.
type conn struct {
	raw  driver.Conn
	stmt map[string]driver.Stmt
	args []driver.NamedValue
	row  []driver.Value
}

// dial opens a connection and runs the pragmas on it.
func dial(ctx context.Context, path, pragmas string) (*conn, error) {
	connector, err := sqlite.NewConnector(uri(path))
	if err != nil {
		return nil, err
	}
	raw, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c := &conn{raw: raw, stmt: map[string]driver.Stmt{}}
	if err := c.script(pragmas); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return c, nil
}

// script runs several statements, none of which is kept.
func (c *conn) script(sql string) error {
	_, err := c.raw.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return err
}

func (c *conn) prepared(sql string) (driver.Stmt, error) {
	if s, ok := c.stmt[sql]; ok {
		return s, nil
	}
	s, err := c.raw.Prepare(sql)
	if err != nil {
		return nil, fmt.Errorf("preparing %q: %w", sql, err)
	}
	c.stmt[sql] = s
	return s, nil
}

func (c *conn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: value(a)})
	}
	return c.args
}

// value turns an argument into what the driver takes.
func value(a any) driver.Value {
	switch v := a.(type) {
	case int:
		return int64(v)
	case time.Time:
		return nanos(v)
	case *time.Time:
		if v == nil {
			return nil
		}
		return nanos(*v)
	}
	return a
}

// exec runs a statement and returns how many rows it changed.
func (c *conn) exec(sql string, args ...any) (int64, error) {
	s, err := c.prepared(sql)
	if err != nil {
		return 0, err
	}
	res, err := s.(driver.StmtExecContext).ExecContext(context.Background(), c.bind(args))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query calls each for every row, until it returns an error. The row is valid
// during the call only; its blobs may be kept.
func (c *conn) query(ctx context.Context, each func(row []driver.Value) error, sql string, args ...any) (err error) {
	s, err := c.prepared(sql)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(ctx, c.bind(args))
	if err != nil {
		return err
	}
	defer func() {
		if e := rows.Close(); err == nil {
			err = e
		}
	}()
	n := len(rows.Columns())
	if cap(c.row) < n {
		c.row = make([]driver.Value, n)
	}
	row := c.row[:n]
	for {
		if err := ctx.Err(); err != nil { // the driver watches ctx up to the first row only
			return err
		}
		switch err := rows.Next(row); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

func (c *conn) close() error {
	for _, s := range c.stmt {
		_ = s.Close()
	}
	return c.raw.Close()
}

// Times are kept as Unix nanoseconds, those that do not fit as the ends of what
// does; exact ones are in the documents.
var (
	firstTime = time.Unix(0, -1<<63)
	lastTime  = time.Unix(0, 1<<63-1)
)

func nanos(t time.Time) int64 {
	switch {
	case t.Before(firstTime):
		return -1 << 63
	case t.After(lastTime):
		return 1<<63 - 1
	}
	return t.UnixNano()
}

// Columns come as int64, string, []byte or nil.
func asText(v driver.Value) string { s, _ := v.(string); return s }
func asInt(v driver.Value) int64   { n, _ := v.(int64); return n }
func asBlob(v driver.Value) []byte { b, _ := v.([]byte); return b }
func asTime(v driver.Value) time.Time {
	return time.Unix(0, asInt(v)).UTC()
}
