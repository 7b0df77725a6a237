package nodes

import (
	"context"

	"millrace.dev/crm"
)

// outPort is the port of a node with a single way out.
const outPort = "out"

// started is what every trigger does once its run exists: it lets it go on.
func started(context.Context, Host) (Result, error) { return Leave(outPort, nil), nil }

// event names something that happens to the flow's own records.
func event(r crm.Resource, verb string) string { return string(r) + "." + verb }
