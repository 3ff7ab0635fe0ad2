# make run    opens Attestry (without a display: does the whole job on the demo)
# make test   everything that must hold before a change lands
# make quick  the fast part of it, before each commit
# make torture  kills, power cuts and damages for the vault, exchanges between editors, flips of signed files; their figures go into docs/reliability.md
PYTHON ?= python3
# The order of the tests: another one with `make test SEED=7`, the same for everybody otherwise.
SEED ?= 944232820
VENV := .venv
BIN := $(VENV)/bin
# Compiled files are kept even where the environment says otherwise: the tests start Python hundreds of times, and each
# would compile the whole program again.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

run: $(VENV)/.runtime
	@if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		echo "There is no display here, so Attestry does the whole job on its demo, without a window."; \
		$(BIN)/attestry demo --out demo; \
	else \
		$(BIN)/python packaging/system_libraries.py && $(BIN)/attestry; \
	fi

test: $(VENV)/.development static
	$(BIN)/python -m pytest -n 2 --dist loadgroup --randomly-seed=$(SEED)

# Workspaces wait for the disk at each write: the quick tests keep theirs in memory where there is a gigabyte for it.
quick: $(VENV)/.development static
	@room=$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}'); \
	if [ -z "$$TMPDIR" ] && [ "$${room:-0}" -gt 1048576 ]; then export TMPDIR=/dev/shm; fi; \
	$(BIN)/python -m pytest -n 2 --dist worksteal -x -q -m 'not slow and not journey'

# SIZE=1 is the whole bar of each row, and takes about half an hour.
SIZE ?= 0.3

torture: $(VENV)/.development
	$(BIN)/python tests/torture/run.py $(SIZE)

static: $(VENV)/.development
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# What each check's module is now, beside its version: tests/setup/test_setup_rules.py says when to run this.
rules: $(VENV)/.development
	$(BIN)/python tests/setup/test_setup_rules.py

package: $(VENV)/.development
	$(BIN)/python packaging/package.py

# The whole resolved set, with hashes and without host names; nothing younger than seven days.
COOL := $(shell date -u -d '7 days ago' +%Y-%m-%d 2>/dev/null || date -u -v-7d +%Y-%m-%d)

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --exclude-newer $(COOL) --extra build --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --exclude-newer $(COOL) --extra build -c requirements-dev.lock pyproject.toml -o requirements.lock

# Leaves the environment (.venv) and what the demo made (demo/) alone.
clean:
	rm -rf build dist artefacts .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' || { \
		echo "Attestry needs Python 3.11 to 3.14, and $(PYTHON) is another one or missing. Name one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make environments. On Debian and Ubuntu: sudo apt-get install --yes python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The stamps: nothing is installed again until a lock or pyproject.toml changes. The development lock holds the other one.
$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.development: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.runtime

.PHONY: run test quick torture static rules package lock clean
