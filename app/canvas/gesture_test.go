package canvas

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// hand drives the gestures as a person does.
type hand struct {
	t      *testing.T
	state  State
	mods   Mods
	target Target
	touch  bool
	frozen bool
	out    []Intent // of the last input
}

func newHand(t *testing.T) *hand { return &hand{t: t, state: Idle{}} }

func (h *hand) over(t Target) *hand  { h.target = t; return h }
func (h *hand) holding(m Mods) *hand { h.mods = m; return h }

func (h *hand) input(in Input) *hand {
	in.World, in.Mods, in.Target = in.Screen, h.mods, h.target
	in.Touch, in.Frozen = h.touch, h.frozen
	h.state, h.out = h.state.Handle(in)
	return h
}

func (h *hand) pointerDown(x, y float64) *hand {
	return h.input(Input{Kind: Down, Screen: Point{x, y}, Clicks: 1})
}
func (h *hand) pointerMove(x, y float64) *hand {
	return h.input(Input{Kind: Move, Screen: Point{x, y}})
}
func (h *hand) pointerUp(x, y float64) *hand {
	return h.input(Input{Kind: Up, Screen: Point{x, y}, Clicks: 1})
}
func (h *hand) cancel() *hand { return h.input(Input{Kind: Cancel}) }

func (h *hand) expectState(name string) *hand {
	h.t.Helper()
	require.Equal(h.t, name, h.state.Name())
	return h
}

func (h *hand) expect(want ...Intent) *hand {
	h.t.Helper()
	if len(want) == 0 {
		require.Empty(h.t, h.out)
		return h
	}
	require.Equal(h.t, want, h.out)
	return h
}

var (
	node     = Target{Kind: OnNode, Node: "mail"}
	selected = Target{Kind: OnNode, Node: "mail", Selected: true}
	port     = Target{Kind: OnPort, Node: "mail", Port: "sent"}
	line     = Target{Kind: OnConnector, Connector: "c1"}
	nothing  = Target{}
)

func TestAClickOnANodeSelectsIt(t *testing.T) {
	newHand(t).over(node).pointerDown(150, 150).expectState("pressing-node").expect().
		pointerMove(152, 152).expectState("pressing-node").expect().
		pointerUp(152, 152).expectState("idle").expect(SelectNode{"mail"})
}

func TestShiftClickTogglesANode(t *testing.T) {
	newHand(t).over(node).holding(Shift).pointerDown(1, 1).pointerUp(1, 1).expect(ToggleNode{"mail"})
}

func TestADoubleClickOpensANode(t *testing.T) {
	newHand(t).over(node).pointerDown(1, 1).input(Input{Kind: Up, Clicks: 2}).
		expect(SelectNode{"mail"}, OpenNode{"mail"}).expectState("idle")
}

func TestDraggingSelectsMovesAndCommitsOnce(t *testing.T) {
	newHand(t).over(node).pointerDown(150, 150).over(nothing).
		pointerMove(200, 210).expectState("dragging-nodes").
		expect(SelectNode{"mail"}, MoveSelected{DX: 50, DY: 60}).
		pointerMove(210, 210).expect(MoveSelected{DX: 60, DY: 60}).
		pointerUp(210, 210).expectState("idle").expect(CommitMove{DX: 60, DY: 60})
}

func TestDraggingASelectedNodeKeepsTheSelection(t *testing.T) {
	newHand(t).over(selected).pointerDown(0, 0).over(nothing).pointerMove(10, 0).expect(MoveSelected{DX: 10})
}

func TestModFreesAndAltCopiesADrag(t *testing.T) {
	newHand(t).over(selected).pointerDown(0, 0).over(nothing).holding(Mod|Alt).
		pointerMove(10, 0).expect(MoveSelected{DX: 10, Free: true, Copy: true}).
		pointerUp(10, 0).expect(CommitMove{DX: 10, Free: true, Copy: true})
}

func TestDroppingANodeOnAConnectorNamesIt(t *testing.T) {
	newHand(t).over(selected).pointerDown(0, 0).over(line).pointerMove(10, 0).
		expect(MoveSelected{DX: 10, Connector: "c1"}).
		pointerUp(10, 0).expect(CommitMove{DX: 10, Connector: "c1"})
}

