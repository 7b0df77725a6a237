package demo

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/nodes"
)

func TestTheSameSeedMakesTheSamePeople(t *testing.T) {
	for _, c := range countries {
		a, b := rand.New(rand.NewPCG(7, 1)), rand.New(rand.NewPCG(7, 1))
		require.Equal(t, c.lead(a), c.lead(b))
		require.Equal(t, c.deal(a), c.deal(b))
	}
}

func TestEverythingMadeUpIsValidAndCannotReachAnybody(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		for _, c := range countries {
			for resource, fields := range map[crm.Resource]map[string]any{
				crm.Lead: c.lead(r), crm.Deal: c.deal(r), crm.Ticket: c.ticket(r),
			} {
				_, wrong := crm.Validate(crm.BuiltIn()[resource], fields, false)
				require.Empty(t, wrong, "%v", fields)
			}
			require.True(t, strings.HasSuffix(c.person(r).email, "@example.com"))
		}
	}
}

func TestNamesBecomePlainAddresses(t *testing.T) {
	require.Equal(t, "stefan.muresan", plain("Ștefan Mureșan"))
	require.Equal(t, "nguyen.thi.lan", plain("Nguyễn Thị Lan"))
	require.Equal(t, "swiecislaw.wozniak", plain("Święcisław Woźniak"))
	require.Equal(t, "duc", plain("Đức"))
}

func TestTheGatewayIsBusyOnceAMinute(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	g := &Gateway{Now: func() time.Time { return now }}
	status := func() int {
		reply, err := g.Do(t.Context(), nodes.Call{})
		require.NoError(t, err)
		return reply.Status
	}
	require.Equal(t, 503, status())
	require.Equal(t, 200, status())
	now = now.Add(hiccup)
	require.Equal(t, 503, status())
	require.Equal(t, 200, status())
}
