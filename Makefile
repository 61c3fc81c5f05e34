# Two commands do all the set-up: `make demo` archives the example article, `make test` runs every test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint docs clean

demo: $(VENV)/.installed
	@rm -f demo.db demo.db-wal demo.db-shm
	@echo "$$ archiver archive examples/article.html examples/article.txt --db demo.db"
	@$(BIN)/archiver archive examples/article.html examples/article.txt --db demo.db
	@echo
	@$(BIN)/python examples/show.py demo.db
	@echo
	@echo "Browse it:  $(BIN)/archiver serve --db demo.db --open"

test: $(VENV)/.developing
	$(BIN)/python -m pytest

lint: $(VENV)/.developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(VENV)/.developing
	$(BIN)/python docs/generate.py

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) demo.db demo.db-wal demo.db-shm dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
