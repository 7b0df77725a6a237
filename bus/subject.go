package bus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"strings"

	"millrace.dev/crm"
)

// PartitionOf is the partition that a record's events are in.
func PartitionOf(r crm.Resource, id string) int {
	h := fnv.New32a()
	h.Write([]byte(string(r) + "|" + id))
	return int(h.Sum32() % Partitions)
}

func laneOf(flow string) int {
	h := fnv.New32a()
	h.Write([]byte(flow))
	return int(h.Sum32() % Lanes)
}

// eventSubject is "<prefix>.evt.<partition>.<resource>.<event>.<record>".
func (b *Bus) eventSubject(r crm.Resource, id, typ string) string {
	return fmt.Sprintf("%s.evt.%d.%s.%s.%s", b.prefix, PartitionOf(r, id), token(string(r)),
		token(strings.ReplaceAll(typ, ".", "-")), token(id))
}

// taskSubject is "<prefix>.run.v<proto>.<lane>.<flow>.<run>".
func (b *Bus) taskSubject(t Task) string {
	return fmt.Sprintf("%s.run.v%d.%d.%s.%s", b.prefix, proto, laneOf(t.Flow), t.Flow, t.Run)
}

// parseTask reads flow and run from the end of a task's subject.
func parseTask(subject string) Task {
	i := strings.LastIndexByte(subject, '.')
	j := strings.LastIndexByte(subject[:i], '.')
	return Task{Flow: subject[j+1 : i], Run: subject[i+1:]}
}

// maxToken is how long a subject token may be before it is hashed.
const maxToken = 64

// token is s where a subject may hold it, else a hash of it. Readers find the
// real value in the message.
func token(s string) string {
	if safeToken(s) {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return "~" + hex.EncodeToString(sum[:16])
}

func safeToken(s string) bool {
	if s == "" || len(s) > maxToken {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}
