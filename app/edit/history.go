package edit

// entry is one undo step.
type entry struct {
	label         Label
	patch         patch
	focus         string
	before, after Selection
	// from and to are the document's stamps around it.
	from, to uint64
}

// history is the stack of undo steps. Every state of the document has a stamp,
// so that "saved" survives undo and redo.
type history struct {
	done, undone []entry
	stamp, last  uint64
	saved        uint64
	closed       bool // the next change starts a new step even in the same field
}

// maxHistory is the number of undo steps kept.
const maxHistory = 500

func (h *history) push(e entry) {
	h.undone = nil
	h.last++
	e.from, e.to = h.stamp, h.last
	h.stamp = h.last
	if n := len(h.done); n > 0 && e.focus != "" && !h.closed && h.done[n-1].focus == e.focus {
		top := &h.done[n-1]
		top.patch, top.to, top.after = top.patch.then(e.patch), e.to, e.after
		return
	}
	h.closed = false
	h.done = append(h.done, e)
	if len(h.done) > maxHistory {
		h.done = append([]entry(nil), h.done[len(h.done)-maxHistory:]...)
	}
}

// EndField closes the undo step of the field that was being typed in: the view
// calls it when the field loses its focus.
func (d *Document) EndField() { d.history.closed = true }

// CanUndo reports whether there is something to undo, and its label.
func (d *Document) CanUndo() (Label, bool) { return top(d.history.done) }

// CanRedo reports whether there is something to redo, and its label.
func (d *Document) CanRedo() (Label, bool) { return top(d.history.undone) }

func top(es []entry) (Label, bool) {
	if len(es) == 0 {
		return Label{}, false
	}
	return es[len(es)-1].label, true
}

// Undo takes the last change back and restores the selection before it.
func (d *Document) Undo() (Label, bool) {
	h := &d.history
	n := len(h.done)
	if n == 0 {
		return Label{}, false
	}
	e := h.done[n-1]
	h.done = h.done[:n-1]
	h.undone = append(h.undone, e)
	h.stamp, h.closed = e.from, true
	d.Graph = e.patch.swapped().apply(d.Graph)
	d.Selection = e.before.keep(d.Graph)
	return e.label, true
}

// Redo does the last undone change again.
func (d *Document) Redo() (Label, bool) {
	h := &d.history
	n := len(h.undone)
	if n == 0 {
		return Label{}, false
	}
	e := h.undone[n-1]
	h.undone = h.undone[:n-1]
	h.done = append(h.done, e)
	h.stamp, h.closed = e.to, true
	d.Graph = e.patch.apply(d.Graph)
	d.Selection = e.after.keep(d.Graph)
	return e.label, true
}

// Mark names the document's present state, to be given to Saved once the server
// has it.
func (d *Document) Mark() uint64 { return d.history.stamp }

// Saved notes that the state named by mark was saved as rev. What changed in
// the meantime stays unsaved, and the history stays.
func (d *Document) Saved(mark uint64, rev int64) {
	d.history.saved, d.Rev = mark, rev
}

// Dirty reports whether the present state is not the saved one.
func (d *Document) Dirty() bool { return d.history.stamp != d.history.saved }
