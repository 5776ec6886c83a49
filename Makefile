# What a developer does here. Go, git, make and a shell are needed, and for the
# race detector of `make test` a C compiler: the program itself has no C in it.

GO            ?= go
GOLANGCI_LINT := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT       := $(GO) run mvdan.cc/gofumpt@v0.12.0

# Where the program goes, and which version it says it is: the tag or commit where git
# is there, else what the Go tool knows, which may be no more than "devel".
BIN     ?= bin/pg-migrate-wizard
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)
# What is left out (docs/adr/0009-slim-build.md): tested as it is shipped.
TAGS    := nethttpomithttp2
LDFLAGS := -s -w $(if $(VERSION),-X pg-migrate-wizard/internal/cli.release=$(VERSION))

# Packages in which the race detector changes what is played.
PLAIN   := $(addprefix ./,$(sort $(dir $(wildcard */race_test.go */*/race_test.go))))

.PHONY: help build test walks lint fmt bench demo ci

help: ## say what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

build: ## build bin/pg-migrate-wizard: one static file
	CGO_ENABLED=0 $(GO) build -tags '$(TAGS)' -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) .

test: ## run all tests under the race detector (needs a C compiler)
	@set -- $$($(GO) env CC); command -v "$$1" >/dev/null || { \
		echo "make test needs a C compiler for the race detector, and there is no $$1."; \
		echo "Install one, or name it (CC=clang make test), or do without: go test ./..."; exit 1; }
	CGO_ENABLED=1 GORACE=atexit_sleep_ms=50 $(GO) test -tags '$(TAGS)' -race ./...

# What plays hours, or many likes of one way, is played in part by `make test`, because the
# race detector makes it slow and finds nothing there (underRace in the tests).
walks: ## play in full what make test plays in part, without the race detector
	GOGC=800 $(GO) test -tags '$(TAGS)' $(PLAIN)

lint: ## vet, check the format, lint
	$(GO) vet ./...
	@unformatted=$$($(GOFUMPT) -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	$(GOLANGCI_LINT) run --allow-parallel-runners ./...

fmt: ## format everything
	$(GOFUMPT) -w .

bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

demo: ## show a whole migration, on a landscape that the program brings along
	$(GO) run . demo

ci: ## what a push is held to
	.ci/run
