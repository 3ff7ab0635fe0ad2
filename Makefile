# The whole resolved set, with hashes and without host names; nothing younger than seven days.
COOL := $(shell date -u -d '7 days ago' +%Y-%m-%d 2>/dev/null || date -u -v-7d +%Y-%m-%d)

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --exclude-newer $(COOL) --extra build --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --exclude-newer $(COOL) --extra build -c requirements-dev.lock pyproject.toml -o requirements.lock

.PHONY: lock
