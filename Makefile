# make run, make test; everything else under make help. Only relative paths, so that spaces do no harm.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run setup setup-dev static test test-all coverage lint format messages clean chromium FORCE

PY := .venv/bin/python
PYTEST := $(PY) -m pytest
# As many workers as cores, four at most; each test file stays on one worker for the sake of its servers.
WORKERS ?= -n auto --maxprocesses 4 --dist loadfile
PYTEST_ARGS ?=
DATA ?= ../shared/data
export DATA

# A .venv whose Python is gone is made again.
$(shell [ ! -e .venv ] || $(PY) -c '' 2>/dev/null || rm -f .venv/runtime.stamp .venv/dev.stamp)

help: ## show this
	@echo "make run            set up what is missing and run kgcurate (PORT=8123 make run takes another port)"
	@echo "make test           all tests that take less than a minute, a real browser included"
	@echo "make test-all       all tests"
	@echo "make coverage       all tests with a coverage report in htmlcov/"
	@echo "make lint           ruff, mypy, missing migrations, docker-compose.yml"
	@echo "make format         ruff format and its safe fixes"
	@echo "make bench-NAME     one benchmark of bench/ (SMALL=1 for a quick look, DATA=folder)"
	@echo "make static         browser libraries, static files, translations"
	@echo "make messages       collect new page texts for translation (needs GNU gettext)"
	@echo "make clean          removes .venv and everything built; your data in var/ stays"

run: setup ## everything in one terminal
	@exec $(PY) manage.py serve

setup: .venv/runtime.stamp node_modules/.stamp build/locale.stamp
setup-dev: setup .venv/dev.stamp

.venv/runtime.stamp: requirements.txt scripts/bootstrap.py scripts/find-python.sh
	@python=$$(sh scripts/find-python.sh) && "$$python" scripts/bootstrap.py requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/runtime.stamp
	@$(PY) scripts/bootstrap.py requirements-dev.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json .npmrc | .venv/runtime.stamp
	@echo "installing browser libraries …"
	@$(PY) scripts/npm.py ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build/locale.stamp: $(wildcard locale/*/LC_MESSAGES/*.po) | .venv/runtime.stamp
	@mkdir -p build
	@if ls locale/*/LC_MESSAGES/django.po >/dev/null 2>&1; then \
		$(PY) -m babel.messages.frontend --quiet compile --directory locale --domain django; \
	fi
	@touch $@

static: setup
	@$(PY) manage.py collectstatic --no-input --verbosity 0

chromium: .venv/dev.stamp
	@sh scripts/chromium.sh

test: setup-dev chromium
	@$(PYTEST) $(WORKERS) -m "not slow" $(PYTEST_ARGS)

test-all: setup-dev chromium
	@$(PYTEST) $(WORKERS) $(PYTEST_ARGS)

coverage: setup-dev chromium
	@$(PYTEST) $(WORKERS) --cov --cov-report=term:skip-covered --cov-report=html $(PYTEST_ARGS)
	@echo "open htmlcov/index.html"

lint: setup-dev
	@sh scripts/lint.sh

format: setup-dev
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

bench-%: setup FORCE
	@if [ ! -f "bench/$*.py" ]; then echo "there is no bench/$*.py"; exit 1; fi
	@PYTHONPATH=. exec $(PY) "bench/$*.py"

FORCE:

messages: setup-dev ## needs GNU gettext
	@KGCURATE_VAR=build/lint-var $(PY) manage.py makemessages --locale zh_Hans --no-location --ignore node_modules --ignore .venv --ignore var --ignore build --verbosity 0

clean:
	rm -rf .venv node_modules build htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path "./var/*" -prune -exec rm -rf {} +
