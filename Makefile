# What one does with this project. `make help` lists it; the work itself is in deploy/install/.

.DEFAULT_GOAL := help
.PHONY: help install run journey test thorough unit lint types fuzz bench lock clean

PYTHON_FOR_INSTALL = $$(sh deploy/install/find_python.sh)
BIN = .venv/bin

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

install: ## prepare .venv with everything that gba needs
	@python=$(PYTHON_FOR_INSTALL) && exec "$$python" -m deploy.install gba

run: install ## serve on port 8000 (or PORT=) with the sandbox beside it
	@exec $(BIN)/gba serve --end-with-parent

journey: install ## play the whole story without a browser and print what was proved
	@exec $(BIN)/gba journey

test: ## install the tools of the tests too, then run every check
	@python=$(PYTHON_FOR_INSTALL) && "$$python" -m deploy.install tests && exec $(BIN)/python -m deploy.install check

thorough: ## what the tests sample, in every way: each page in each look, every attack beside pyHanko, restarts
	@python=$(PYTHON_FOR_INSTALL) && "$$python" -m deploy.install tests && exec $(BIN)/python -m deploy.install check thorough

unit: tools ## the quick tests only: rules and guards
	@exec $(BIN)/python -m deploy.install check unit

lint: tools ## style, layout and import rules
	@exec $(BIN)/python -m deploy.install check lint layout imports

types: tools ## strict types, tests included
	@exec $(BIN)/python -m deploy.install check types

fuzz: tools ## draw values for the rules, requests from the API's description, change foreign bytes (EXAMPLES= MINUTES=)
	@GBA_FUZZ_EXAMPLES=$${EXAMPLES:-200} $(BIN)/pytest -q -m hypothesis --hypothesis-profile drawn
	@exec nice $(BIN)/python -m tests.fuzz --minutes $${MINUTES:-2}

bench: tools ## measure sign-ins, tokens, seals and first-page bytes
	@exec $(BIN)/python -m tests.bench

lock: ## write the lock files anew from pyproject.toml and tests/peers/package.json
	@python=$(PYTHON_FOR_INSTALL) && exec "$$python" -m deploy.install lock

clean: ## remove .venv, node_modules and every cache; data stays
	@rm -rf .venv tests/peers/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: tools
tools: # what the checks need from Python; no system packages
	@python=$(PYTHON_FOR_INSTALL) && exec "$$python" -m deploy.install python-tools
