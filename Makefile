# What a developer does here. Nothing but Go, git, make and a shell is needed.

GO            ?= go
GOLANGCI_LINT := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT       := $(GO) run mvdan.cc/gofumpt@v0.12.0

.PHONY: help build test lint fmt bench demo ci

help: ## say what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

build: ## build bin/pg-migrate-wizard
	$(GO) build -trimpath -o bin/pg-migrate-wizard .

test: ## run all tests under the race detector
	$(GO) test -race ./...
	$(GO) test ./steps
	$(GO) test ./engine ./tui -run 'ManyApplications|ForecastHolds|TheScreenLeaves'

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
