# Every target sets up what it needs: Python 3.11 or newer, pip and make are enough.
PYTHON ?= python3
BIN := .venv/bin
CODE := compliance reference_app fastapi_compliance_pytest.py

.PHONY: check test lint docs bench compare kill-table picture lock clean

# Judge the reference application over HTTP, as a user of the kit would. ARGS go to pytest: make check ARGS="-k PAG"
check: .venv/.stamp
	$(BIN)/python scripts/check_reference.py $(ARGS)

# The reference's own tests must cover all of it; then everything else.
test: .venv/.stamp
	$(BIN)/python -m pytest tests/reference_app --cov=reference_app --cov-report=term-missing:skip-covered --cov-fail-under=100
	$(BIN)/python -m pytest tests --ignore=tests/reference_app -n auto

lint: .venv/.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE) scripts benchmarks
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest --target-source=. -q
	$(BIN)/python -m scripts.docs --check

# The pages of the rules anew, docs/rules.
docs: .venv/.stamp
	$(BIN)/python -m scripts.docs

# How long documents take and how well they are understood (ARGS names further documents), source trees, and the whole verdict
# beside `schemathesis run` on the same services; and how long a browser takes to open a big report.
bench: .venv/.stamp
	$(BIN)/python -m benchmarks.inference $(ARGS)
	$(BIN)/python -m benchmarks.source
	$(BIN)/python -m benchmarks.comparison
	$(BIN)/python -m benchmarks.page

# docs/comparison.md anew; SERVICES names running services as NAME=URL.
compare: .venv/.stamp
	$(BIN)/python -m benchmarks.comparison --write $(SERVICES)

# Every rule against every mutant: who catches what.
kill-table: .venv/.stamp
	$(BIN)/python -m tests.kill_table

# docs/terminal.svg anew, from a run on a copy of the reference with a few faults.
picture: .venv/.stamp
	$(BIN)/python -m scripts.picture

# Take newer versions of the dependencies, within pyproject.toml.
lock: .venv/.stamp
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra reference --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" --upgrade --quiet -o requirements.lock

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage

.venv/.stamp: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
