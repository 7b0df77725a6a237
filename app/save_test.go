package app

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/app/edit"
	"millrace.dev/crm"
	"millrace.dev/flow"
)

// changedEditor is an editor with one change that the server does not have.
func changedEditor(t *testing.T) *editor {
	t.Helper()
	e := someEditor(t, flow.Graph{Resource: crm.Deal})
	e.by = e.root.me.member.ID
	_, err := e.doc.Apply(edit.AddNode{Node: flow.Node{Type: "end"}})
	require.NoError(t, err)
	return e
}

func TestAnEditorLeftWithChangesIsKeptUntilTheServerHasThem(t *testing.T) {
	e := changedEditor(t)
	r := e.root
	r.leave(place{name: "flows"})
	require.Nil(t, r.editor)
	require.True(t, e.saving)
	require.Equal(t, []*editor{e}, r.unsavedEditors())

	r.openFlow("f1")
	require.Same(t, e, r.editor, "coming back before that shows the changes, not the server's old draft")

	e.doc.Saved(e.doc.Mark(), 2)
	e.saving = false
	e.save(nil)
	require.Empty(t, r.unsavedEditors())
}

func TestWhatWaitsForASaveHappensAfterTheLastOne(t *testing.T) {
	e := changedEditor(t)
	e.save(nil)
	published := false
	e.save(func() { published = true })
	require.False(t, published, "the first save is still under way")
	e.saving = false
	e.doc.Saved(e.doc.Mark(), 2)
	e.save(nil)
	require.True(t, published)
}

func TestChangesAreSavedWhileAPastVersionIsShown(t *testing.T) {
	e := changedEditor(t)
	e.past = &flow.Version{}
	e.save(nil)
	require.True(t, e.saving)
}

func TestChangesOutliveASessionForTheirMemberOnly(t *testing.T) {
	for member, kept := range map[string]int{"m1": 1, "m2": 0} {
		e := changedEditor(t)
		r := e.root
		r.putAside()
		require.Nil(t, r.editor)
		r.me.member.ID = member
		r.takeUp()
		require.Len(t, r.unsavedEditors(), kept, member)
	}
}

func TestChangesThatCanNeverBeSavedAreLetGo(t *testing.T) {
	require.True(t, passing(&refusal{Code: offline}))
	require.True(t, passing(&refusal{Status: 503}))
	require.False(t, passing(&refusal{Status: 404}))
}
