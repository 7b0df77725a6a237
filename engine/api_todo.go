package engine

import (
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

type Plan struct{}

func Compile(v flow.Version, s crm.Schemas) (*Plan, flow.Problems) { panic("soon") }
func (p *Plan) Needs() Needs                                       { panic("soon") }
func (p *Plan) Flow() string                                       { panic("soon") }
func (p *Plan) Version() int                                       { panic("soon") }
func (p *Plan) Resource() crm.Resource                             { panic("soon") }
func (p *Plan) Settings() flow.Settings                            { panic("soon") }
func (p *Plan) Zone() *time.Location                               { panic("soon") }
func (p *Plan) Manual() (trigger string, ok bool)                  { panic("soon") }

type Index struct{}

func NewIndex(plans []*Plan) *Index             { panic("soon") }
func (x *Index) Match(ev crm.Event) []Candidate { panic("soon") }

// Candidate is a trigger whose event type, watched fields and equality tests fit.
type Candidate struct {
	Plan    *Plan
	Trigger string
}

func ByPlan(cs []Candidate) [][]Candidate { panic("soon") }

func (c Candidate) Accepts(w World, ev crm.Event) (ok bool, detail string) { panic("soon") }

// Consider decides everything about an event that needs no store: condition, self trigger, chain depth.
// cs are the candidates of ONE plan (see ByPlan). The returned trigger is where Begin starts.
func Consider(cs []Candidate, ev crm.Event, w World) (e flow.Enrollment, trigger string) {
	panic("soon")
}

// Standing is what the store knows about a flow and a key.
type Standing struct {
	Duplicate bool   // this event was decided for this flow before
	Blocking  string // unfinished run holding the guard of GuardKey
	Past      string // any earlier run of the key (asked for once_ever only)
	Starts    int    // starts of the flow on the record within flow.StartsWindow
}

// Admit applies the re-entry policy, duplicate and loop lock to an enrollment that Consider let through.
func Admit(p *Plan, e flow.Enrollment, s Standing) flow.Enrollment { panic("soon") }

// GuardKeys are the guards to insert for a run ("k:<key>", "c:<contact key>"); GuardKey is the one that decides.
// Enroll is the decision for a record that a person chose (manual start): conditions passed over.
func Enroll(p *Plan, ev crm.Event, w World) flow.Enrollment { panic("soon") }

func GuardKeys(run flow.Run) []string       { panic("soon") }
func GuardKey(p *Plan, run flow.Run) string { panic("soon") }

func Begin(p *Plan, trigger string, ev crm.Event, w World) flow.Run { panic("soon") }
func Advance(p *Plan, run flow.Run, w World, in Input) Outcome      { panic("soon") }
func Resolve(p *Plan, run flow.Run, visit int, d Decision, w World) (flow.Run, bool) {
	panic("soon")
}
func Matches(p *Plan, run flow.Run, tok flow.Token, ev crm.Event, w World) bool { panic("soon") }

// Due lists the tokens whose wait has ended by time.
func Due(run flow.Run, now time.Time) []flow.Token { panic("soon") }

func Cancel(run flow.Run, by string, now time.Time) flow.Run        { panic("soon") }
func RecordDeleted(run flow.Run, now time.Time) flow.Run            { panic("soon") }
func Retry(run flow.Run, visit int, now time.Time) (flow.Run, bool) { panic("soon") }
func Skip(run flow.Run, visit int, now time.Time) (flow.Run, bool)  { panic("soon") }
func Trace(run flow.Run) []string                                   { panic("soon") }

// EventView is the event as expressions see it.
func EventView(ev crm.Event) map[string]any { panic("soon") }
