package flow

import "time"

// Limits that guard the engine and its users. Each is enforced where its
// comment says, with a test at N and at N+1.
const (
	MaxNodes       = 500       // nodes of a graph (validate)
	MaxConnectors  = 1000      // connectors of a graph (validate)
	MaxNodeBytes   = 32 << 10  // JSON of one node (validate)
	MaxID          = 64        // bytes of an id (validate)
	MaxName        = 200       // runes of a name or title (validate)
	MaxJSONDepth   = 64        // nesting of any JSON input (file.go, server)
	MaxExpression  = 4096      // bytes of an expression (rule)
	MaxTemplate    = 64 << 10  // bytes of a template (rule)
	MaxTags        = 200       // {{fields}} of a template (rule)
	MaxOutput      = 256 << 10 // bytes a template may produce (rule)
	MaxVars        = 256 << 10 // JSON of a run's variables and outputs (engine)
	MaxVisits      = 10_000    // visits in a run's life (engine)
	MaxNodeVisits  = 100       // visits of one node in one run (engine)
	MaxBurst       = 200       // visits in one activation (engine)
	MaxTokens      = 64        // parallel branches of one run (engine)
	MaxStepsKept   = 200       // steps kept in the run's document (engine)
	MaxAttempts    = 8         // tries of one effect (engine)
	MaxDepth       = 10        // runs in one causation chain (matcher)
	MaxStarts      = 50        // starts of one flow on one record in StartsWindow (matcher)
	MaxDeaths      = 3         // processes that may die at one effect (runner)
	MaxDelay       = 366 * 24 * time.Hour
	StartsWindow   = 30 * time.Minute
	FlowConcurrent = 1000 // unfinished ready runs of one flow; more are queued (matcher)
)
