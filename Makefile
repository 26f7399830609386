# What a checkout can do. The first command sets up .venv from requirements.txt; nothing is installed anywhere else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LINES ?= 1000000
SAMPLE := samples/documented-cases.xlsx

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fmt bench wheel lock clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

setup: $(READY) ## set up .venv; every other command does it when it is needed

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed and '$(PYTHON)' is not it. Name one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 2; }
	@echo "Setting up $(VENV) (once, and again when requirements.txt or pyproject.toml changes)" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check --quiet
	@touch $@

# Exit status 1 (something is held) and 3 (rows rejected or not judged) are findings, and findings are what the demo shows.
demo: $(READY) ## screen the documented cases; reports go to demo/
	@rm -rf demo && mkdir demo && echo '*' > demo/.gitignore
	@echo '$$ screening screen $(SAMPLE) -o demo/report.xlsx -o demo/report.html -o demo/report.json'
	@$(BIN)/screening screen $(SAMPLE) -o demo/report.xlsx -o demo/report.html -o demo/report.json; \
	  status=$$?; case $$status in 0|1|3) ;; *) exit $$status ;; esac
	@echo 'Reports: demo/report.xlsx (workbook) · demo/report.html (open or print in a browser) · demo/report.json (for programs)'

test: $(READY) ## run the tests, on all processors
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8

check: $(READY) ## lint, format, types, imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: $(READY) ## format the code and correct what can be corrected safely
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY) ## measure speed and memory on LINES lines (default 1000000)
	@$(BIN)/python -m benchmarks.speed --lines $(LINES)

wheel: $(READY) ## build the sdist and the wheel into dist/
	@rm -rf dist && $(BIN)/python -m hatchling build

lock: ## write requirements.txt anew from pyproject.toml, with the newest versions
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install -qq --upgrade pip
	@build/lock/bin/python -m pip install -qq --group dev -e .
	@{ grep '^#' requirements.txt; build/lock/bin/python -m pip freeze --exclude-editable; } > build/lock/requirements.txt
	@mv build/lock/requirements.txt requirements.txt && rm -rf build/lock && git diff --stat -- requirements.txt

clean: ## remove everything these commands made
	rm -rf $(VENV) demo build dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
