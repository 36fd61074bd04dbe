# What there is to do here; `make check test` before every commit.

SEED ?= 1
N ?= 100000
FUZZTIME ?= 30s

.PHONY: check fmt vet lint test race fuzz sim bench wine

check: fmt vet lint ## formatting, go.mod, vet for every system, linters, rules of the tree
	go mod tidy -diff
	go test ./internal/lint

fmt: ## fails and lists what gofmt would change
	@files=$$(gofmt -l .) && test -z "$$files" || { echo "$$files"; exit 1; }

vet:
	for os in linux windows darwin freebsd netbsd openbsd dragonfly; do GOOS=$$os go vet ./... || exit 1; done

lint: ## builds golangci-lint the first time, for about two minutes
	go tool -modfile=tools/go.mod golangci-lint run ./...

test:
	go test ./...

race:
	go test -race ./...

fuzz: ## every fuzz test for FUZZTIME
	.ci/fuzz $(FUZZTIME)

sim: ## N schedules from SEED on; N=1 replays a failing one
	RAON_SIM_SEED=$(SEED) RAON_SIM_N=$(N) go test -count=1 -timeout=0 -v -run='^TestSchedulesKeepEveryPromise$$' .

wine: ## the Windows port under Wine, which is installed first and takes root
	scripts/wine/setup
	for part in tests race cross; do scripts/wine/suite $$part || exit 1; done
	scripts/wine/stop

bench: ## microbenchmarks; the comparison with other engines is in bench/
	go test -run='^$$' -bench=. -benchmem ./...
