# Two commands carry the project: `make up` and `make test`. Both do all their own set-up.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The venv is made anew when the locked dependencies or the package's metadata change, never otherwise.
READY := $(VENV)/.ready

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s'|'

$(READY): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3" >&2; exit 3; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(READY) ## Make .venv with everything that is locked

up: $(READY) ## Start the example estate on this machine and leave it running
	$(BIN)/singlepane up --detach

down: $(READY) ## Stop what `make up` started; the data stays
	$(BIN)/singlepane down

lint: $(READY) ## Style, types and the arrows between rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## Everything: lint, types, import contracts, unit, golden, property and real-engine tests
	$(BIN)/singlepane engines build --all
	$(BIN)/python -m pytest

bench: $(READY) ## Print the figures of docs/benchmarks.md with ratios against their baselines
	$(BIN)/python -m tests.bench

drill: $(READY) ## Break the running parts one by one and record what happened
	$(BIN)/python -m tests.drill

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet
lock: ## Resolve the dependencies anew (needs uv)
	uv pip compile $(LOCK) --upgrade --group dev pyproject.toml --output-file requirements/dev.lock
	uv pip compile $(LOCK) --upgrade --constraint requirements/dev.lock pyproject.toml --output-file requirements/run.lock

.PHONY: help setup up down lint test bench drill lock
