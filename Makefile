# Blotter: two commands on a fresh machine are `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ONCE ?=
LAN ?=
RUNNERS := -n 3

.PHONY: help setup demo run test sure clean lock screenshots draft-example words models model model-language model-clearing
help:            ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) static/vendor/.built models  ## everything the other commands need

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Blotter needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python lacks venv. On Debian: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Python packages (once; a few minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

static/vendor/.built: package-lock.json $(STAMP)
	@echo "Installing front-end libraries"
	@$(BIN)/python -m tools.npm ci --silent --no-audit --no-fund --ignore-scripts
	@$(BIN)/python -m tools.npm run --silent vendor
	@touch $@

models: $(STAMP)
	@if [ -d ../shared/models ]; then $(BIN)/blotter models import ../shared/models >/dev/null; fi
	@test -e var/.packs-tried || { mkdir -p var; $(BIN)/blotter models install --default --go-on; touch var/.packs-tried; }

demo: setup     ## a real recording from upload to approved report, then serve (ONCE=1 stops)
	@ONCE=$(ONCE) $(BIN)/python -m samples.demo

run: setup      ## start the empty product (LAN=1: by HTTPS for a phone on the same network)
	@$(BIN)/blotter run $(if $(LAN),--lan)

test: setup     ## every test, on two cores: while two runners wait for their stations, the third works
	@$(BIN)/python -m pytest -q $(RUNNERS)

sure: setup     ## format, lint, types, import contracts, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q $(RUNNERS)

lock:           ## rewrite requirements.lock from pyproject.toml
	@$(BIN)/pip-compile --quiet --all-extras --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --allow-unsafe --unsafe-package opencv-python --unsafe-package pip -o requirements.lock pyproject.toml

screenshots: setup  ## redraw the pictures in docs/
	@$(BIN)/python -m samples.screenshots

draft-example: $(STAMP)  ## write docs/use/draft-example.md anew from the sample
	@$(BIN)/python -m samples.draft_example

words: $(STAMP)  ## bring the catalogues of other languages up to date, and say what is not translated yet
	@$(BIN)/python -m tools.words

model: $(STAMP)  ## train the reading pipeline again, within an hour (DATA=folder with gum/ and wnut17/)
	@$(BIN)/python -m workers.engines.reading.train $(or $(DATA),../shared/data/text)

model-language: $(STAMP)  ## train the language classifier again (DATA=folder with labeled_data.csv)
	@$(BIN)/python -m workers.engines.language.train $(or $(DATA),../shared/data/text/davidson_offensive)

model-clearing: $(STAMP)  ## train the built-in recogniser's filter again (DATA=folder of clear speech, TEXT=sentences for flite)
	@$(BIN)/python -m workers.engines.hearing.train_clearing $(DATA) $(TEXT)

clean:          ## remove the data of demo and run
	@test ! -x $(BIN)/blotter || $(BIN)/blotter stop
	@rm -rf var
