# Every target is a few plain commands; without make, type them yourself.

PYTHON ?= python3
BIN := .venv/bin
CODE := marketplace procurement produce api

.PHONY: demo venv dev check test fmt lock screenshots bench clean

demo: .venv/.run
	$(BIN)/python -m marketplace demo $(if $(CHECK),--check) $(if $(PORT),--port $(PORT)) $(if $(FRESH),--fresh)

venv: .venv/.run

dev: .venv/.dev

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Musika needs Python 3.11 or newer, and there is no $(PYTHON) here: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Musika needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt | .venv/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements/run.txt
	touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -q tests/house tests/api/test_reference.py tests/rules/test_lifecycle.py

test: .venv/.dev
	$(BIN)/python -m pytest -q -n 2

fmt: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Hash locks without addresses; needs uv.
lock:
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements/run.txt
	uv pip compile pyproject.toml --group dev --extra scale --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements/dev.txt

# The pictures that README shows, taken from a running demo with a real browser.
screenshots: .venv/.dev
	$(BIN)/python docs/screenshots/take.py

bench: .venv/.dev
	$(BIN)/python benchmarks/many_bids.py
	$(BIN)/python -m benchmarks.tender_list
	$(BIN)/python benchmarks/import_history.py
	$(BIN)/python -m benchmarks.export_rows
	$(BIN)/python -m benchmarks.seal_open

clean:
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis
