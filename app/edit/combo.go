package edit

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// combo is one key with its modifiers.
type combo struct {
	mod, ctrl, alt, shift bool
	// key is an upper-case letter, a digit, a sign, or a named key.
	key string
}

// named are the keys that are known by their event.key.
var named = []string{
	"Enter", "Escape", "Delete", "Backspace", "Home", "End", "Space", "Tab", "PageUp", "PageDown",
	"ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight",
	"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12",
}

// signs are the keys that are known by what they type, with Shift or without.
const signs = "?/+-"

// parseCombo reads "Mod+Shift+Z".
func parseCombo(s string) (combo, bool) {
	var c combo
	for {
		head, rest, ok := strings.Cut(s, "+")
		if !ok || rest == "" {
			break
		}
		switch head {
		case "Mod":
			c.mod = true
		case "Ctrl":
			c.ctrl = true
		case "Alt":
			c.alt = true
		case "Shift":
			c.shift = true
		default:
			return c, false
		}
		s = rest
	}
	c.key = s
	one := len(s) == 1 && (s[0] >= 'A' && s[0] <= 'Z' || s[0] >= '0' && s[0] <= '9' || strings.Contains(signs, s))
	return c, one || slices.Contains(named, s)
}

// String is the combination in its one order.
func (c combo) String() string { return c.mods("Mod+", "Ctrl+", "Alt+", "Shift+", "") + c.key }

func (c combo) mods(mod, ctrl, alt, shift, none string) string {
	pick := func(on bool, s string) string {
		if on {
			return s
		}
		return none
	}
	return pick(c.mod, mod) + pick(c.ctrl, ctrl) + pick(c.alt, alt) + pick(c.shift, shift)
}

// bare reports whether the combination is a single character, perhaps with
// Shift.
func (c combo) bare() bool { return len(c.key) == 1 && !c.mod && !c.ctrl && !c.alt }

// browsers reports whether the combination must stay the browser's.
func (c combo) browsers() bool {
	switch c.key {
	case "Tab", "F5":
		return true
	case "T", "N", "W", "L", "R":
		return c.mod || c.ctrl
	case "ArrowLeft", "ArrowRight":
		return c.alt
	}
	return false
}

// matches reports whether ev is this combination.
func (c combo) matches(ev KeyEvent, mac bool) bool {
	ctrl, meta := c.ctrl, false
	if c.mod && mac {
		meta = true
	} else if c.mod {
		ctrl = true
	}
	if ev.Ctrl != ctrl || ev.Meta != meta || ev.Alt != c.alt {
		return false
	}
	sign := len(c.key) == 1 && strings.Contains(signs, c.key)
	if !sign && ev.Shift != c.shift {
		return false
	}
	return keyOf(ev, sign) == c.key
}

// keyOf names the key of an event. Signs go by event.key alone. Letters go by
// event.key, and by event.code when the layout types another script there (н on
// KeyY); digits by event.code, for layouts that type ă or é on them. A Backspace
// without a code was not typed: input methods send it to take letters back.
func keyOf(ev KeyEvent, sign bool) string {
	if sign {
		return signOf(ev)
	}
	if len(ev.Key) == 1 {
		if k := ev.Key[0] | 0x20; k >= 'a' && k <= 'z' {
			return string(k - 0x20)
		}
	}
	if d, ok := digit(ev); ok {
		return d
	}
	switch {
	case ev.Key == "Backspace" && ev.Code == "":
		return ""
	case ev.Key == " ":
		return "Space"
	case slices.Contains(named, ev.Key):
		return ev.Key
	case utf8.RuneCountInString(ev.Key) != 1 || ev.Key[0] < utf8.RuneSelf:
		return "" // Dead, Process, Unidentified, or another sign
	}
	if l, ok := strings.CutPrefix(ev.Code, "Key"); ok && len(l) == 1 {
		return l
	}
	return ""
}

func signOf(ev KeyEvent) string {
	switch {
	case len(ev.Key) == 1 && strings.Contains(signs, ev.Key):
		return ev.Key
	case ev.Code == "Equal" && ev.Key == "=": // + without Shift
		return "+"
	}
	return ""
}

// digit reads Digit1, and Numpad1 unless it stands for End and the like.
func digit(ev KeyEvent) (string, bool) {
	if d, ok := strings.CutPrefix(ev.Code, "Digit"); ok && len(d) == 1 {
		return d, true
	}
	if d, ok := strings.CutPrefix(ev.Code, "Numpad"); ok && len(d) == 1 && d == ev.Key {
		return d, true
	}
	return "", false
}
