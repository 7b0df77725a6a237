package app

import (
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
	"millrace.dev/flow"
)

// saveSoon saves the draft 800 ms after the last change.
func (e *editor) saveSoon() {
	e.saves++
	now := e.saves
	e.root.ctx.After(800*time.Millisecond, func(ui.Context) {
		if now == e.saves && e.dirty() {
			e.save(nil)
		}
	})
}

func (e *editor) dirty() bool { return e.doc != nil && e.doc.Dirty() && e.root.mayAuthor() }

// save saves the draft and calls done, when not nil, once all is saved. One save
// at a time: what changes meanwhile is saved after it.
func (e *editor) save(done func()) {
	if done != nil {
		e.after = append(e.after, done)
	}
	switch {
	case e.stale:
		e.after = nil
		return
	case e.saving:
		return
	case !e.dirty():
		e.saved()
		return
	}
	e.saving = true
	mark := e.doc.Mark()
	call(e.root, "PUT", "/api/flows/"+e.id+"/draft", e.doc.Rev, e.doc.Graph, func(d flow.Draft, err error) {
		e.saving, e.saveErr = false, err
		if err != nil {
			e.notSaved(err)
			return
		}
		e.doc.Saved(mark, d.Rev)
		e.save(nil)
	})
}

// saved follows when the server has everything.
func (e *editor) saved() {
	e.forget()
	after := e.after
	e.after = nil
	for _, f := range after {
		f()
	}
}

// notSaved tells why, and offers what may help. An editor that was left waits
// for a better moment, unless there will be none.
func (e *editor) notSaved(err error) {
	e.after = nil
	t := toast{text: e.root.explain(err), bad: true}
	switch {
	case codeOf(err) == flow.CodeStale:
		e.stale = true
		e.forget()
		t.act, t.do = e.root.t("error.reload"), e.reload
	case passing(err):
		t.act, t.do = e.root.t("common.retry"), func() { e.save(nil) }
	default:
		e.forget()
	}
	e.root.offer(t)
}

// passing reports whether an error may be gone at the next try.
func passing(err error) bool {
	r, ok := err.(*refusal)
	return ok && (r.Code == offline || r.Status == 429 || r.Status >= 500)
}

// flush saves now what a closing editor has not saved yet. Until the server has
// it, the editor is kept aside with its changes.
func (e *editor) flush() {
	if !e.dirty() || e.stale {
		return
	}
	e.set()
	e.save(nil)
}

// set puts the editor aside.
func (e *editor) set() {
	if e.root.unsaved == nil {
		e.root.unsaved = map[string]*editor{}
	}
	e.root.unsaved[e.id] = e
}

// forget ends what set began.
func (e *editor) forget() {
	if e.root.unsaved[e.id] == e {
		delete(e.root.unsaved, e.id)
	}
}

// resume shows an editor again that was put aside, with all it had.
func (e *editor) resume() {
	e.past, e.quick, e.publish, e.gesture, e.mode = nil, nil, nil, canvas.Idle{}, keyMode{}
	e.root.editor = e
	e.rebuild()
	e.watch()
	e.enterTab()
}

// reload throws the local changes away for what the server has.
func (e *editor) reload() {
	e.forget()
	if e.root.editor != e {
		e.root.goTo("/flows/" + e.id)
		return
	}
	e.unmount()
	e.root.sock.unwatch("flow:" + e.id)
	e.root.editor = nil
	e.root.openFlow(e.id)
}

// unsavedEditors are those with changes that the server does not have.
func (r *Root) unsavedEditors() []*editor {
	var list []*editor
	for _, e := range r.unsaved {
		list = append(list, e)
	}
	if e := r.editor; e != nil && r.unsaved[e.id] != e && e.dirty() {
		list = append(list, e)
	}
	return list
}

// saveAll saves what is not saved, because the moment is good or the last.
func (r *Root) saveAll() {
	for _, e := range r.unsavedEditors() {
		e.save(nil)
	}
}

// guardLeaving saves when the page is hidden or closed; the browser asks before
// it closes a page with changes that are not saved.
func (r *Root) guardLeaving() {
	if ui.IsServer {
		return
	}
	listen := func(target ui.Value, event string, f func(e ui.Value)) {
		target.Call("addEventListener", event, ui.FuncOf(func(_ ui.Value, args []ui.Value) any { f(args[0]); return nil }))
	}
	listen(ui.Window(), "beforeunload", func(e ui.Value) {
		if len(r.unsavedEditors()) > 0 {
			r.saveAll()
			e.Call("preventDefault")
			e.Set("returnValue", true)
		}
	})
	document := ui.Window().Get("document")
	listen(document, "visibilitychange", func(ui.Value) {
		if document.Get("hidden").Bool() {
			r.saveAll()
		}
	})
}

// putAside keeps the changes of an editor whose member's session has ended, for
// when they sign in again.
func (r *Root) putAside() {
	if e := r.editor; e != nil {
		e.unmount()
		if e.dirty() && !e.stale {
			e.set()
		}
		r.editor = nil
	}
	for _, e := range r.unsaved {
		e.saving, e.after = false, nil
	}
}

// takeUp saves what this member had put aside; another's changes are dropped.
func (r *Root) takeUp() {
	for id, e := range r.unsaved {
		if e.by != r.me.member.ID {
			delete(r.unsaved, id)
		}
	}
	r.saveAll()
}
