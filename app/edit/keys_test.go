package edit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheTableHasNoDoubleUnreadableOrBrowserKeys(t *testing.T) {
	require.NoError(t, Keyboard{}.check())
	require.NoError(t, Keyboard{Mac: true}.check())
	seen := map[string]bool{}
	for _, a := range Actions {
		require.False(t, seen[a.ID], a.ID)
		seen[a.ID] = true
		require.NotEmpty(t, a.Label, a.ID)
		require.Regexp(t, `^[a-z][a-z0-9_]*$`, a.ID)
		require.LessOrEqual(t, len(strings.Fields(a.Label)), 5, a.ID)
	}
}

// key is what one keystroke on a layout gives.
type key struct {
	on   string // the layout and what is pressed
	ev   KeyEvent
	in   Scope
	mac  bool
	want string // the action's id, "" for none
}

func TestKeysOnEveryLayout(t *testing.T) {
	for _, k := range []key{
		{"US n", KeyEvent{Key: "n", Code: "KeyN"}, Canvas, false, "quick_add"},
		{"US caps lock N", KeyEvent{Key: "N", Code: "KeyN"}, Canvas, false, "quick_add"},
		{"US n on a line", KeyEvent{Key: "n", Code: "KeyN"}, OnLine, false, "insert"},
		{"US n elsewhere", KeyEvent{Key: "n", Code: "KeyN"}, Anywhere, false, ""},
		{"Dvorak n", KeyEvent{Key: "n", Code: "KeyL"}, Canvas, false, "quick_add"},
		{"Russian т on N", KeyEvent{Key: "т", Code: "KeyN"}, Canvas, false, "quick_add"},
		{"Greek ζ with Ctrl", KeyEvent{Key: "ζ", Code: "KeyZ", Ctrl: true}, Canvas, false, "undo"},

		{"PL-programmers AltGr+n = ń", KeyEvent{Key: "ń", Code: "KeyN", Ctrl: true, Alt: true, AltGraph: true}, Canvas, false, ""},
		{"PL-programmers AltGr+c = ć", KeyEvent{Key: "ć", Code: "KeyC", AltGraph: true}, Selected, false, ""},
		{"PL-programmers AltGr+l = ł", KeyEvent{Key: "ł", Code: "KeyL", AltGraph: true}, Canvas, false, ""},
		{"PL-programmers Alt+l = ł on a Mac", KeyEvent{Key: "ł", Code: "KeyL", Alt: true}, Canvas, true, ""},
		{"PL-programmers Ctrl+Alt+l without AltGraph", KeyEvent{Key: "l", Code: "KeyL", Ctrl: true, Alt: true}, Canvas, false, ""},
		{"PL-programmers dead ~", KeyEvent{Key: "Dead", Code: "Backquote", Shift: true}, Canvas, false, ""},
		{"PL-programmers ?", KeyEvent{Key: "?", Code: "Slash", Shift: true}, Canvas, false, "shortcuts"},
		{"PL-programmers /", KeyEvent{Key: "/", Code: "Slash"}, Canvas, false, "quick_add"},
		{"PL-214 z on Y", KeyEvent{Key: "z", Code: "KeyY", Ctrl: true}, Canvas, false, "undo"},

		{"RO-standard ș", KeyEvent{Key: "ș", Code: "Semicolon"}, Canvas, false, ""},
		{"RO-standard ț", KeyEvent{Key: "ț", Code: "Quote"}, Canvas, false, ""},
		{"RO-standard ă", KeyEvent{Key: "ă", Code: "BracketLeft"}, Canvas, false, ""},
		{"RO-standard ?", KeyEvent{Key: "?", Code: "Slash", Shift: true}, Anywhere, false, "shortcuts"},
		{"RO-standard Shift+1", KeyEvent{Key: "!", Code: "Digit1", Shift: true}, Canvas, false, "zoom_fit"},
		{"RO-standard Ctrl+D", KeyEvent{Key: "d", Code: "KeyD", Ctrl: true}, Selected, false, "duplicate"},

		{"VI-Windows ă on 1", KeyEvent{Key: "ă", Code: "Digit1"}, Canvas, false, "zoom_fit"},
		{"VI-Windows đ on 0", KeyEvent{Key: "đ", Code: "Digit0"}, Canvas, false, "zoom_100"},
		{"VI-Windows dead tone on 5", KeyEvent{Key: "Dead", Code: "Digit5"}, Canvas, false, ""},
		{"VI-Windows d", KeyEvent{Key: "d", Code: "KeyD"}, Selected, false, "disable"},
		{"VI-Windows ư", KeyEvent{Key: "ư", Code: "BracketLeft"}, Canvas, false, ""},

		{"Telex composing", KeyEvent{Key: "d", Code: "KeyD", Composing: true}, Selected, false, ""},
		{"Telex process key", KeyEvent{Key: "Process", Code: "KeyD", KeyCode: 229}, Selected, false, ""},
		{"Telex takes a letter back", KeyEvent{Key: "Backspace"}, Selected, false, ""},
		{"Telex puts a letter", KeyEvent{Key: "đ", KeyCode: 231}, Selected, false, ""},
		{"Backspace typed", KeyEvent{Key: "Backspace", Code: "Backspace"}, Selected, false, "delete"},

		{"in a field", KeyEvent{Key: "k", Code: "KeyK", Ctrl: true, InField: true}, Anywhere, false, ""},
		{"Ctrl+K", KeyEvent{Key: "k", Code: "KeyK", Ctrl: true}, Anywhere, false, "palette"},
		{"⌘K", KeyEvent{Key: "k", Code: "KeyK", Meta: true}, Anywhere, true, "palette"},
		{"Ctrl+K on a Mac", KeyEvent{Key: "k", Code: "KeyK", Ctrl: true}, Anywhere, true, ""},
		{"Win+K", KeyEvent{Key: "k", Code: "KeyK", Meta: true}, Anywhere, false, ""},
		{"Ctrl+Y on a Mac", KeyEvent{Key: "y", Code: "KeyY", Ctrl: true}, Canvas, true, "redo"},
		{"Ctrl+Shift+Z", KeyEvent{Key: "Z", Code: "KeyZ", Ctrl: true, Shift: true}, Timeline, false, "redo"},

		{"Numpad 1", KeyEvent{Key: "1", Code: "Numpad1"}, Canvas, false, "zoom_fit"},
		{"Numpad End", KeyEvent{Key: "End", Code: "Numpad1"}, Canvas, false, "walk_last"},
		{"Numpad +", KeyEvent{Key: "+", Code: "NumpadAdd"}, Canvas, false, "zoom_in"},
		{"US =", KeyEvent{Key: "=", Code: "Equal"}, Canvas, false, "zoom_in"},
		{"-", KeyEvent{Key: "-", Code: "Minus"}, Canvas, false, "zoom_out"},
		{"Ctrl+- is the browser's zoom", KeyEvent{Key: "-", Code: "Minus", Ctrl: true}, Canvas, false, ""},

		{"T and Shift+T", KeyEvent{Key: "T", Code: "KeyT", Shift: true}, Selected, false, "tidy"},
		{"t", KeyEvent{Key: "t", Code: "KeyT"}, Selected, false, "test"},
		{"c on nodes", KeyEvent{Key: "c", Code: "KeyC"}, Selected, false, "connect"},
		{"c on a line", KeyEvent{Key: "c", Code: "KeyC"}, OnLine, false, "reconnect"},
		{"Shift+C", KeyEvent{Key: "C", Code: "KeyC", Shift: true}, OnLine, false, "add_comment"},
		{"Tab", KeyEvent{Key: "Tab", Code: "Tab"}, Canvas, false, ""},
		{"F5", KeyEvent{Key: "F5", Code: "F5"}, Canvas, false, ""},
		{"Ctrl+T", KeyEvent{Key: "t", Code: "KeyT", Ctrl: true}, Selected, false, ""},
		{"Ctrl+N", KeyEvent{Key: "n", Code: "KeyN", Ctrl: true}, Selected, false, ""},
		{"Alt+Left", KeyEvent{Key: "ArrowLeft", Code: "ArrowLeft", Alt: true}, Canvas, false, ""},
		{"Space on the timeline", KeyEvent{Key: " ", Code: "Space"}, Timeline, false, "play"},
		{"Space on the canvas pans", KeyEvent{Key: " ", Code: "Space"}, Canvas, false, ""},
		{"k on the timeline", KeyEvent{Key: "k", Code: "KeyK"}, Timeline, false, "event_next"},
		{"after G: f", KeyEvent{Key: "f", Code: "KeyF"}, GoTo, false, "go_flows"},
		{"after G: n", KeyEvent{Key: "n", Code: "KeyN"}, GoTo, false, ""},
		{"moving: Shift+Down", KeyEvent{Key: "ArrowDown", Code: "ArrowDown", Shift: true}, Moving, false, "move_down_far"},
		{"moving: n", KeyEvent{Key: "n", Code: "KeyN"}, Moving, false, ""},
		{"connecting: Esc", KeyEvent{Key: "Escape", Code: "Escape"}, Connecting, false, "connect_cancel"},
	} {
		a, ok := Match(k.ev, k.in, k.mac)
		require.Equal(t, k.want, a.ID, k.on)
		require.Equal(t, k.want != "", ok, k.on)
	}
}

