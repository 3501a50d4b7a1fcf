# Everything runs from a virtual environment in .venv, made from locked and hashed requirements.
PYTHON ?= python3
PORT := $(or $(REGARD_PORT),8000)
export REGARD_PORT = $(PORT)
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -qq --require-hashes
SOURCE := $(BIN)/python -m pip install --disable-pip-version-check -qq --no-deps --no-build-isolation --no-index

.PHONY: demo run test test-slow check bench assurance lock clean

demo: .venv/run ## the demo company, in the browser
	@$(BIN)/regard serve --demo

run: .venv/run ## an empty Regard; the first visit makes its owner
	@$(BIN)/regard serve

test: .venv/dev ## everything but the longer tests
	@$(BIN)/python -m pytest -n 2 -m "not slow" $(ARGS)

test-slow: .venv/dev ## the longer tests: kills, fuzzing, simulations
	@$(BIN)/python -m pytest -m slow $(ARGS)

check: .venv/dev ## style, types and layers
	@$(BIN)/ruff check src tests bench
	@$(BIN)/ruff format --check --quiet src tests bench || echo "(ruff format would change some files)"
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/dev ## our speed beside yardsticks measured in the same run
	@$(BIN)/python -m bench

assurance: .venv/dev ## the long forms of the failure tests, up to an hour
	@REGARD_LONG=1 $(BIN)/python -m pytest -m slow $(ARGS)

lock: .venv/dev ## resolve the requirements anew
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes pyproject.toml requirements/build.in -o requirements/run.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml requirements/build.in -o requirements/dev.txt

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit("Regard needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.12 ..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv || (echo "This Python cannot make virtual environments; on Debian: apt install python3-venv" && exit 1)
	@touch $@

.venv/run: .venv/python requirements/run.txt pyproject.toml
	@echo "Installing Regard into .venv (about a minute, once) …"
	@test -e .venv/dev || $(PIP) -r requirements/run.txt
	@$(SOURCE) -e .
	@touch $@

.venv/dev: .venv/python requirements/dev.txt pyproject.toml
	@echo "Installing Regard and its tests into .venv (about a minute, once) …"
	@$(PIP) -r requirements/dev.txt
	@$(SOURCE) -e .
	@touch $@ .venv/run

clean:
	rm -rf .venv build
