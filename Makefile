# make demo | demo-check | demo-reset | test | format | lock
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help venv dev messages demo demo-check demo-reset test lint browser format lock

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
CATALOGUES := $(wildcard */locale/*/LC_MESSAGES/*.po)

help:
	@sed -n '1s/^# //p' Makefile

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Python 3.11 is needed (found: $$($(PYTHON) --version)). Set PYTHON=…" >&2; exit 1; }
	@echo "Creating .venv …"
	@$(PYTHON) -m venv .venv

# What the demo needs.
.venv/.local: requirements/local.txt | $(BIN)/python
	@echo "Installing the locked packages …"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/local.txt
	@touch $@

# What the tests need: the same and more.
.venv/.dev: requirements/dev.txt | $(BIN)/python
	@echo "Installing the locked packages and the test tools …"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@ .venv/.local

.venv/.messages: $(CATALOGUES) | venv
	@$(BIN)/python manage.py translations --compile
	@touch $@

venv: $(if $(wildcard .venv/.dev),.venv/.dev,.venv/.local)
dev: .venv/.dev
messages: .venv/.messages

demo: venv messages
	@exec $(BIN)/python -m config.office open

demo-check: venv messages
	@exec $(BIN)/python -m config.office check

demo-reset: venv messages
	@$(BIN)/python -m config.office reset
	@exec $(BIN)/python -m config.office open

# Each line says what it checks, and stops the run when it fails.
lint: dev messages
	@echo "== ruff format";        $(BIN)/ruff format --check .
	@echo "== ruff check";         $(BIN)/ruff check .
	@echo "== djade";              $(BIN)/djade --check --target-version 5.2 $$(git ls-files '*/templates/*.html')
	@echo "== mypy";               $(BIN)/mypy
	@echo "== import contracts";   $(BIN)/lint-imports
	@echo "== migrations";         $(BIN)/python manage.py makemigrations --check --dry-run
	@echo "== translations";       $(BIN)/python manage.py translations --check

# Journeys in a browser are skipped, and counted, where none can be had.
browser:
	@if [ ! -x /usr/bin/chromium ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "== browser: installing chromium"; mkdir -p .local; \
		export DEBIAN_FRONTEND=noninteractive; \
		install='apt-get install -y -q --no-install-recommends chromium fonts-wqy-microhei'; \
		{ $$install || { apt-get update -q && $$install; }; } </dev/null >.local/apt.log 2>&1 \
			|| echo "chromium could not be installed (.local/apt.log): browser tests will be skipped"; \
	fi

# In two processes with a database each; the parts take about the same time.
PAGES := tests/office tests/journeys
test: dev messages browser lint
	@echo "== pytest: pages and journeys beside everything else"; mkdir -p .local
	@TEST_DATABASE_NAME=test_office_pages $(BIN)/pytest $(PAGES) >.local/pages.log 2>&1 & pages=$$!; \
		trap 'kill $$pages 2>/dev/null || true' INT TERM; failed=0; \
		$(BIN)/pytest $(addprefix --ignore=,$(PAGES)) || failed=$$?; \
		wait $$pages || failed=$$?; \
		echo "== pytest: pages and journeys"; cat .local/pages.log; exit $$failed

format: dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .
	@$(BIN)/djade --target-version 5.2 $$(git ls-files '*/templates/*.html')

# Needs uv. The locks carry hashes and no index addresses.
COMPILE := uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url --no-header --no-annotate
lock:
	$(COMPILE) requirements/dev.in -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt requirements/local.in -o requirements/local.txt
	$(COMPILE) -c requirements/dev.txt requirements/base.in -o requirements/base.txt
