// The browser's program: the whole app, compiled to WebAssembly.
package main

import "millrace.dev/app"

func main() { app.Main() }
