package canvas

// Intent is something the view has to do, told by a gesture.
type Intent interface{ intent() }

// Selecting.
type (
	// SelectNode selects only this node.
	SelectNode struct{ Node string }
	// ToggleNode adds the node to the selection, or takes it away.
	ToggleNode struct{ Node string }
	// SelectConnector selects only this connector.
	SelectConnector struct{ Connector string }
	// ClearSelection selects nothing.
	ClearSelection struct{}
	// BoxPreview draws the selection box, in world units.
	BoxPreview struct{ Box Box }
	// BoxSelect selects what the box touches; Add keeps what was selected.
	BoxSelect struct {
		Box Box
		Add bool
	}
	// BoxCancel takes the selection box away.
	BoxCancel struct{}
	// OpenNode opens the node's panel.
	OpenNode struct{ Node string }
)

// Moving.
type (
	// MoveSelected previews the selected nodes moved by DX, DY world units from
	// where they were; Free switches snapping off. Connector is the one that the
	// nodes would be inserted on, "" for none.
	MoveSelected struct {
		DX, DY    float64
		Free      bool
		Copy      bool
		Connector string
	}
	// CommitMove moves them for good; Copy leaves the originals.
	CommitMove struct {
		DX, DY    float64
		Free      bool
		Copy      bool
		Connector string
	}
	// CancelMove puts them back.
	CancelMove struct{}
)

// Connecting.
type (
	// PreviewConnector draws a connector from a port to the pointer. Connector is
	// the one being reconnected, "" for a new one; Source says that its source end
	// is being moved. Over is what is under the pointer.
	PreviewConnector struct {
		Node, Port string
		To         Point
		Over       Target
		Connector  string
		Source     bool
	}
	// Connect makes a connector.
	Connect struct{ Node, Port, To string }
	// Reconnect moves a connector's end to node To, or with Source its source to
	// port Port of node To.
	Reconnect struct {
		Connector, To, Port string
		Source              bool
	}
	// DropConnector was let go over the empty canvas: a quick-add there, wired.
	DropConnector struct {
		Node, Port string
		At         Point
	}
	// DeleteConnector deletes a connector whose end was dropped on nothing.
	DeleteConnector struct{ Connector string }
	// CancelConnector takes the preview away.
	CancelConnector struct{}
)

// Adding.
type (
	// PalettePreview shows the palette's item under the pointer, and the connector
	// that it would be inserted on.
	PalettePreview struct {
		Type      string
		At        Point
		Connector string
		// Inside tells whether the pointer is over the canvas.
		Inside bool
	}
	// DropPalette adds a node of Type at a world point, on a connector when
	// Connector is not "".
	DropPalette struct {
		Type      string
		At        Point
		Connector string
	}
	// CancelPalette takes the preview away.
	CancelPalette struct{}
	// OpenQuickAdd opens the list of node types at a world point; with Connector
	// the choice is inserted on it.
	OpenQuickAdd struct {
		At        Point
		Connector string
	}
)

// Looking.
type (
	// Pan moves the picture by screen pixels.
	Pan struct{ DX, DY float64 }
	// Zoom multiplies the zoom at a screen point.
	Zoom struct {
		At     Point
		Factor float64
	}
)

func (SelectNode) intent()       {}
func (ToggleNode) intent()       {}
func (SelectConnector) intent()  {}
func (ClearSelection) intent()   {}
func (BoxPreview) intent()       {}
func (BoxSelect) intent()        {}
func (BoxCancel) intent()        {}
func (OpenNode) intent()         {}
func (MoveSelected) intent()     {}
func (CommitMove) intent()       {}
func (CancelMove) intent()       {}
func (PreviewConnector) intent() {}
func (Connect) intent()          {}
func (Reconnect) intent()        {}
func (DropConnector) intent()    {}
func (DeleteConnector) intent()  {}
func (CancelConnector) intent()  {}
func (PalettePreview) intent()   {}
func (DropPalette) intent()      {}
func (CancelPalette) intent()    {}
func (OpenQuickAdd) intent()     {}
func (Pan) intent()              {}
func (Zoom) intent()             {}
