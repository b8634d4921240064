# doAkte. `make run` on a machine with nothing but Python (3.11 or newer) and make; `make help` lists the rest.
# Debian's own build is compiled with its profile; one that compiled with default options takes a fifth longer.
PYTHON ?= $(shell for python in /usr/bin/python3.11 python3.11 /usr/bin/python3 python3; do \
	$$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV ?= .venv
PORT ?= 8000
DOAKTE_DATA ?= $(CURDIR)/var
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
LOCALE := doakte_content/locale
PO := $(wildcard $(LOCALE)/*/LC_MESSAGES/django*.po)
PATHS := doakte_content workflow site tests scripts manage.py

export DOAKTE_DATA PORT
# Inherited settings of another project would mislead manage.py.
unexport DJANGO_SETTINGS_MODULE VIRTUAL_ENV
# Where it is set every process compiles all of Django and Wagtail for itself: five seconds each.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install ldap dev run demo test lint format wheel bench bench-million bench-load bench-takeover bench-filing messages compile-messages requirements services clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-18s %s\n' "$$name" "$$text"; done

# A stamp per requirements file: newer requirements install again, an unchanged tree costs nothing.
$(VENV)/.uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with its module venv is needed (Debian: python3-venv)." >&2; exit 1; }
	@echo "==> Creating the Python environment in $(VENV)"
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

$(VENV)/.run: requirements.txt $(VENV)/.uv
	@echo "==> Installing what doAkte needs (requirements.txt)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.uv
	@echo "==> Installing what tests and checks need (requirements-dev.txt)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-dev.txt
	@touch $@ $(VENV)/.run

# For the login with a directory; only where it can be compiled.
$(VENV)/.ldap: requirements-ldap.txt $(VENV)/.uv
	@echo "==> Installing what an LDAP directory needs (requirements-ldap.txt)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements-ldap.txt
	@touch $@

# One .mo per .po, with Babel: gettext need not be installed to run.
%.mo: %.po | $(VENV)/.run
	@echo "==> Compiling translations: $<"
	@$(BIN)/pybabel --quiet compile -i $< -o $@
	@test -f $@ || { echo "$< is marked as fuzzy in its header: remove that mark." >&2; exit 1; }

ldap: $(VENV)/.ldap ## install what the login with an LDAP directory needs

install: $(VENV)/.run compile-messages ## install what running needs

dev: $(VENV)/.dev $(if $(wildcard /usr/include/ldap.h),$(VENV)/.ldap) compile-messages ## install what tests and checks need too

compile-messages: $(PO:.po=.mo) ## compile the translations

run: install ## start doAkte with its demo city on http://127.0.0.1:8000 (PORT=...)
	@$(MANAGE) run_embedded

test: dev ## run the tests, on SQLite and, if it runs, on PostgreSQL
	@scripts/run_tests

lint: dev ## check style, types, layers, templates, migrations
	@scripts/lint

format: dev ## put the code into its form
	$(BIN)/ruff check --fix $(PATHS)
	$(BIN)/ruff format $(PATHS)

wheel: dev ## build the add-on for other Wagtail sites (dist/doakte-*.whl)
	$(BIN)/hatchling build --target wheel

bench: dev ## measure pages, search and work with 2,000 and 10,000 documents (BENCH_ONLY=word)
	$(BIN)/python tests/bench/bench.py small

bench-million: dev ## the same with 10,000 and a million documents, on PostgreSQL; keeps the stocks
	$(BIN)/python tests/bench/bench.py million

bench-load: dev ## let 50 and 200 people work at once on the million for 3 minutes each
	$(BIN)/python tests/bench/bench_load.py

bench-takeover: dev ## measure how fast 126,000 records without files are taken over (PostgreSQL)
	$(BIN)/python tests/bench/bench_takeover.py

bench-filing: dev ## measure how fast 60 dropped PDFs are filed and found
	PYTHONPATH=site:. $(BIN)/python tests/bench/bench_filing.py

messages: dev ## collect strings to translate into the .po files (needs gettext)
	$(MANAGE) makemessages --locale de --no-obsolete --no-wrap --add-location file \
		--ignore .venv --ignore tests --ignore node_modules --ignore build --ignore var

requirements: $(VENV)/.uv ## compile requirements*.txt from pyproject.toml
	scripts/compile_requirements

services: ## install and start PostgreSQL, Redis, Chromium, LibreOffice with its sandbox, gettext (Debian, as root)
	scripts/install_services
	scripts/start_services

clean: ## remove what was built; keeps the data in var/
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find $(PATHS) -name __pycache__ -prune -exec rm -rf {} +
	find $(LOCALE) -name '*.mo' -delete
