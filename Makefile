# Both targets of the README set up the same .venv first. Nothing has to be installed by hand.
.PHONY: setup demo test check bench screenshot clean

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt .ci/setup
	PYTHON=$(PYTHON) .ci/setup
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/python -m tests.demo

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	go=$$($(BIN)/python -c 'from plugins.golang.toolchain import find; print(find().go)') && cd plugins/golang/helper \
		&& test -z "$$($$(dirname $$go)/gofmt -l .)" && $$go vet .

test: check
	go=$$($(BIN)/python -c 'from plugins.golang.toolchain import find; print(find().go)') && cd plugins/golang/helper \
		&& $$go test .
	$(BIN)/pytest -n 2

bench: $(STAMP)
	$(BIN)/python -m tests.bench $(if $(PACKAGES),--packages $(PACKAGES))

screenshot: $(STAMP)
	$(BIN)/python -m tui.screenshot tests/tui/stack.jsonl tui/screenshot.svg

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
