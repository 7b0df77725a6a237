# Two commands matter: `make run` and `make test`. The rest is for builders.
SHELL       := /bin/bash
GO          ?= go
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS     := -s -w -X main.version=$(VERSION)
SOURCES     := $(shell find . -name '*.go' -not -path './build/*') go.mod go.sum
WEB         := $(shell find web -type f 2>/dev/null)
SIZE_BUDGET := 3400000
# Pages and panels are built once a click: smaller code is worth more than faster.
SMALL       := -gcflags 'github.com/maxence-charriere/...=-l' -gcflags 'millrace.dev/app=-l'

export MILLRACE_ADDR ?= 127.0.0.1:8080
# The folder that keeps everything; empty means in memory.
export MILLRACE_DATA ?=

.DEFAULT_GOAL := help
.PHONY: help run build app test test-go test-race test-browser check chromium size bench-engine fuzz clean image

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: bin/millrace ## start the demo workspace and print a one-time link
	@# The browser app builds beside the server, which shows how far it is.
	@$(MAKE) --no-print-directory app & exec bin/millrace demo --web build/web

build: bin/millrace app ## build the server and the browser app

bin/millrace: $(SOURCES) $(WEB)
	@echo "building the server …"
	@mkdir -p bin
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ .

app: build/web/app.wasm.gz ## build the browser app

build/web/app.wasm.gz: $(SOURCES) build/browser.mod
	@echo "building the browser app (about a minute the first time) …"
	@mkdir -p build/web
	@GOOS=js GOARCH=wasm $(GO) build -modfile build/browser.mod -trimpath $(SMALL) -ldflags '$(LDFLAGS)' -o build/app.wasm .
	@gzip -9 -n -c build/app.wasm > $@.part && mv $@.part $@
	@echo "the browser app is ready: $$(stat -c %s $@) bytes"

build/browser.mod: go.mod go.sum web/trim-go-app.sh
	@sh web/trim-go-app.sh

test: check test-go test-browser ## everything CI runs, browser tests included

check: ## formatting and vet, for both targets
	@test -z "$$(gofmt -l $$(git ls-files "*.go") | tee /dev/stderr)" || { echo "run gofmt -w on the files above"; exit 1; }
	@$(GO) vet ./...
	@GOOS=js GOARCH=wasm $(GO) vet . ./app/... ./engine ./engine/enginetest/... ./nodes/... ./flow/... ./crm

test-go: ## all Go tests but the browser's
	@$(GO) test $$($(GO) list ./... | grep -v /e2e)

test-race: ## the concurrent packages under the race detector (needs gcc)
	@$(GO) test -race ./store/... ./bus/... ./engine/... ./server/... ./flow/rule/...

test-browser: build chromium ## the server as a process, and the app in headless Chromium
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  echo "left out: the tests in a browser, because Chromium is not installed and apt-get cannot install it here"
	@$(GO) test ./e2e/...

chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  { echo "installing Chromium for the browser tests …"; apt-get update -qq && apt-get install -y -qq chromium >/dev/null; }; } || true

size: app ## the browser app's size against its budget
	@n=$$(stat -c %s build/web/app.wasm.gz); \
	 echo "browser app: $$n bytes gzip, budget $(SIZE_BUDGET), $$((n * 100 / $(SIZE_BUDGET))) %"; \
	 test $$n -le $(SIZE_BUDGET)

bench-engine: ## runs per second, CPU per run and latency of the reference flow
	@$(GO) run ./bench/engine

fuzz: ## every fuzz target for half a minute each
	@for pkg in $$(grep -rl '^func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z]*' $$pkg/*_test.go | cut -d' ' -f2); do \
	    echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 30s $$pkg || exit 1; done; done

image: ## the container image
	docker build -t millrace:$(VERSION) .

clean: ## remove what was built
	rm -rf bin build
