package edit

import (
	"fmt"
	"strings"
)

// KeyEvent is a keydown as the browser tells it, and the circumstances.
type KeyEvent struct {
	Key     string // event.key
	Code    string // event.code
	KeyCode int    // event.keyCode
	// Composing is event.isComposing, AltGraph event.getModifierState("AltGraph").
	Composing, AltGraph    bool
	Ctrl, Meta, Shift, Alt bool
	// InField tells that the focus is in an input, textarea, select or
	// contenteditable element.
	InField bool
}

// Keyboard is how one person's keys are read. Its zero value is the table, on
// Windows or Linux.
type Keyboard struct {
	// Mac makes Mod the ⌘ key.
	Mac bool
	// NoLetters switches the keys without a modifier off (WCAG 2.1.4): letters,
	// digits and signs.
	NoLetters bool
	// own are the person's keys by action id, see Remap.
	own map[string][]string
}

// Match finds the action that a key means in a scope.
func (k Keyboard) Match(ev KeyEvent, in Scope) (Action, bool) {
	if ev.Composing || ev.KeyCode == 229 || ev.AltGraph || ev.InField {
		return Action{}, false
	}
	for ; in != ""; in = outer[in] {
		for _, a := range Actions {
			if a.When == in && k.calls(a, ev) {
				return a, true
			}
		}
	}
	return Action{}, false
}

// Match is Keyboard.Match with the keys of the table.
func Match(ev KeyEvent, in Scope, mac bool) (Action, bool) {
	return Keyboard{Mac: mac}.Match(ev, in)
}

// Keys are the combinations of an action, the person's own if there are any.
func (k Keyboard) Keys(a Action) []string {
	if own, ok := k.own[a.ID]; ok {
		return own
	}
	return a.Keys
}

func (k Keyboard) calls(a Action, ev KeyEvent) bool {
	for _, s := range k.Keys(a) {
		c, ok := parseCombo(s)
		if ok && !(k.NoLetters && c.bare() && a.When.Within(Anywhere)) && c.matches(ev, k.Mac) {
			return true
		}
	}
	return false
}

// Remap gives actions other keys, by action id. It refuses keys that do not
// parse, that belong to the browser, or that call two actions in one scope.
func (k Keyboard) Remap(own map[string][]string) (Keyboard, error) {
	k.own = own
	if err := k.check(); err != nil {
		return Keyboard{}, err
	}
	return k, nil
}

// check is the table's own test.
func (k Keyboard) check() error {
	taken := map[string]string{}
	for _, a := range Actions {
		for _, s := range k.Keys(a) {
			c, ok := parseCombo(s)
			if !ok {
				return fmt.Errorf("reading the keys of %s: %q is no key", a.ID, s)
			}
			if c.browsers() {
				return fmt.Errorf("reading the keys of %s: %s belongs to the browser", a.ID, s)
			}
			if c.mod && !k.Mac {
				c.mod, c.ctrl = false, true
			}
			at := string(a.When) + " " + c.String()
			if other, ok := taken[at]; ok {
				return fmt.Errorf("reading the keys of %s: %s calls %s already", a.ID, s, other)
			}
			taken[at] = a.ID
		}
	}
	return nil
}

// Hint is an action's first key for people: "Ctrl+K", "⌘K", "".
func (k Keyboard) Hint(a Action) string {
	keys := k.Keys(a)
	if len(keys) == 0 {
		return ""
	}
	return k.Say(keys[0])
}

// Say is a combination for people.
func (k Keyboard) Say(combo string) string {
	c, ok := parseCombo(combo)
	if !ok {
		return combo
	}
	key := c.key
	if name, ok := keyNames[key]; ok {
		key = name
	}
	if k.Mac {
		return c.mods("⌘", "⌃", "⌥", "⇧", "") + key
	}
	return c.mods("Ctrl+", "Ctrl+", "Alt+", "Shift+", "") + key
}

// keyNames are the keys that people know by a sign.
var keyNames = map[string]string{
	"ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→",
	"Escape": "Esc", "Delete": "Del", "-": "−",
}

// Aria is the combination for aria-keyshortcuts: "Control+K".
func (k Keyboard) Aria(combo string) string {
	c, ok := parseCombo(combo)
	if !ok {
		return ""
	}
	mod := "Control+"
	if k.Mac {
		mod = "Meta+"
	}
	return c.mods(mod, "Control+", "Alt+", "Shift+", "") + strings.Replace(c.key, "+", "plus", 1)
}
