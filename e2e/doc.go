// Package e2e holds the tests that use the product as people do: a real server
// process and a real Chromium, driven by mouse and key events. There is no code
// here that is not a test.
//
// Reading order: process_test.go (the server), browser_test.go (hands and
// eyes), then one file per story. scenario_test.go plays the engine's scenarios
// through a server in this process, on a clock that it sets.
package e2e
