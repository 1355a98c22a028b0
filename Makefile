.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# Tests wait for browsers, brokers and commands about a third of their time.
WORKERS ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 2) * 3 // 2)")
INSTALLED := .venv/.installed
CHART := .venv/.chart

.PHONY: help install chromium clients chart image demo test test-fast test-real lint types published pins faults bench bench-pages bench-imports bench-scale bench-england sbom audit clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(INSTALLED) ## Install Sightline and what its tests need into .venv

$(INSTALLED): requirements-dev.txt requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(CHART): deploy/chart-requirements.txt | $(INSTALLED)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r deploy/chart-requirements.txt
	@touch $@

chromium: ## Install the browser of the tests, where there is none
	@command -v chromium chromium-browser >/dev/null || { \
	    apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || { \
	    echo "The tests need Chromium: install it, or run make chromium as root." >&2; exit 1; }

clients: ## Install what the published examples and alerts are tried with, where it is missing
	@{ command -v node && command -v java && command -v curl && command -v promtool && command -v systemd-analyze && ldconfig -p | grep -q libpangoft2-1.0; } >/dev/null || { \
	    apt-get update -qq && apt-get install -qq -y --no-install-recommends \
	    nodejs default-jdk-headless curl prometheus systemd libpango-1.0-0 libpangoft2-1.0-0 >/dev/null; } || { \
	    echo "The tests need node, java, curl, promtool and systemd-analyze: install them, or run make clients as root." >&2; exit 1; }

chart: $(INSTALLED) $(CHART) ## Lint and render the Helm chart, and check what it makes
	$(BIN)/python -m pytest tests/system/deployment/test_chart.py

image: ## Build the image and try it: with Docker, or without it as an ordinary user with buildah
	deploy/build-image.sh

demo: $(INSTALLED) ## Show the main job: a made-up council, from events to digests
	$(BIN)/sightline demo

test: $(INSTALLED) $(CHART) chromium clients ## Lint, type-check and run the tests, on real parts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	@# Types are checked while the tests wait for browsers and brokers.
	@$(BIN)/mypy & types=$$!; \
	SIGHTLINE_TEST_SHARE=0.05 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder; \
	tests=$$?; wait $$types && exit $$tests

test-fast: $(INSTALLED) ## Run the unit tests, on a tenth of the random cases: nothing is started
	SIGHTLINE_TEST_SHARE=0.1 $(BIN)/python -m pytest -n logical --dist worksteal tests/unit

test-real: $(INSTALLED) chromium ## Every case of what `make test` takes by turn, a whole annual return (RETURN=its events), thousands of lives
	SIGHTLINE_LIVES=6000 SIGHTLINE_RETURN=$(RETURN) $(BIN)/python -m pytest -m "slow or not slow" tests/system/faults/test_short_run.py tests/unit/independent tests/system/annual_return --timeout 1800
	$(BIN)/python -m pytest -m slow tests/system/broker tests/system/commands tests/system/councils tests/system/deployment tests/system/test_alert_rules.py --timeout 1800
	$(BIN)/python -m pytest -m "slow or not slow" tests/system/web/test_same_numbers.py tests/system/imports/test_independent_count.py tests/system/web/test_restricted.py tests/system/web/test_access.py tests/store tests/system/browser/test_accessible.py tests/system/browser/test_phone_and_session.py tests/system/digests/test_delivery.py tests/system/imports/test_ssd_databases.py tests/system/ingest/test_broker.py tests/system/test_new_concern.py tests/unit/assessment tests/unit/imports tests/unit/sources --timeout 1800

lint: $(INSTALLED) ## Check style and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(INSTALLED) ## Check types
	$(BIN)/mypy

published: $(INSTALLED) ## Write the published schemas anew from the models
	$(BIN)/python -m events.published

pins: $(INSTALLED) ## Pin every dependency anew, with hashes and no index address
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header -o requirements.txt pyproject.toml
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --extra dev -o requirements-dev.txt pyproject.toml
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header -c requirements-dev.txt -o deploy/sbom-requirements.txt deploy/sbom-requirements.in
	$(BIN)/uv pip compile -q --universal --no-deps --generate-hashes --no-emit-index-url --no-header -c requirements-dev.txt -o deploy/chart-requirements.txt deploy/chart-requirements.in

faults: $(INSTALLED) ## Make faults happen to the real program, and say what they did (TIMES=how often each, ONLY=a part of a name)
	$(BIN)/python -m tests.faults --times $(or $(TIMES),1) --only "$(ONLY)"

bench: $(INSTALLED) ## Measure the full path beside its alternatives, as ratios
	$(BIN)/python -m tests.benchmarks

bench-pages: $(INSTALLED) ## Measure the pages with 5,000 young people, as multiples of the sign-in page
	$(BIN)/python -m tests.benchmarks.pages

bench-imports: $(INSTALLED) ## Measure an annual return of 100,000 episodes beside the plain ways
	$(BIN)/python -m tests.benchmarks.imports

bench-england: $(INSTALLED) ## Measure one council, and what all of England would take at its rate
	$(BIN)/python -m tests.benchmarks.england

bench-scale: $(INSTALLED) ## Measure 1,500, 24,000 and 150,000 young people (SIGHTLINE_SCALE=sizes)
	$(BIN)/python -m tests.benchmarks.scale

sbom: $(INSTALLED) ## List what Sightline is made of, as CycloneDX, in sbom.cdx.json
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o sbom.cdx.json

audit: $(INSTALLED) ## Say what is known of weaknesses in what Sightline is made of
	$(BIN)/python deploy/dependency_audit.py

clean: ## Remove what was installed and what the demo left
	rm -rf .venv .sightline-demo sbom.cdx.json
