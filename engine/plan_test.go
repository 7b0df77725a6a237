package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

func TestNeedsFollowWhatTheFlowReads(t *testing.T) {
	for want, lines := range map[Needs][]string{
		{}:                                {`node start record_updated`, `node w wait_duration for="PT1H"`, `start.out -> w`},
		{Owner: true}:                     {`node start record_updated`, `node m send_email to="{{ owner.email }}" subject="a" body="b"`, `start.out -> m`},
		{Contact: true, EventWaits: true}: {`node start record_updated`, `node w wait_event event="a.b" where="contact.email != nil"`, `start.out -> w`},
		{Org: true}:                       {`node start record_updated`, `node e end`, `start.out -> e if "org.size > 5"`},
	} {
		needs := compiled(t, lines...).Needs()
		if !want.Contact {
			needs.Contact = false // a mail's consent reads the contact
		}
		require.Equal(t, want, needs)
	}
}

func TestPlanNamesItsManualTrigger(t *testing.T) {
	trigger, ok := compiled(t, `node a record_updated`, `node b manual_start`).Manual()
	require.True(t, ok)
	require.Equal(t, "b", trigger)
	trigger, _ = compiled(t, `node a record_updated disabled`, `node c record_updated`).Manual()
	require.Equal(t, "c", trigger)
	_, ok = compiled(t, `node e end`).Manual()
	require.False(t, ok)
}

func TestCompileReportsWhatCannotRun(t *testing.T) {
	_, problems := parsed(t, `set zone "Mars/Olympus"`, `set key "deal.idd"`, `node start record_updated`, `node x send_fax`,
		`start.out -> y`, `start.out -> x if "deal.amout > 1"`)
	var codes []string
	for _, p := range problems {
		codes = append(codes, p.Path+" "+p.Code)
	}
	require.Equal(t, []string{"/settings/zone unknown_zone", "/settings/key unknown_field", "/nodes/x/type unknown_type",
		"/connectors/c1 dangling_connector", "/connectors/c2/if unknown_field"}, codes)
}

func TestConnectorsAreTriedInTheirOrderAndElseComesLast(t *testing.T) {
	lines := []string{`node start record_updated`, `node a end outcome="a"`, `node b end outcome="b"`, `node c end outcome="c"`}
	conn := []string{`start.out -> a`, `start.out -> b if "deal.amount > 1" order 5`, `start.out -> c if "deal.amount > 2" order 4`}
	p := compiled(t, append(lines, conn...)...)
	require.Equal(t, "c", begun(t, p, deal(5)).Run.End)
	require.Equal(t, "b", begun(t, p, deal(2)).Run.End)
	require.Equal(t, "a", begun(t, p, deal(1)).Run.End)
}

func TestPlanKeepsTheZone(t *testing.T) {
	p := compiled(t, `set zone "Europe/Warsaw"`, `node start record_updated`)
	require.Equal(t, "Europe/Warsaw", p.Zone().String())
	require.Equal(t, time.UTC, compiled(t, `node start record_updated`).Zone())
}

func TestBeginIsTheSameForTheSameEvent(t *testing.T) {
	p := compiled(t, `node start record_updated`)
	a, b := Begin(p, "start", updated("e1"), deal(5)), Begin(p, "start", updated("e1"), deal(5))
	require.Equal(t, a, b)
	require.Equal(t, flow.RunID("f", "e1"), a.ID)
	require.Equal(t, "D-1", a.Key)
	require.Equal(t, "C-1", a.ContactKey)
	user := World{Now: dawn, Record: crm.Record{Resource: crm.User, ID: "U-1"}}
	f, _ := flow.ParseWritten("flow f \"F\" user\nnode start record_created\n")
	up, _ := Compile(flow.Version{Flow: "f", Number: 1, Graph: f.Graph}, crm.BuiltIn())
	require.Equal(t, "U-1", Begin(up, "start", crm.Event{ID: "e"}, user).ContactKey)
}
