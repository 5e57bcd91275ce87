# Every target makes the environment first when it is missing or older than pyproject.toml.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ORACLE := .venv-oracle
STAMP := $(VENV)/.installed

.PHONY: help report test check oracle bench pictures torture lab clean

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,calendars,lab]'
	@touch $(STAMP)

report: $(STAMP) ## the quarterly report on the sample organisation
	$(BIN)/pmanalytics report --sample --period 2026Q3

test: $(STAMP) ## style, types and all tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --dist loadgroup

$(ORACLE)/.installed: tests/oracles/requirements.txt
	$(PYTHON) -m venv $(ORACLE)
	$(ORACLE)/bin/python -m pip install --quiet --upgrade pip
	$(ORACLE)/bin/python -m pip install --quiet --requirement tests/oracles/requirements.txt
	@touch $@

oracle: $(ORACLE)/.installed ## lifelines and statsmodels in an environment of their own, for the tests

bench: $(STAMP) ## speed, as ratios to a floor measured in the same run
	$(BIN)/python -m tests.benchmarks

pictures: $(STAMP) ## the pictures of the README, with an installed Chromium or Chrome
	$(BIN)/python -m tests.pictures

torture: $(STAMP) ## the long trials: mutilated files and killed runs
	$(BIN)/python -m pytest -n auto -m torture --override-ini 'norecursedirs=.*' tests/torture

lab: $(STAMP) ## JupyterLab on copies of the exploration notebooks, in lab/
	$(BIN)/pmanalytics lab --sample

clean: ## remove the environment and what the tools leave behind
	rm -rf $(VENV) $(ORACLE) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
