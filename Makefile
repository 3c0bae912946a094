# Two commands are enough: `make demo` and `make test`. Both make .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export HF_HUB_OFFLINE := 1

.PHONY: check install demo test slow lint fix bench

check: lint test

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,serve,slack]"
	touch $@

demo: install
	$(BIN)/limner run examples/biscuit.yaml

# Two workers, each with one thread for torch. A file's tests stay with one of them: they share what is dear to make.
test: install
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses=2 --dist=loadfile

slow: install
	$(BIN)/pytest -m slow

lint: install
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: install
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: install
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.serving
	$(BIN)/python -m benchmarks.learning
