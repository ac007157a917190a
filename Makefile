# One name a job. Each sets itself up.
.PHONY: help setup run demo format test test-real golden bench soak pictures

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
ARGS ?=
REALCLUSTER ?= $(HOME)/.cache/realcluster
export REALCLUSTER

help:
	@echo 'make setup        .venv with bin/kubetui'
	@echo 'make run          the explorer on your kubeconfig; ARGS="pods -A" and the like'
	@echo 'make demo         the explorer on the built-in cluster; ARGS="--scenario node-dies --time-scale 10"'
	@echo 'make test         every check that needs no cluster'
	@echo 'make test-real    the checks on a real control plane, built from Go modules (10 minutes the first time)'
	@echo 'make golden       what a real control plane says to kubectl, recorded anew for make test; ARGS="pods nodes"'
	@echo 'make bench        how fast it is, beside kubectl and others; ARGS=--help tells more'
	@echo 'make soak         two hours with a fault each minute; ARGS="--minutes 10" for less'
	@echo 'make pictures     the pictures of the README, made anew from the running app'
	@echo 'make format       the code formatted'

setup: $(READY)

$(READY): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: $(READY)
	@$(BIN)/kubetui $(ARGS)

demo: $(READY)
	@$(BIN)/kubetui --demo $(ARGS)

format: $(READY)
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

test: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy -p kubetui -p tests -p benchmarks -p docs
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/pytest -n auto $(ARGS)

test-real: $(READY)
	@if ! command -v go >/dev/null && [ ! -x $(REALCLUSTER)/bin/kwok ]; then \
	  echo 'test-real skipped: a real control plane is built with Go (1.26 or newer), and there is no go on PATH'; \
	  echo '0 passed, 0 failed, 1 skipped'; \
	else \
	  { ! command -v go >/dev/null || bash tests/controlplane/build.sh $(REALCLUSTER); } && \
	  $(BIN)/pytest -m real $(ARGS); \
	fi

golden: $(READY)
	@$(BIN)/python -m tests.differential $(ARGS)

bench: $(READY)
	@$(BIN)/python -m benchmarks $(ARGS)

soak: $(READY)
	@$(BIN)/python -m tests.soak $(ARGS)

pictures: $(READY)
	@$(BIN)/python -m docs.make_pictures
