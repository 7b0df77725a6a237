// Package crm is what flows act upon: the five resources with their schemas,
// the records of each, the events that happen to them, and the people, tasks
// and messages around them.
//
// It is pure data and rules on it: no clock, no storage, no network. Standard
// library only, because it is compiled into the server and into the browser.
//
// Reading order: resource.go (the five kinds), field.go and schema.go (what a
// record may hold), record.go, event.go (what happened, and why), member.go.
package crm
