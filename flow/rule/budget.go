package rule

// Budget bounds everything that one node execution evaluates: all its
// expressions and templates together. It also collects their warnings. It
// belongs to one goroutine.
type Budget struct {
	work, bytes int
	warnings    []string
}

// NewBudget returns a full budget for one node execution.
func NewBudget() *Budget { return &Budget{work: maxWork, bytes: maxBytes} }

// Warnings are what evaluation had to decide by itself, such as a comparison
// with a field that has no value. Each is listed once, at most 50.
func (b *Budget) Warnings() []string { return b.warnings }

func (b *Budget) warn(text string) {
	if len(b.warnings) >= maxWarnings {
		return
	}
	for _, w := range b.warnings {
		if w == text {
			return
		}
	}
	b.warnings = append(b.warnings, text)
}

// spend takes n units of work; one unit is about one node of an expression.
func (b *Budget) spend(n int) error {
	if n < 0 || n > b.work {
		b.work = 0
		return limitError("This takes too much work. Make the expression simpler or the lists shorter.")
	}
	b.work -= n
	return nil
}

// scan takes the work of reading n bytes of text.
func (b *Budget) scan(n int) error { return b.spend(1 + n/256) }

// text takes the bytes of a text that is about to be made.
func (b *Budget) text(n int) error {
	if n < 0 || n > maxText {
		return limitError("A text would be longer than 64 KiB.")
	}
	if n > b.bytes {
		b.bytes = 0
		return limitError("The texts made here are longer than 1 MiB in all.")
	}
	b.bytes -= n
	return b.scan(n)
}
