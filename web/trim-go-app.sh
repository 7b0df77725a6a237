#!/bin/sh
# Makes build/browser.mod: the project's go.mod with a copy of go-app that
# leaves out its server half. That half imports net/http, whose TLS and
# certificates are linked into the browser program (half a megabyte, gzip) and
# never run there. docs/adr/0004-trim-go-app.md tells why.
set -eu
out=build/go-app
src=$(go list -m -f '{{.Dir}}' github.com/maxence-charriere/go-app/v10)
[ -n "$src" ] || { go mod download github.com/maxence-charriere/go-app/v10; src=$(go list -m -f '{{.Dir}}' github.com/maxence-charriere/go-app/v10); }
rm -rf "$out"
mkdir -p "$out/pkg"
cp -r "$src/go.mod" "$out/"
cp -r "$src/pkg/app" "$src/pkg/errors" "$out/pkg/"
chmod -R u+w "$out"
find "$out" -name '*_test.go' -delete
cd "$out/pkg/app"
rm http.go
sed -i -e '/"net\/http"/d' -e '/http\.FileServer/d' -e '/^\thttp\.Handler$/d' resource.go
sed -i -e 's/h \*Handler/h any/' wasm.go
! grep -l '"net/http"' *.go | grep -v '^static.go$' || { echo "go-app has changed: trim-go-app.sh no longer fits it" >&2; exit 1; }
cd - >/dev/null
cp go.mod build/browser.mod
cp go.sum build/browser.sum
go mod edit -replace github.com/maxence-charriere/go-app/v10=./build/go-app build/browser.mod