func TestSingleKeysCanBeSwitchedOff(t *testing.T) {
	k := Keyboard{NoLetters: true}
	for _, ev := range []KeyEvent{{Key: "n", Code: "KeyN"}, {Key: "T", Code: "KeyT", Shift: true}, {Key: "1", Code: "Digit1"}, {Key: "?", Code: "Slash"}} {
		_, ok := k.Match(ev, Selected)
		require.False(t, ok, ev.Key)
	}
	_, ok := k.Match(KeyEvent{Key: "z", Code: "KeyZ", Ctrl: true}, Selected)
	require.True(t, ok)
	_, ok = k.Match(KeyEvent{Key: "ArrowDown"}, Selected)
	require.True(t, ok)
}

func TestKeysCanBeRemapped(t *testing.T) {
	k, err := Keyboard{}.Remap(map[string][]string{"quick_add": {"A"}, "connect": {}})
	require.NoError(t, err)
	a, _ := k.Match(KeyEvent{Key: "a", Code: "KeyA"}, Canvas)
	require.Equal(t, "quick_add", a.ID)
	_, ok := k.Match(KeyEvent{Key: "n", Code: "KeyN"}, Canvas)
	require.False(t, ok)
	for _, bad := range []map[string][]string{
		{"quick_add": {"L+L"}}, {"tidy": {"Mod+T"}}, {"tidy": {"Tab"}}, {"tidy": {"Alt+ArrowLeft"}}, {"paste": {"Mod+A"}}, {"paste": {"Ctrl+A"}}, {"paste": {"ą"}},
	} {
		_, err := Keyboard{}.Remap(bad)
		require.Error(t, err, bad)
	}
}

func TestKeysForPeople(t *testing.T) {
	redo, _ := Find("redo")
	require.Equal(t, "Ctrl+Shift+Z", Keyboard{}.Hint(redo))
	require.Equal(t, "⌘⇧Z", Keyboard{Mac: true}.Hint(redo))
	require.Equal(t, "Control+Shift+Z", Keyboard{}.Aria(redo.Keys[0]))
	require.Equal(t, "Meta+Shift+Z", Keyboard{Mac: true}.Aria(redo.Keys[0]))
	publish, ok := Find("publish")
	require.True(t, ok)
	require.Empty(t, Keyboard{}.Hint(publish))
	require.Equal(t, "+", Keyboard{}.Say("+"))
	require.Equal(t, "plus", Keyboard{}.Aria("+"))
	_, ok = Find("nothing")
	require.False(t, ok)
}
