package sqlite

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
	"millrace.dev/store"
)

func TestAStoreIsThereWhenOpenedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "50% of ű?#.db")
	db, err := Open(context.Background(), path)
	require.NoError(t, err)
	_, err = db.Shelf(store.Meta).Insert(context.Background(), store.Doc{ID: "a", Body: []byte(`"x"`)})
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.FileExists(t, path)
	db, err = Open(context.Background(), path)
	require.NoError(t, err)
	d, err := db.Shelf(store.Meta).Load(context.Background(), "a")
	require.NoError(t, err)
	require.Equal(t, `"x"`, string(d.Body))
	require.NoError(t, db.Close())
}

func TestAStoreInMemoryLeavesNothingBehind(t *testing.T) {
	db, err := Open(context.Background(), Memory)
	require.NoError(t, err)
	require.FileExists(t, db.path)
	require.NoError(t, db.Close())
	require.NoDirExists(t, db.temp)
}

func TestOpeningABadPathSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	require.NoError(t, os.WriteFile(file, []byte("these are my notes, all of them, and no database"), 0o600))
	for name, c := range map[string]struct{ path, says string }{
		"folder":         {dir, "name a file in it"},
		"below a file":   {filepath.Join(file, "store.db"), "choose another data folder"},
		"not a database": {file, "not a Millrace store"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(context.Background(), c.path)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, c.path[:len(dir)])
		})
	}
	notes, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(notes), "my notes", "a foreign file is left alone")
}

func TestOpeningAnUnwritableFileSaysWhatToDo(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	path := filepath.Join(t.TempDir(), "store.db")
	require.NoError(t, os.WriteFile(path, nil, 0o400))
	_, err := Open(context.Background(), path)
	require.Equal(t, flow.CodeUnavailable, flow.CodeOf(err))
	require.ErrorContains(t, err, "give this user write permission")
}

// edit changes the file as another program would.
func edit(t *testing.T, path, sql string) *conn {
	t.Helper()
	c, err := dial(context.Background(), path, "PRAGMA busy_timeout = 0;")
	require.NoError(t, err)
	require.NoError(t, c.script(sql))
	return c
}

func TestAnotherProgramsDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	require.NoError(t, edit(t, path, "CREATE TABLE photos (id)").close())
	_, err := Open(context.Background(), path)
	require.ErrorContains(t, err, "another program")
}

func TestAFileOfANewerMillraceIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := Open(context.Background(), path)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.NoError(t, edit(t, path, "PRAGMA user_version = 999").close())
	_, err = Open(context.Background(), path)
	require.ErrorContains(t, err, "newer Millrace")
}

func TestALockedFileSaysWhoMayHoldIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	holder := edit(t, path, "PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE x (id); BEGIN EXCLUSIVE")
	defer holder.close()
	patience := busyMillis
	busyMillis = 10
	defer func() { busyMillis = patience }()
	_, err := Open(context.Background(), path)
	require.Equal(t, flow.CodeUnavailable, flow.CodeOf(err))
	require.ErrorContains(t, err, "stop that program")
}

func TestAKeyThatIsNewToAnOldFileIsAdded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	db, err := Open(context.Background(), path)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.NoError(t, edit(t, path, "DROP INDEX shelf_tasks_open; ALTER TABLE shelf_tasks DROP COLUMN key_open; DROP TABLE shelf_meta").close())
	db, err = Open(context.Background(), path)
	require.NoError(t, err)
	_, err = db.Shelf(store.Tasks).Insert(context.Background(), store.Doc{ID: "a", Keys: map[string]string{"open": "yes"}})
	require.NoError(t, err)
	list, err := db.Shelf(store.Tasks).List(context.Background(), store.ShelfQuery{Key: "open", Value: "yes", Limit: 1})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.NoError(t, db.Ping(context.Background()))
	require.NoError(t, db.Close())
}
