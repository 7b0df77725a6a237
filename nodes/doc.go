// Package nodes is the catalogue: one file and one test per node type. A
// node's Spec drives the palette, the card, the property form, the live check,
// the publish check, execution, the JSON Schema and the manual.
//
// A node declares what its author fills in (Form) and what happens (Run). By
// the time Run is called every template and expression has its final value; the
// node reaches the world only through Host. Nodes never sleep, log, start a
// goroutine, read a clock or import a driver.
//
// Reading order: node.go, form.go, host.go, catalogue.go, compile.go and bind.go
// (how values arrive), check.go (how problems are found), then any node,
// send_email.go first. A new node is one file and one test, both named after its
// type; catalogue_test.go holds it to everything else.
package nodes