func TestAClickOnNothingClearsTheSelection(t *testing.T) {
	newHand(t).pointerDown(5, 5).expectState("pressing-canvas").pointerUp(5, 5).expect(ClearSelection{}).expectState("idle")
}

func TestADoubleClickOrModClickOnNothingOpensTheQuickAdd(t *testing.T) {
	newHand(t).pointerDown(5, 5).input(Input{Kind: Up, Screen: Point{5, 5}, Clicks: 2}).expect(OpenQuickAdd{At: Point{5, 5}})
	newHand(t).holding(Mod).pointerDown(5, 5).pointerUp(5, 5).expect(OpenQuickAdd{At: Point{5, 5}})
}

func TestDraggingNothingSelectsByBox(t *testing.T) {
	box := Box{100, 100, 50, 60}
	newHand(t).pointerDown(150, 160).
		pointerMove(100, 100).expectState("box-selecting").expect(BoxPreview{box}).
		pointerUp(100, 100).expectState("idle").expect(BoxSelect{Box: box})
	newHand(t).holding(Shift).pointerDown(150, 160).pointerMove(100, 100).pointerUp(100, 100).
		expect(BoxSelect{Box: box, Add: true})
}

func TestTheMiddleButtonSpaceAndAFingerPan(t *testing.T) {
	newHand(t).over(node).input(Input{Kind: Down, Button: Middle, Screen: Point{10, 10}}).expectState("panning").
		pointerMove(15, 12).expect(Pan{5, 2}).pointerMove(16, 12).expect(Pan{1, 0}).pointerUp(16, 12).expectState("idle")
	newHand(t).over(node).holding(Space).pointerDown(0, 0).expectState("panning")
	h := newHand(t)
	h.touch = true
	h.pointerDown(0, 0).pointerMove(2, 0).expect().pointerMove(10, 0).expectState("panning").expect(Pan{10, 0})
}

func TestTheWheelPansAndZoomsInEveryState(t *testing.T) {
	states := []State{
		Idle{}, PressingCanvas{}, PressingNode{}, DraggingNodes{}, PressingPort{}, Connecting{}, Panning{},
		BoxSelecting{}, PlacingFromPalette{}, PressingConnector{},
	}
	for _, s := range states {
		next, out := s.Handle(Input{Kind: Wheel, Delta: Point{3, 10}})
		require.Equal(t, s, next)
		require.Equal(t, []Intent{Pan{-3, -10}}, out)
		_, out = s.Handle(Input{Kind: Wheel, Delta: Point{0, -100}, Mods: Mod, Screen: Point{7, 7}})
		z, ok := out[0].(Zoom)
		require.True(t, ok)
		require.InDelta(t, 1.22, z.Factor, 0.01)
		require.Equal(t, Point{7, 7}, z.At)
	}
}

func TestCancelEndsEveryState(t *testing.T) {
	for _, c := range []struct {
		state State
		undo  []Intent
	}{
		{PressingCanvas{}, nil}, {PressingNode{}, nil}, {PressingPort{}, nil}, {PressingConnector{}, nil}, {Panning{}, nil},
		{DraggingNodes{}, []Intent{CancelMove{}}},
		{Connecting{}, []Intent{CancelConnector{}}},
		{Connecting{Clicked: true}, []Intent{CancelConnector{}}},
		{BoxSelecting{}, []Intent{BoxCancel{}}},
		{PlacingFromPalette{}, []Intent{CancelPalette{}}},
	} {
		next, out := c.state.Handle(Input{Kind: Cancel})
		require.Equal(t, Idle{}, next, c.state.Name())
		require.Equal(t, c.undo, out, c.state.Name())
	}
}

func TestDraggingAPortConnectsToTheNodeUnderThePointer(t *testing.T) {
	call := Target{Kind: OnNode, Node: "call"}
	newHand(t).over(port).pointerDown(0, 0).expectState("pressing-port").pointerMove(1, 1).expect().
		over(call).pointerMove(50, 50).expectState("connecting").
		expect(PreviewConnector{Node: "mail", Port: "sent", To: Point{50, 50}, Over: call}).
		pointerUp(50, 50).expectState("idle").expect(CancelConnector{}, Connect{"mail", "sent", "call"})
}

