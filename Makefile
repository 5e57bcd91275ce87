# Every target makes the environment first when it is missing or older than pyproject.toml.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ORACLE := .venv-oracle
FUZZ := .venv-fuzz
WHEELS := .venv-wheels
SPARK := .venv-spark
SECONDS ?= 120
STAMP := $(VENV)/.installed
# The environments of the tests are filled by uv from one cache; the user's own by pip as it is set up.
UV := $(BIN)/uv

.PHONY: help report test check oracle fuzz-environment fuzz wheels spark licences bench pictures torture lab clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,calendars,lab]'
	@touch $(STAMP)

report: $(STAMP) ## the quarterly report on the sample organisation
	$(BIN)/pmanalytics report --sample --period 2026Q3

check: $(STAMP) ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

test: check ## style, types and all tests
	$(BIN)/python -m pytest -n auto

$(ORACLE)/.installed: $(STAMP) tests/oracles/requirements.txt
	$(UV) venv --quiet --clear --python $(BIN)/python $(ORACLE)
	$(UV) pip install --quiet --python $(ORACLE) --requirement tests/oracles/requirements.txt
	@touch $@

oracle: $(ORACLE)/.installed ## lifelines and statsmodels in an environment of their own, for the tests

$(FUZZ)/.installed: $(STAMP) tests/fuzzing/requirements.txt
	$(UV) venv --quiet --clear --python $(BIN)/python $(FUZZ)
	$(UV) pip install --quiet --python $(FUZZ) --requirement tests/fuzzing/requirements.txt
	@touch $@

fuzz-environment: $(FUZZ)/.installed ## atheris in an environment of its own, for the fuzzing

fuzz: $(FUZZ)/.installed ## inputs that coverage guides, SECONDS of them; finds go to .fuzzing
	$(BIN)/python -m tests.fuzzing --seconds $(SECONDS)

wheels: $(STAMP) ## the wheel alone, on the newest and on the lowest dependencies, for the tests
	rm -rf $(WHEELS)
	$(UV) build --quiet --wheel --out-dir $(WHEELS)
	$(UV) venv --quiet --python $(BIN)/python $(WHEELS)/newest
	$(UV) pip install --quiet --python $(WHEELS)/newest $(WHEELS)/*.whl
	$(UV) venv --quiet --python $(BIN)/python $(WHEELS)/lowest
	$(UV) pip install --quiet --python $(WHEELS)/lowest --resolution lowest-direct \
		--requirements pyproject.toml --extra calendars --extra lab
	$(UV) pip install --quiet --python $(WHEELS)/lowest --no-deps $(WHEELS)/*.whl

$(SPARK)/.installed: $(STAMP) tests/engines/requirements.txt
	$(UV) venv --quiet --clear --python $(BIN)/python $(SPARK)
	$(UV) pip install --quiet --python $(SPARK) --editable '.[spark]' \
		--requirement tests/engines/requirements.txt
	@touch $@

spark: $(SPARK)/.installed ## Spark and DuckDB in an environment of their own, for the tests; needs Java 17

licences: $(STAMP) ## the licences of all dependencies; fails for one that asks more than its text
	$(BIN)/python -m tests.licences calendars lab dev
	test ! -e $(SPARK)/.installed || $(SPARK)/bin/python -m tests.licences spark

bench: $(STAMP) ## speed, as ratios to a floor measured in the same run; PARTS="reading writing" for some
	$(BIN)/python -m tests.benchmarks $(PARTS)

pictures: $(STAMP) ## the pictures of the README, with an installed Chromium or Chrome
	$(BIN)/python -m tests.pictures

torture: $(STAMP) $(FUZZ)/.installed $(SPARK)/.installed ## the long trials: damage, kills, very many items, Spark, properties, an hour of fuzzing
	$(BIN)/python -m pytest -n auto -m torture --override-ini 'norecursedirs=.*' tests/torture
	PMANALYTICS_EXAMPLES=400 $(BIN)/python -m pytest -n auto -m hypothesis
	$(BIN)/python -m tests.fuzzing --seconds 3600

lab: $(STAMP) ## JupyterLab on copies of the exploration notebooks, in lab/
	$(BIN)/pmanalytics lab --sample

clean: ## remove the environments and what the tools leave behind
	rm -rf $(VENV) $(ORACLE) $(FUZZ) $(WHEELS) $(SPARK) .fuzzing build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
