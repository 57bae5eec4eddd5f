# kotae: everything starts from a bare machine with Python 3.11, pip, make and a package index.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help demo test check fuzz bench bench-answers lock clean

help:
	@echo "make demo    set everything up and answer two questions on a sample database"
	@echo "make test    all tests, on real servers and a small real model"
	@echo "make check   formatting, lint, types, import contracts"
	@echo "make fuzz    50,000 tricky statements: what the policy lets through changes nothing"
	@echo "make bench   benchmarks, side by side with peers"
	@echo "make bench-answers   right answers, tokens and seconds of kotae and its peers; hours"
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
	@$(BIN)/python -m pytest

check: $(VENV)/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/python -m tests.mcp_server.fuzz $(or $(CASES),50000) $(or $(SEED),1)

bench: $(VENV)/.installed
	@$(BIN)/kotae model pull qwen2.5-coder-1.5b
	@$(BIN)/python -m tests.benchmarks.ask --verbose

bench-answers: $(VENV)/.installed
	@bash tests/prepare
	@$(BIN)/kotae model pull qwen2.5-coder-1.5b
	@$(BIN)/python -m tests.benchmarks.answers

# The lock names versions and hashes only; pip takes them from whatever index it is set up for.
lock:
	$(BIN)/uv pip compile pyproject.toml --extra engine --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --output-file requirements.lock --quiet

clean:
	rm -rf $(VENV) .demo build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
