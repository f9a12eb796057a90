# run: everything on this machine. test: the whole suite. check: what a review need not look for. bench: the table.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := --require-hashes --only-binary :all:
RUN_STAMP := .venv/.run-installed
DEV_STAMP := .venv/.dev-installed
PYTEST_ARGUMENTS ?=

.PHONY: run test check bench frontend schema screenshots lock
.DEFAULT_GOAL := run

run: $(RUN_STAMP) frontend
	@exec $(BIN)/bailiwick up

test: $(DEV_STAMP) frontend
	@BAILIWICK_BROWSER="$$($(BIN)/python tests/browser_setup.py)" && export BAILIWICK_BROWSER && \
	exec $(BIN)/python -m pytest -n 2 --tb native $(PYTEST_ARGUMENTS)

check: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy src
	$(BIN)/lint-imports
	$(BIN)/python -W ignore::RuntimeWarning -m bailiwick.config.cli manage makemigrations --check --dry-run
	@mkdir -p build
	$(BIN)/bailiwick manage spectacular --validate --fail-on-warn --file build/openapi.yaml
	@diff -u docs/openapi.yaml build/openapi.yaml || { echo "The API has changed: cp build/openapi.yaml docs/openapi.yaml"; exit 1; }
	$(BIN)/bailiwick manage permissions --file build/permissions.md
	@diff -u docs/permissions.md build/permissions.md || { echo "What addresses need has changed: cp build/permissions.md docs/permissions.md"; exit 1; }

schema: $(DEV_STAMP)
	$(BIN)/bailiwick manage spectacular --validate --fail-on-warn --file docs/openapi.yaml
	$(BIN)/bailiwick manage permissions --file docs/permissions.md

screenshots: $(DEV_STAMP)
	@BAILIWICK_BROWSER="$$($(BIN)/python tests/browser_setup.py)" $(BIN)/python docs/screenshots.py

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --generate-hashes --no-annotate --no-header --quiet pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --universal --generate-hashes --no-annotate --no-header --quiet pyproject.toml --group dev -o requirements/dev.txt

bench: $(DEV_STAMP) frontend
	@exec $(BIN)/python -m bench

frontend: $(RUN_STAMP)
	@$(BIN)/python -m bailiwick.runtime.frontend
	@$(BIN)/python -m bailiwick.runtime.catalogues

.venv/pyvenv.cfg:
	@echo "  Virtual environment ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Bailiwick needs Python 3.11 or newer: make PYTHON=...")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(RUN_STAMP): .venv/pyvenv.cfg requirements/run.txt pyproject.toml
	@echo "  Locked packages ..."
	@$(INSTALL) $(LOCKED) -r requirements/run.txt
	@$(INSTALL) --no-deps -e .
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements/dev.txt
	@echo "  Locked packages for tests and checks ..."
	@$(INSTALL) $(LOCKED) -r requirements/dev.txt
	@touch $@
