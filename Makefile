# Kernel Explorer. `make help` lists what can be made.
PORT ?= 8501
# 0.0.0.0 for everyone who can reach this machine; not read from the environment, where HOST often means something else.
HOST := 127.0.0.1
# Of `make soak`.
PEOPLE ?= 30
SECONDS ?= 900
# Of `make kills`.
KILLS ?= 100
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A folder of data sets for tests, training and benchmarks; the app itself does without.
DATA := $(or $(KERNEL_EXPLORER_DATA),$(wildcard ../shared/data))

.PHONY: help run dev serve light test bare full browser axe fuzz fuzz-own lint reproduce bench kills cluster soak screenshots clean
.DEFAULT_GOAL := help

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 18

run: $(VENV)/.app ## start the app on http://localhost:8501 (PORT= to change; HOST=0.0.0.0 for others too)
	$(BIN)/streamlit run streamlit_app.py --server.address $(HOST) --server.port $(PORT)

serve: $(VENV)/.app ## the same by N processes behind nginx (one a core; N=, PORT= and HOST= to change)
	$(BIN)/python deploy/serve.py --address $(HOST) --port $(PORT) $(if $(N),--processes $(N))

light: ## install requirements-light.txt beside and try the app without torch
	@scripts/environment.sh "$(PYTHON)" build/light requirements-light.txt
	@grep -hE '^pytest(-timeout)?==' requirements-dev.txt | build/light/bin/python -m pip install --quiet --disable-pip-version-check -r /dev/stdin
	build/light/bin/python -m pytest tests/test_light.py

dev: $(VENV)/.app ## the same for those who build: open pages run again when a file changes
	$(BIN)/streamlit run streamlit_app.py --server.address $(HOST) --server.port $(PORT) --server.fileWatcherType auto --server.runOnSave true

test: $(VENV)/.dev ## run the whole test suite
	$(if $(DATA),KERNEL_EXPLORER_DATA="$(abspath $(DATA))") $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bare: $(VENV)/.dev ## test pages and browser again as on a new machine: no data, no network
	@mkdir -p build/no-data
	KERNEL_EXPLORER_DATA="$(abspath build/no-data)" KERNEL_EXPLORER_MIRROR=http://127.0.0.1:9/ \
		$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/pages tests/frame tests/ui tests/e2e

full: $(VENV)/.dev ## run the tests that `make test` leaves out: most of the browser's, kills, long waits
	$(if $(DATA),KERNEL_EXPLORER_DATA="$(abspath $(DATA))") $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m full --deselect tests/e2e/test_accessible.py

browser: $(VENV)/.dev ## run every browser test, in every combination of screens, pens and pictures
	$(if $(DATA),KERNEL_EXPLORER_DATA="$(abspath $(DATA))") $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "full or not full" tests/e2e

lint: $(VENV)/.dev ## check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

axe: $(VENV)/.dev ## look at every view with axe-core, wide and narrow, light and dark
	$(if $(DATA),KERNEL_EXPLORER_DATA="$(abspath $(DATA))") $(BIN)/python -m pytest -n 2 -m full tests/e2e/test_accessible.py

fuzz-own: $(VENV)/.dev ## bring in 5,000 damaged and hostile files (COUNT= to change): none may crash or call anything
	$(BIN)/python -m tests.importing.mutants $(or $(COUNT),5000)

reproduce: $(VENV)/.app ## train the shipped runs again from scratch (NAMES= for some)
	$(if $(DATA),KERNEL_EXPLORER_DATA="$(abspath $(DATA))") $(BIN)/python -m core.training reproduce $(NAMES)

bench: $(VENV)/.dev ## measure speed and write benchmarks/RESULTS.md
	$(if $(DATA),KERNEL_EXPLORER_DATA="$(abspath $(DATA))") $(BIN)/python -m benchmarks

kills: $(VENV)/.dev ## kill workers and servers while they train (KILLS=, 100): is anything damaged, does everything go on?
	$(BIN)/python -m benchmarks.kills $(KILLS)

cluster: $(VENV)/.cluster ## kill parts of a cluster while it trains (ON=s3 for an object store, ON=sweep: how it grows)
	$(BIN)/python -m benchmarks.cluster $(or $(ON),folder)

soak: $(VENV)/.dev ## thirty people for a quarter of an hour (PEOPLE=, SECONDS= to change): does the server grow?
	$(if $(DATA),KERNEL_EXPLORER_DATA="$(abspath $(DATA))") $(BIN)/python -m benchmarks.soak $(PEOPLE) $(SECONDS)

fuzz: $(VENV)/.dev ## hostile input at every door, 15,000 and more from a seed, into RESULTS.md (SEED= for others, DOORS= for some)
	SEED="$(SEED)" DOORS="$(DOORS)" $(BIN)/python -m benchmarks.fuzz

screenshots: $(VENV)/.dev ## take the pictures of the pages anew (PAGES= for some), with the digits that everyone has
	@mkdir -p build/no-data
	KERNEL_EXPLORER_DATA="$(abspath build/no-data)" $(BIN)/python -m benchmarks.screenshots $(PAGES)

clean: ## remove the environment and caches
	rm -rf $(VENV) build/light .pytest_cache .ruff_cache .mypy_cache .hypothesis

$(VENV)/.app: requirements.txt requirements-light.txt
	@scripts/environment.sh "$(PYTHON)" "$(VENV)" requirements.txt
	@touch $@

$(VENV)/.cluster: requirements-cluster-dev.txt requirements-cluster.txt $(VENV)/.dev
	@scripts/environment.sh "$(PYTHON)" "$(VENV)" requirements-cluster-dev.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.app
	@scripts/environment.sh "$(PYTHON)" "$(VENV)" requirements-dev.txt
	@scripts/browser.sh
	@touch $@
