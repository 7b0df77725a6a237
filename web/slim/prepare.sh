#!/bin/sh
# Prepares the slim build of the browser program in the folder $1 (build/slim):
# a copy of the pinned go-app without the two files that link net/http, and a
# go.mod that points at it. go-app's server half stays as it is.
#
#   sh web/slim/prepare.sh build/slim
#   GOOS=js GOARCH=wasm go build -modfile=build/slim/go.mod …
set -eu
out=$1
module=github.com/maxence-charriere/go-app/v10
from=$(go list -m -f '{{.Dir}}' "$module")
rm -rf "$out"
mkdir -p "$out/go-app/pkg"
cp -R "$from/go.mod" "$out/go-app/"
cp -R "$from/pkg/app" "$from/pkg/errors" "$out/go-app/pkg/"
chmod -R u+w "$out"
rm -f "$out"/go-app/pkg/app/*_test.go "$out/go-app/pkg/app/resource.go"
rm -rf "$out/go-app/pkg/app/gen"
cp web/slim/http.go.txt "$out/go-app/pkg/app/http.go"
cp go.sum "$out/go.sum"
{ cat go.mod; printf '\nreplace %s => ./%s/go-app\n' "$module" "$out"; } > "$out/go.mod"
