package app

import ui "github.com/maxence-charriere/go-app/v10/pkg/app"

// keyed draws a part of the page that is thrown away, with its fields' contents
// and scroll positions, when its ID changes. It owns no state.
type keyed struct {
	ui.Compo
	ID   string
	Draw func() ui.UI
}

// CompoID tells go-app when it is another one.
func (k *keyed) CompoID() string { return k.ID }

// Render draws the part.
func (k *keyed) Render() ui.UI { return k.Draw() }
