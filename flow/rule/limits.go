package rule

// Limits on sources and outputs. They repeat the numbers of flow/limits.go,
// which this package cannot import; a test of the product keeps them equal.
const (
	MaxExpression = 4096      // bytes of an expression
	MaxTemplate   = 64 << 10  // bytes of a template
	MaxTags       = 200       // {{fields}} of a template
	MaxOutput     = 256 << 10 // bytes a template may produce
)

// Limits of one evaluation (SAFETY.md §2 and §6).
const (
	maxNodes       = 500     // nodes of an expression's tree, as parsed
	maxExpanded    = 1000    // the same, counting shared branches each time
	maxWork        = 200_000 // node evaluations of one Budget
	maxText        = 64 << 10
	maxBytes       = 1 << 20 // bytes of text made under one Budget
	maxElements    = 20_000  // list elements the virtual machine may make in one run
	maxList        = 10_000  // elements of a list that is looped over
	maxResult      = 10_000  // values in a result, repeats counted
	maxResultDepth = 32
	maxPattern     = 200  // characters of a "matches" pattern
	maxPatternSize = 1000 // instructions of a compiled pattern
	maxMatchText   = 10 << 10
	maxWarnings    = 50
)
