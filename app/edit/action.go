package edit

// Action is one thing a person may do by a key, a menu or the palette. Its i18n
// key is "action." and the ID.
type Action struct {
	ID string
	// Keys are the combinations that call it, "Mod+Shift+Z"; none for actions of
	// the palette and of buttons only. Mod is ⌘ on macOS and Ctrl elsewhere.
	Keys []string
	// When is where it can be called.
	When Scope
	// Label is the English name.
	Label string
}

// Scope is where the keyboard is. A key is looked up in the scope itself, then
// in the wider ones around it.
type Scope string

// Scopes. Selection (nodes are selected) and Connector (one is) lie within
// Canvas, which is the canvas and the outline; Canvas and Timeline lie within
// Surface; Surface lies within Anywhere. Moving, Connecting and GoTo are modes:
// they lie within nothing.
const (
	Anywhere   Scope = "anywhere"
	Surface    Scope = "surface"
	Canvas     Scope = "canvas"
	Selected   Scope = "selection"
	OnLine     Scope = "connector"
	Timeline   Scope = "timeline"
	Moving     Scope = "moving"
	Connecting Scope = "connecting"
	GoTo       Scope = "go-to"
)

// outer is the next wider scope.
var outer = map[Scope]Scope{
	Surface:  Anywhere,
	Canvas:   Surface,
	Selected: Canvas,
	OnLine:   Canvas,
	Timeline: Surface,
}

// Within reports whether actions of wider can be called in s.
func (s Scope) Within(wider Scope) bool {
	for ; s != ""; s = outer[s] {
		if s == wider {
			return true
		}
	}
	return false
}

// Find is the action with this id.
func Find(id string) (Action, bool) {
	for _, a := range Actions {
		if a.ID == id {
			return a, true
		}
	}
	return Action{}, false
}
