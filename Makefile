# Yiwang 一网. Needs Python ≥ 3.11, Node ≥ 20 and make; everything else is installed beside this file.
#
#   make run PORT=9000     another port
#   make test ARGS=-k...   arguments for pytest
#
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin

# A stamp is a file whose time says when a step was last done, so a second start costs nothing. Each lies in the folder
# it vouches for: delete .venv or node_modules, and the stamp is gone with it.
ENVIRONMENT := .venv/.environment-ready
PACKAGE := .venv/.package-ready
MESSAGES := .venv/.messages-ready
NODE := node_modules/.node-ready
SCREENS := node_modules/.screens-ready
READY := $(PACKAGE) $(SCREENS) $(MESSAGES)

SCREEN_SOURCES := $(shell find yiwang/body -path '*/assets/*' -type f 2>/dev/null)
CATALOGUES := $(shell find yiwang -name 'django.po' 2>/dev/null)

.PHONY: help run setup test lint types guard audit bench bench-city lock messages screens clean

help:  ## this list
	@sed -nE 's/^# ?(.*)/\1/p;/^SHELL/q' Makefile
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: $(READY)  ## open the city: database, web server and worker; Ctrl-C stops all
	@exec $(BIN)/yiwang run

setup: $(READY)  ## install and build everything, start nothing

test: $(READY)  ## every test: units, guards, journeys in a real browser
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: $(READY)  ## style of Python and TypeScript
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@npm run --silent check

types: $(READY)  ## types (mypy, strict on doors, kernel and pure modules)
	@$(BIN)/mypy

guard: $(READY)  ## the law of the house: floors, doors, access, limits
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/architecture $(ARGS)

audit: $(PACKAGE)  ## packages we depend on: pinned by content, no known weakness (asked where there is a line)
	@$(BIN)/python tools/audit_dependencies.py $(ARGS)

bench: $(READY)  ## measure the promised figures (under 10 minutes)
	@$(BIN)/yiwang bench $(ARGS)

bench-city: $(READY)  ## the same with a million cases (long)
	@$(BIN)/yiwang bench --city $(ARGS)

lock:  ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group dev --python-version 3.11 --universal --generate-hashes \
	    --no-header --no-annotate --quiet --output-file requirements.lock

messages: $(PACKAGE)  ## collect new messages into the catalogues and compile them
	@$(BIN)/python tools/catalogues.py update
	@$(BIN)/python tools/catalogues.py compile

screens: $(SCREENS)  ## bundle styles and scripts

clean:  ## remove what was built; the city's data stays
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find yiwang -name '*.mo' -delete
	find yiwang -path '*/static/*' -name dist -type d -prune -exec rm -rf {} +

$(ENVIRONMENT): requirements.lock tools/new-environment.sh
	@tools/new-environment.sh .venv
	@echo "Installing Python packages …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(PACKAGE): $(ENVIRONMENT) pyproject.toml
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(NODE): package-lock.json
	@tools/check-node.sh
	@echo "Installing packages of the screens …"
	@npm ci --silent
	@touch $@

$(SCREENS): $(NODE) tools/build-screens.mjs $(SCREEN_SOURCES)
	@npm run --silent build
	@touch $@

$(MESSAGES): $(PACKAGE) tools/catalogues.py $(CATALOGUES)
	@$(BIN)/python tools/catalogues.py compile
	@touch $@
