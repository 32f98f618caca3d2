# Each target does its own set-up. Needed on the machine: Python >= 3.11 (with venv and pip) and make.
PYTHON ?= python3
UV_VERSION := 0.13.8
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
WARMED := $(VENV)/.warmed
# What the main job imports is compiled once: where PYTHONDONTWRITEBYTECODE is set, every run would compile it again.
COMPILED := annotated_doc markdown_it markupsafe numpy pyarrow pygments rich shellingham typer

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test lint format bench bench-api bench-dashboard notebook lock clean system-packages

# Where this is set, every process compiles every import again: scikit-learn takes 5 s and not 2.
export PYTHONDONTWRITEBYTECODE :=
# A company's own certificates are in the system's store; uv looks there only when told.
export UV_SYSTEM_CERTS := true
# The cache and the environment may lie on two file systems, where links cannot reach.
export UV_LINK_MODE := copy
export MLFLOW_DISABLE_TELEMETRY := true

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(WARMED) ## Make .venv from requirements.lock (instant when it is up to date)

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; found " + sys.version.split()[0] + ". Name one with: make PYTHON=python3.12 setup")'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock
	$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@site=$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))') && cd "$$site" && \
		"$(CURDIR)/$(PY)" -m compileall -q -j 0 $(COMPILED) "$(CURDIR)/src"
	@touch $@

# The script that draws the charts takes seconds to bundle; it is kept in a cache, so no run waits for it.
$(WARMED): $(INSTALLED) $(wildcard src/clientage/report/bundle.py)
	@if test -f src/clientage/report/bundle.py; then $(PY) -m clientage.report.bundle || echo "The chart script was not cached now; the first report will do it."; fi
	@touch $@

demo: setup ## Make the simulated shop, segment its customers and print where the report lies
	$(VENV)/bin/clientage demo

test: lint system-packages ## Run lint, types and every test (installs a browser and PostgreSQL on Debian as root)
	$(PY) -m pytest -n auto --maxprocesses 8 --dist worksteal

lint: setup ## Check style, format and types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

system-packages:
	@bash tests/system-packages.sh

format: setup ## Put the code in the house's format
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .

bench: setup ## Measure the engine and the whole job beside other tools, 10³ to 10⁷ rows (half an hour; BENCH="--most 100000" for minutes)
	$(PY) benchmarks/bench.py $(BENCH)

bench-api: setup ## Measure the HTTP service, and ask it ten thousand generated requests
	$(PY) benchmarks/api.py
	CLIENTAGE_API_CASES=10400 $(PY) -m pytest tests/doors/test_api_schema.py -q -s

bench-dashboard: setup ## Measure the dashboard in a browser: knob to redrawn charts at 10³ and 10⁶ customers, first page, memory
	$(PY) benchmarks/dashboard.py $(BENCH)

notebook: setup ## Execute the walkthrough in notebooks/ and store its results
	$(PY) notebooks/render.py

lock: setup ## Write requirements.lock anew from pyproject.toml, with the newest releases
	$(VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--all-extras --group dev --group bench pyproject.toml -o requirements.lock

clean: ## Remove the environment, caches and results of demo and builds
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist demo
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
