# kotae: everything starts from a bare machine with Python 3.11, pip, make and a package index.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help demo test check package pictures fuzz conformance snapshots bench bench-mcp bench-plan bench-service bench-report bench-model bench-answers bench-load bench-tui lock clean

help:
	@echo "make demo    set everything up and answer two questions on a sample database"
	@echo "make test    all tests, on real servers and a small real model"
	@echo "make check   formatting, lint, types, import contracts"
	@echo "make package   wheel, sdist, registry entry, bundle, container, units: built, checked, installed"
	@echo "make pictures  the pictures of the READMEs, drawn anew"
	@echo "make fuzz    50,000 tricky statements: what the policy lets through changes nothing"
	@echo "make conformance   the protocol's own test suites and inspector on the MCP server"
	@echo "make bench   benchmarks, side by side with peers"
	@echo "make bench-mcp   the MCP server beside its peers, and on 10,000 tables"
	@echo "make bench-plan   predicted memory beside what llama-server prints"
	@echo "make bench-service  how soon a killed model server is back"
	@echo "make bench-report   what a report costs: locked, with the model, in a browser"
	@echo "make bench-model  our client, a model's speeds, tuned against untuned (HOLLOW=1: gpt-oss)"
	@echo "make bench-answers   right answers, tokens and seconds of kotae and its peers; more than an hour"
	@echo "make bench-load   200 clients on the HTTP server, all tools mixed (MINUTES=5 CLIENTS=200)"
	@echo "make bench-tui   how soon the chat is there and how quick it stays"
	@echo "make snapshots   the chat's screens beside the pictures that are kept (UPDATE=1 keeps new ones)"
	@echo "make clean   remove what was built here (downloads stay in the cache)"

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "kotae: installing into $(VENV) (about a minute the first time)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kotae: Python 3.11 or newer is needed; this is $$($(PYTHON) --version)"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/.installed
	@$(BIN)/python examples/sales/demo.py

test: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/kotae model pull qwen2.5-coder-0.5b
	@$(BIN)/kotae model pull qwen2.5-coder-1.5b
	@$(BIN)/python -m pytest --ignore tests/packaging -n 2 --dist loadscope

pictures: $(VENV)/.installed
	@$(BIN)/python -m tests.documents.pictures

package: $(VENV)/.installed
	@$(BIN)/python -m pytest tests/packaging

check: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/python -m tests.mcp_server.fuzz $(or $(CASES),50000) $(or $(SEED),1)

conformance: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/python -m tests.conformance

bench: $(VENV)/.installed
	@$(BIN)/kotae model pull qwen2.5-coder-1.5b
	@$(BIN)/python -m tests.benchmarks.ask --verbose

bench-mcp: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/python -m tests.benchmarks.mcp
	@$(BIN)/python -m tests.benchmarks.big_schema

bench-plan: $(VENV)/.installed
	@$(BIN)/python -m tests.benchmarks.plan
	@$(BIN)/python -m tests.benchmarks.machines

bench-service: $(VENV)/.installed
	@$(BIN)/python -m tests.benchmarks.service

bench-report: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/kotae model pull qwen2.5-coder-1.5b
	@$(BIN)/python -m tests.benchmarks.report

bench-model: $(VENV)/.installed
	@$(BIN)/kotae model pull qwen2.5-coder-1.5b
	@$(BIN)/python -m tests.benchmarks.model $(if $(HOLLOW),--hollow)

bench-answers: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/kotae model pull qwen2.5-coder-1.5b
	@$(BIN)/python -m tests.benchmarks.answers

bench-load: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/python -m tests.benchmarks.load --minutes $(or $(MINUTES),5) --clients $(or $(CLIENTS),200)

bench-tui: $(VENV)/.installed
	@$(BIN)/python -m tests.benchmarks.tui

snapshots: $(VENV)/.installed
	@KOTAE_STATE_DIR=$$(mktemp -d) $(BIN)/python -m tests.snapshots $(if $(UPDATE),--update)

# The lock names versions and hashes only; pip takes them from whatever index it is set up for.
lock:
	$(BIN)/uv pip compile pyproject.toml --extra engine --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --output-file requirements.lock --quiet

clean:
	rm -rf $(VENV) .demo build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
