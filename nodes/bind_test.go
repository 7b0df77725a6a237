package nodes_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

func bind(t testing.TB, typ, props string) *nodes.Bound {
	t.Helper()
	n := nodetest.Node(t, typ, props)
	bound, problems := nodes.Compile("n1", n, nodes.EnvOf(nodetest.Graph(crm.Deal, n), crm.BuiltIn()), crm.Deal, crm.BuiltIn())
	require.Empty(t, problems)
	return bound
}

func TestBoundListsWhatItsNodeReads(t *testing.T) {
	require.Equal(t, []string{"contact.email", "contact.unsubscribed", "deal.title", "owner.email"},
		bind(t, "send_email", `{"to": "{{ owner.email }}", "subject": "{{ record.title }}", "body": "x"}`).Uses())
	require.Equal(t, []string{"deal.amount", "org.name"},
		bind(t, "set_value", `{"name": "x", "value": {"a": "= deal.amount", "b": ["{{ org.name }} y"]}}`).Uses())
}

func TestFillMakesAFreshNodeEveryTime(t *testing.T) {
	b := bind(t, "add_tag", `{"tag": "{{ deal.status }}"}`)
	h := dealHost()
	one, _, err := b.Fill(h.Scope(), rule.NewBudget())
	require.NoError(t, err)
	set(h, map[string]any{"status": "won"})
	two, _, err := b.Fill(h.Scope(), nil)
	require.NoError(t, err)
	require.NotEqual(t, one, two)
}

func TestFillWarnsAboutAFieldWithoutAValue(t *testing.T) {
	_, warnings := dealHost().Fill(t, "set_value", `{"name": "x", "value": "Lost: {{ deal.lost_reason }}"}`)
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0], "lost_reason")
}

func TestFillNamesThePropertyThatFailed(t *testing.T) {
	b := bind(t, "set_value", `{"name": "x", "value": "= 1 % (len(deal.tags) - 1)"}`)
	_, _, err := b.Fill(dealHost().Scope(), rule.NewBudget())
	var failed *nodes.Error
	require.ErrorAs(t, err, &failed)
	require.Contains(t, failed.Text, "value")
	require.False(t, failed.Temporary)
}

func TestBoundsHoldAtTheLimitAndNotBeyond(t *testing.T) {
	long := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = 'a'
		}
		return string(b)
	}
	require.Empty(t, codes(t, "add_tag", `{"tag": "`+long(60)+`"}`))
	require.Equal(t, []string{"/tag too_large"}, codes(t, "add_tag", `{"tag": "`+long(61)+`"}`))
}

func BenchmarkFillSmall(b *testing.B) {
	fill(b, "add_tag", `{"tag": "{{ deal.status }}"}`)
}

func BenchmarkFillStatic(b *testing.B) {
	fill(b, "create_task", `{"subject": "Call", "body": "Ask", "teams": ["Sales"], "owner": true, "due": "P7D"}`)
}

func BenchmarkFillMail(b *testing.B) {
	fill(b, "send_email", mailToContact)
}

func BenchmarkFillBranch(b *testing.B) {
	fill(b, "branch", `{`+twoWays+`}`)
}

func fill(b *testing.B, typ, props string) {
	bound := bind(b, typ, props)
	scope := dealHost().Scope()
	scope.Now = time.Now()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := bound.Fill(scope, rule.NewBudget()); err != nil {
			b.Fatal(err)
		}
	}
}

func TestABoundFillsForManyRunsAtOnce(t *testing.T) {
	b := bind(t, "update_record", `{"set": {"tags": ["a"], "source": "{{ deal.title }}"}}`)
	scope := dealHost().Scope()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if _, _, err := b.Fill(scope, rule.NewBudget()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
