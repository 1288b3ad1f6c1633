# `make demo` shows the checker at work; `make test` sets up everything and runs every check.
# PYTHON names the interpreter that makes the environment (3.10 or newer).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test other-pythons check format data benchmark clean

demo: $(VENV)/.runtime
	@echo
	@echo '$$ store-lint tests/example_app'
	@$(BIN)/store-lint tests/example_app; code=$$?; \
	  if [ $$code -ne 1 ]; then echo "expected findings (exit code 1), got exit code $$code"; exit 1; fi
	@echo
	@echo 'Each finding has a page: $(BIN)/store-lint --explain CKS004'

test: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/pytest -n auto
	$(BIN)/python tests/other_pythons.py

# The checker's tests on the oldest and the newest Python that the machine has.
other-pythons: $(VENV)/.development
	$(BIN)/python tests/other_pythons.py

check: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

format: $(VENV)/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The API of every chatkit release; run it when a release appears.
data: $(VENV)/.development
	$(BIN)/python -m store_lint.chatkit_api.make_data --wheels build/wheels

benchmark: $(VENV)/.development
	$(BIN)/python benchmarks/store_lint/run.py

clean:
	rm -rf $(VENV) .venvs build dist

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "$(PYTHON) is older than 3.10: name a newer one, as in 'make demo PYTHON=python3.12'"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || $(PYTHON) -m virtualenv -q $(VENV) 2>/dev/null || \
	  uv venv -q --seed --clear --python $(PYTHON) $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  echo "$(PYTHON) can make no virtual environment: install python3-venv, virtualenv or uv"; exit 1; }
	@$(BIN)/pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.development: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --editable . --group dev
	@touch $@ $(VENV)/.runtime
