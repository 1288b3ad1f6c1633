# `make demo` shows the checker and the contract at work; `make test` sets up everything and runs every check.
# PYTHON names the interpreter that makes the environment (3.10 or newer).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo

.PHONY: demo pictures test other-pythons check format data benchmark bundle clean

demo: $(VENV)/.runtime
	@echo
	@echo '$$ store-lint tests/example_app'
	@$(BIN)/store-lint tests/example_app; code=$$?; \
	  if [ $$code -ne 1 ]; then echo "expected findings (exit code 1), got exit code $$code"; exit 1; fi
	@echo
	@echo 'Each finding has a page: $(BIN)/store-lint --explain CKS004'
	@echo
	@echo 'A store for an application that has none, in $(DEMO).'
	@rm -rf $(DEMO) && mkdir -p $(DEMO) && cp -R tests/demo_app/. $(DEMO)/
	@echo
	@echo '$$ store-new sqlite app/stores --class AppStore --with serving'
	@cd $(DEMO) && $(CURDIR)/$(BIN)/store-new sqlite app/stores --class AppStore --with serving
	@echo
	@echo '$$ store-lint .'
	@cd $(DEMO) && $(CURDIR)/$(BIN)/store-lint .
	@echo
	@echo '$$ python -m pytest -q tests/test_app_store.py'
	@cd $(DEMO) && $(CURDIR)/$(BIN)/python -m pytest -q --disable-warnings tests/test_app_store.py
	@echo
	@echo 'Now a mistake: a setting under a name that it does not have.'
	@cd $(DEMO) && sed 's/settings\.chat_db_path/settings.CHAT_DB_PATH/' app/stores/sqlite.py > broken && \
	  mv broken app/stores/sqlite.py
	@echo
	@echo '$$ store-lint .'
	@cd $(DEMO) && $(CURDIR)/$(BIN)/store-lint .; code=$$?; \
	  if [ $$code -ne 1 ]; then echo "expected findings (exit code 1), got exit code $$code"; exit 1; fi

# The pictures in docs/, of real output.
pictures: $(VENV)/.development
	$(BIN)/python docs/pictures.py

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

# What an agent installs: skill folder, plugin and commands in one zip, in build/.
bundle: $(VENV)/bin/pip
	$(BIN)/python bundle/make.py

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
	$(BIN)/pip install --quiet --editable '.[sqlite,contract]'
	@touch $@

$(VENV)/.development: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --editable '.[sqlite,contract]' --group dev
	@touch $@ $(VENV)/.runtime
