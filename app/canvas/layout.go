package canvas

// Step is a node to lay out, with the number of its ports.
type Step struct {
	ID    string
	Ports int
}

// Way leads from port number Port of a step to another. Order sorts the ways of
// one port.
type Way struct {
	From  string
	Port  int
	Order int
	To    string
}

// Distances of the layout, from one card's top left corner to the next one's.
const (
	RankPitch   = 144 // a rank below another
	ColumnPitch = 288 // a card beside another
)
