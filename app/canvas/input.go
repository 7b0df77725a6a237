package canvas

// InputKind says what the pointer did.
type InputKind uint8

// Pointer inputs. Cancel is Esc, a lost pointer or a lost focus.
const (
	Down InputKind = iota
	Move
	Up
	Cancel
	Wheel
)

// Mods are the keys held during an input.
type Mods uint8

// Modifier keys; Mod is ⌘ on macOS and Ctrl elsewhere.
const (
	Shift Mods = 1 << iota
	Mod
	Alt
	Space
)

// Has reports whether all of m are held.
func (s Mods) Has(m Mods) bool { return s&m == m }

// Pointer buttons, as the browser numbers them.
const (
	Left   = 0
	Middle = 1
	Right  = 2
)

// Input is one pointer event, as the view saw it.
type Input struct {
	Kind InputKind
	// Screen is the pointer within the canvas element, World the same place
	// through the camera.
	Screen, World Point
	Button        int
	Mods          Mods
	// Clicks is the browser's click count (event.detail): 2 on a double click.
	Clicks int
	// Target is what lies under the pointer; while nodes are dragged it is what
	// lies under them (Scene.HitSkipping).
	Target Target
	// Delta is a wheel's scroll in pixels; Pinch marks a pinch.
	Delta Point
	Pinch bool
	// Touch marks a finger: dragging the empty canvas pans then.
	Touch bool
	// Outside marks a pointer that is not over the canvas (palette drags).
	Outside bool
	// Frozen marks a canvas where nothing may be changed: runs, versions, phones.
	Frozen bool
}

// TargetKind says what lies under the pointer.
type TargetKind uint8

// What a pointer may hit. Source and End are the grips of a selected
// connector, Plus the button in its middle.
const (
	OnCanvas TargetKind = iota
	OnNode
	OnPort
	OnConnector
	OnPlus
	OnSource
	OnEnd
)

// Target is what lies under the pointer.
type Target struct {
	Kind      TargetKind
	Node      string // for OnNode and OnPort
	Port      string // for OnPort
	Connector string // for OnConnector, OnPlus, OnSource and OnEnd
	// Selected tells whether the node is in the selection, for OnNode.
	Selected bool
}

// State is what the pointer is in the middle of. It is a value: Handle gives
// the next one and what the view has to do.
type State interface {
	// Name is the state's CSS class: "dragging-nodes".
	Name() string
	// Handle takes the next pointer input. Every state handles Cancel.
	Handle(in Input) (State, []Intent)
}

// Slop is how far, in screen pixels, the pointer moves before a press becomes a
// drag.
const Slop = 4.0
