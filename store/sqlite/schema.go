package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"sort"
	"strings"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// application marks a file as ours (PRAGMA application_id): "MRdb".
const application = 0x4D526462

// migrations lead from each user_version to the next. Never change one that was
// released; add another.
var migrations = []string{`
CREATE TABLE records (
	resource TEXT NOT NULL, id TEXT NOT NULL,
	fence INTEGER NOT NULL,          -- +1 on every write of the row
	deleted INTEGER NOT NULL,
	created INTEGER NOT NULL,
	email TEXT, phone TEXT, owner TEXT, contact TEXT, organization TEXT,
	doc BLOB NOT NULL,               -- crm.Record
	ops TEXT NOT NULL,               -- operation keys, one a line, eldest first
	at INTEGER NOT NULL,             -- of the last event
	pending INTEGER NOT NULL,        -- rows in outbox
	pending_at INTEGER,              -- at of the eldest of them
	PRIMARY KEY (resource, id));
CREATE INDEX records_newest ON records (resource, created, id) WHERE deleted = 0;
CREATE INDEX records_email ON records (resource, email, created, id) WHERE email IS NOT NULL;
CREATE INDEX records_phone ON records (resource, phone, created, id) WHERE phone IS NOT NULL;
CREATE INDEX records_owner ON records (resource, owner, created, id) WHERE owner IS NOT NULL;
CREATE INDEX records_contact ON records (resource, contact, created, id) WHERE contact IS NOT NULL;
CREATE INDEX records_organization ON records (resource, organization, created, id) WHERE organization IS NOT NULL;
CREATE INDEX records_pending ON records (pending_at) WHERE pending_at IS NOT NULL;

CREATE TABLE outbox (
	resource TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL,
	at INTEGER NOT NULL, event BLOB NOT NULL,
	PRIMARY KEY (resource, id, rev)) WITHOUT ROWID;

CREATE TABLE words (
	resource TEXT NOT NULL, word TEXT NOT NULL, id TEXT NOT NULL,
	PRIMARY KEY (resource, word, id)) WITHOUT ROWID;

CREATE TABLE runs (
	id TEXT PRIMARY KEY, rev INTEGER NOT NULL,
	flow TEXT NOT NULL, version INTEGER NOT NULL, record TEXT NOT NULL,
	state TEXT NOT NULL,
	live TEXT,                       -- state, unless it is final
	wake INTEGER, started INTEGER NOT NULL, updated INTEGER NOT NULL,
	waits TEXT NOT NULL,             -- rows in run_waits, one key a line
	doc BLOB NOT NULL);              -- flow.Run
CREATE INDEX runs_due ON runs (wake, id) WHERE state = 'waiting' AND wake IS NOT NULL;
CREATE INDEX runs_live ON runs (live, id) WHERE live IS NOT NULL;
CREATE INDEX runs_newest ON runs (started, id);
CREATE INDEX runs_flow ON runs (flow, started, id);
CREATE INDEX runs_flow_state ON runs (flow, state, id);
CREATE INDEX runs_record ON runs (record, started, id);

CREATE TABLE run_waits (
	key TEXT NOT NULL, run TEXT NOT NULL,
	PRIMARY KEY (key, run)) WITHOUT ROWID;

CREATE TABLE run_counts (
	flow TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL,
	PRIMARY KEY (flow, version, state)) WITHOUT ROWID;
`}

// migrate brings the file to the newest schema in one transaction.
func migrate(c *conn) error {
	app, err := pragma(c, "application_id")
	if err != nil {
		return err
	}
	version, err := pragma(c, "user_version")
	if err != nil {
		return err
	}
	tables, err := number(c, "SELECT count(*) FROM sqlite_schema")
	switch {
	case err != nil:
		return err
	case app != application && (app != 0 || tables > 0):
		return flow.Errorf(flow.CodeInvalid, "it is a database of another program: choose another path")
	case version > int64(len(migrations)):
		return flow.Errorf(flow.CodeInvalid,
			"it was written by a newer Millrace (schema %d, this one knows %d): start the newer one", version, len(migrations))
	}
	var sql strings.Builder
	fmt.Fprintf(&sql, "BEGIN IMMEDIATE; PRAGMA application_id = %d;\n", application)
	for _, m := range migrations[version:] {
		sql.WriteString(m)
	}
	fmt.Fprintf(&sql, "PRAGMA user_version = %d;\n", len(migrations))
	if err := shelfTables(c, &sql); err != nil {
		return err
	}
	sql.WriteString("COMMIT")
	if err := c.script(sql.String()); err != nil {
		_ = c.script("ROLLBACK") // there may be none open
		return err
	}
	return nil
}

// shelfTables adds the tables, columns and indexes of shelves that the file
// lacks: a shelf or key that is added to store.Keys needs no migration.
func shelfTables(c *conn, sql *strings.Builder) error {
	kinds := make([]string, 0, len(store.Keys))
	for k := range store.Keys {
		kinds = append(kinds, string(k))
	}
	sort.Strings(kinds)
	for _, k := range kinds {
		has := map[string]bool{}
		err := c.query(context.Background(), func(row []driver.Value) error {
			has[asText(row[0])] = true
			return nil
		}, "SELECT name FROM pragma_table_info(?)", table(store.Kind(k)))
		if err != nil {
			return err
		}
		t := table(store.Kind(k))
		if len(has) == 0 {
			fmt.Fprintf(sql, "CREATE TABLE %s (id TEXT PRIMARY KEY, rev INTEGER NOT NULL, body BLOB NOT NULL);\n", t)
		}
		for _, key := range store.Keys[store.Kind(k)] {
			if !has["key_"+key] {
				fmt.Fprintf(sql, "ALTER TABLE %s ADD COLUMN key_%s TEXT;\n", t, key)
				fmt.Fprintf(sql, "CREATE INDEX %s_%s ON %s (key_%s, id) WHERE key_%s IS NOT NULL;\n", t, key, t, key, key)
			}
		}
	}
	return nil
}

func table(k store.Kind) string { return "shelf_" + string(k) }

func pragma(c *conn, name string) (int64, error) { return number(c, "PRAGMA "+name) }

// number runs a query of one number.
func number(c *conn, sql string) (n int64, err error) {
	err = c.query(context.Background(), func(row []driver.Value) error {
		n = asInt(row[0])
		return nil
	}, sql)
	return n, err
}
