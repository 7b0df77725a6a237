package nodes_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

func TestTextKeysCoverEverythingOnScreen(t *testing.T) {
	texts := nodes.TextKeys()
	for key, want := range map[string]string{
		"group.triggers":                     "Triggers",
		"port.error":                         "It failed, also when tried again.",
		"node.send_email.title":              "Send e-mail",
		"node.send_email.port.refused":       "There is no address, or it is not a valid one.",
		"node.send_email.line":               "to {to}",
		"node.branch.port.else":              "Nothing else fits.",
		"node.branch.prop.mode.choice.first": "the first way whose condition holds",
		"node.wait_duration.prop.for.label":  "How long",
		"node.wait_duration.prop.for.hint":   "From one second to 366 days. A day is 24 hours.",
	} {
		require.Equal(t, want, texts[key], key)
	}
	require.NotContains(t, texts, "node.add_tag.line", "a line without words needs no translation")
	every(t, func(t *testing.T, s nodes.Spec) {
		require.Contains(t, texts, "node."+s.Type+".summary")
	})
}

func TestTextKeysAreWellFormed(t *testing.T) {
	valid := regexp.MustCompile(`^(group\.[a-z]+|port\.error|node\.[a-z0-9_]+\.(title|summary|line|port\.[a-z_]+|prop\.[a-z_]+\.(label|hint|choice\.[A-Za-z_]+)))$`)
	for key, text := range nodes.TextKeys() {
		require.Regexp(t, valid, key)
		require.NotEmpty(t, text, key)
	}
}
