package sqlite

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/store"
	"millrace.dev/store/storetest"
)

func memory(t *testing.T) *DB {
	t.Helper()
	db, err := Open(context.Background(), Memory)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestKeepsThePromisesOfAStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return memory(t) })
}