func TestDroppingAConnectorOnNothingAsksWhatToAdd(t *testing.T) {
	newHand(t).over(port).pointerDown(0, 0).over(nothing).pointerMove(50, 50).pointerUp(50, 50).
		expect(CancelConnector{}, DropConnector{"mail", "sent", Point{50, 50}})
}

func TestClickingAPortThenANodeConnects(t *testing.T) {
	call := Target{Kind: OnNode, Node: "call"}
	newHand(t).over(port).pointerDown(0, 0).pointerUp(0, 0).expectState("connecting").
		over(call).pointerMove(40, 40).expectState("connecting").
		pointerDown(40, 40).expectState("connecting").
		pointerUp(40, 40).expectState("idle").expect(CancelConnector{}, Connect{"mail", "sent", "call"})
}

func TestDraggingAnEndReconnectsAndDroppingItDeletes(t *testing.T) {
	end := Target{Kind: OnEnd, Connector: "c1"}
	call := Target{Kind: OnNode, Node: "call"}
	newHand(t).over(end).pointerDown(0, 0).over(call).pointerMove(9, 9).
		expect(PreviewConnector{Connector: "c1", To: Point{9, 9}, Over: call}).
		pointerUp(9, 9).expect(CancelConnector{}, Reconnect{Connector: "c1", To: "call"})
	newHand(t).over(end).pointerDown(0, 0).over(nothing).pointerMove(9, 9).pointerUp(9, 9).
		expect(CancelConnector{}, DeleteConnector{"c1"})
	newHand(t).over(end).pointerDown(0, 0).over(line).pointerMove(9, 9).pointerUp(9, 9).expect(CancelConnector{})
	newHand(t).over(end).pointerDown(0, 0).pointerUp(0, 0).expect(SelectConnector{"c1"})
}

func TestDraggingTheSourceMovesItToAPort(t *testing.T) {
	newHand(t).over(Target{Kind: OnSource, Connector: "c1"}).pointerDown(0, 0).over(port).pointerMove(9, 9).pointerUp(9, 9).
		expect(CancelConnector{}, Reconnect{Connector: "c1", To: "mail", Port: "sent", Source: true})
}

func TestAClickOnAConnectorSelectsItAndOnPlusInserts(t *testing.T) {
	newHand(t).over(line).pointerDown(3, 3).pointerUp(3, 3).expect(SelectConnector{"c1"})
	newHand(t).over(Target{Kind: OnPlus, Connector: "c1"}).pointerDown(3, 3).pointerUp(3, 3).
		expect(OpenQuickAdd{At: Point{3, 3}, Connector: "c1"})
}

func TestThePaletteDropsOnTheCanvasOnly(t *testing.T) {
	h := newHand(t)
	h.state = PlacingFromPalette{Type: "send_email"}
	h.over(line).pointerMove(5, 5).expect(PalettePreview{Type: "send_email", At: Point{5, 5}, Connector: "c1", Inside: true}).
		pointerUp(5, 5).expect(DropPalette{Type: "send_email", At: Point{5, 5}, Connector: "c1"}).expectState("idle")
	h.state = PlacingFromPalette{Type: "send_email"}
	h.input(Input{Kind: Up, Outside: true}).expect(CancelPalette{}).expectState("idle")
}

func TestAFrozenCanvasOnlySelectsAndPans(t *testing.T) {
	h := newHand(t)
	h.frozen = true
	h.over(node).pointerDown(0, 0).pointerMove(50, 50).expectState("pressing-node").expect().pointerUp(50, 50).expect(SelectNode{"mail"})
	h.over(port).pointerDown(0, 0).expectState("pressing-canvas").cancel()
	h.over(nothing).pointerDown(0, 0).input(Input{Kind: Up, Clicks: 2}).expect(ClearSelection{})
}

func TestTheRightButtonStartsNothing(t *testing.T) {
	newHand(t).over(node).input(Input{Kind: Down, Button: Right}).expectState("idle").expect()
}
