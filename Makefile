# Every target installs what it needs: a machine with Python 3.11+ and make is enough.
# `make chat` talks in the terminal; `make test` is what CI runs.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
RUN := $(BIN)/python -m bot
UV := $(BIN)/uv pip
INSTALL := $(UV) install --quiet --compile-bytecode
export VIRTUAL_ENV := $(CURDIR)/.venv

.DEFAULT_GOAL := help
.PHONY: help docs chat run play preview test lint types check unit relevance audit bench soak pins format clean

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

chat: .venv/runtime  ## Talk to the bot in this terminal
	@$(RUN) chat

run: .venv/runtime  ## Run the bot on Discord (DISCORD_TOKEN in .env)
	@$(RUN) run

play: .venv/dev  ## Try the Discord front in a browser, without a Discord account
	@$(BIN)/python -m tests.chat.loopback --play

preview: .venv/dev  ## Browse the catalogue as readers will see it
	@$(RUN) preview

test: lint types check unit  ## Lint, types, the data's rules, and every test

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(BIN)/mypy

check: .venv/dev
	$(RUN) check --no-warnings

# Tracing takes a third of the time: COVERAGE=yes, as in CI, shows the figure.
COVERAGE ?=
COV := $(if $(COVERAGE),--cov --cov-append --cov-report=)

# A third of a test is waiting for a server or a browser: one worker more than there are cores fills it.
WORKERS = $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")

unit: .venv/dev
	$(BIN)/coverage erase
	$(BIN)/pytest -n $(WORKERS) --dist loadscope -m "not alone" --durations=10 --durations-min=5 $(COV)
	$(BIN)/pytest -m alone $(COV)
	$(if $(COVERAGE),$(BIN)/coverage report)

relevance: .venv/dev  ## Measure the search on the hand-written relevance set
	$(BIN)/python -m tests.relevance.measure

audit: .venv/dev  ## Look up known weaknesses of the pinned packages
	$(BIN)/python -m scripts.audit

bench: .venv/bench  ## Measure, and write docs/benchmarks.md
	$(BIN)/python -m bench

soak: .venv/bench  ## Run for 20 minutes with faults
	$(BIN)/python -m bench.soak

format: .venv/dev  ## Lay out code and data
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .
	$(RUN) format

docs: .venv/dev  ## Write the pages that are made from code
	$(BIN)/python -m scripts.manual

pins: .venv/dev  ## Pin the newest versions that pyproject.toml allows, with hashes
	$(UV) compile $(PIN) --extra postgresql --extra serve --extra pictures pyproject.toml -o requirements.txt
	$(UV) compile $(PIN) --all-extras --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(UV) compile $(PIN) --all-extras --group dev --group bench -c requirements-dev.txt pyproject.toml -o requirements-bench.txt

PIN := --quiet --universal --generate-hashes --upgrade --custom-compile-command "make pins"

clean:  ## Remove everything that was installed or built
	rm -rf .venv data/catalogue.db* var .coverage* .*_cache

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/runtime: requirements.txt | .venv/bin/uv
	@if [ ! -e .venv/dev ]; then $(INSTALL) --require-hashes -r requirements.txt; fi
	@touch $@

.venv/dev: requirements-dev.txt pyproject.toml | .venv/bin/uv
	$(INSTALL) --require-hashes -r requirements-dev.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/bench: requirements-bench.txt .venv/dev
	$(INSTALL) --require-hashes -r requirements-bench.txt
	@touch $@
