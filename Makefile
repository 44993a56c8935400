# Run `make help`. Every target does its own set-up: nothing has to be prepared by hand.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHONPATH := plugins:.

.PHONY: bench-orchestration simulate bench bench-gigabyte bench-four-gigabytes bench-changes soak-cdc soak-faults help demo demo-down servers servers-down accounts-plan test test-long test-big test-cutover bench-verify screenshots lint type format lock schema compose-config setup

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

VENDOR := plugins/aurora_migration/web/static/vendor

setup: .venv/.installed $(VENDOR)/.complete ## install system and Python packages into .venv (all other targets call this)

.venv/.installed: requirements.lock local/setup.sh
	bash local/setup.sh

# Without a registry everything else still works, and the page says what it lacks; the next make tries again.
$(VENDOR)/.complete: plugins/aurora_migration/web/vendor.json | .venv/.installed
	@$(PY) -m local.vendor && touch $@ || true

demo: setup ## migrate the sample database (or DUMP=file.sql[.gz]) through a real Airflow and prove it
	$(PY) -m local.demo up $(if $(DUMP),--dump "$(DUMP)") $(if $(TYPE),--type "$(TYPE)")

demo-down: setup ## stop the demo's Airflow and servers and remove its data
	$(PY) -m local.demo down

servers: setup ## start the two MySQL servers alone (local/run/endpoints.json tells where)
	$(PY) -m local.servers up

servers-down: setup ## stop them and remove their data
	$(PY) -m local.servers down

accounts-plan: setup ## print what migration NAME=shop would do with accounts and grants; touches nothing
	$(PY) -m local.accounts_plan "$(or $(NAME),shop)"

# The order of tests is random; a fixed seed makes a run repeatable. SEED=n tries another order.
SEED ?= 193621042

# Only tests need a browser: Debian's Chromium.
.venv/.browser: local/browser.py | .venv/.installed
	@$(PY) -m local.browser >/dev/null && touch $@

test: setup ## the tests, on real servers of its own (test-long and test-big have the rest)
	$(PY) -m pytest --randomly-seed=$(SEED)

test-long: setup .venv/.browser ## the whole runs that `make test` leaves out: DMS, cutover, report and Celery under Airflow, the page in a browser
	$(PY) -m pytest -m long -p no:randomly tests/e2e tests/browser tests/integration/dms

test-big: setup ## the tests of tables of a gigabyte, which `make test` leaves out
	$(PY) -m pytest -m big tests/integration

test-cutover: setup ## thirty cutovers under a writer, each killed at a random moment, by every policy, there and back (SEED=n: others)
	CUTOVER_KILLS=30 CUTOVER_SEED=$(SEED) $(PY) -m pytest -s tests/integration/cutover/test_kills.py

bench: setup ## time this project's load and its peers' side by side, about 40 minutes; writes docs/benchmarks.md (BENCH="--size-mib 32 --rounds 1")
	$(PY) -m bench.load $(BENCH)

bench-gigabyte: setup ## the same for the wide table of 1 GiB, without the slow ones, half an hour; adds to docs/benchmarks.md
	$(PY) -m bench.load --size-mib 1024 --buffer-pool 4G --rounds 3 --cases wide growth \
	  --contestants engine "mysqldump | mysql" "mydumper + myloader" "INSERT … SELECT" "whole DAG run" \
	  --result bench/results/load-1g.json $(BENCH)

bench-four-gigabytes: setup ## the same for 4 GiB: the engine, mydumper and the whole DAG run, an hour; wants about 16 GiB of memory and 40 GB of disk
	$(PY) -m bench.load --size-mib 4096 --buffer-pool 6G --rounds 3 --cases wide growth \
	  --contestants engine "mydumper + myloader" "whole DAG run" --idle-sleep 0.2 --parse-interval 300 \
	  --result bench/results/load-4g.json $(BENCH)

bench-verify: setup ## time verification against CHECKSUM TABLE on servers of its own; writes docs/benchmarks.md (BENCH="--size-mib 100")
	$(PY) -m bench.verify $(BENCH)

bench-orchestration: setup ## measure what Airflow and the engine cost for each task, table, chunk and MiB; writes docs/scaling.md
	$(PY) -m bench.orchestration $(BENCH)
	$(PY) -m bench.simulate --write

simulate: setup ## let the planner plan 10 TiB in 20,000 tables and reckon the load of it, without a server (BENCH="--seed 1 --tib 2")
	$(PY) -m bench.simulate $(BENCH)

screenshots: setup .venv/.browser ## take docs/screenshots anew from the page in Airflow, by the tests that look at it
	SCREENSHOTS=docs/screenshots $(PY) -m pytest -m long -p no:randomly tests/browser

soak-cdc: setup ## 50 seeds of writers during load, catch-up and syncs, an hour or two (SEEDS=1-50)
	CDC_SEEDS=$(or $(SEEDS),1-50) CDC_SECONDS=15 $(PY) -m pytest -s -p no:randomly tests/integration/cdc/test_under_fire.py

soak-faults: setup ## 15 minutes and 120 faults under change apply (SEED=n; every third has a source without GTIDs)
	FAULT_SEED=$(SEED) FAULT_SECONDS=900 FAULTS=120 $(PY) -m pytest -s tests/integration/cdc/test_faults.py

bench-changes: setup ## time change apply against MySQL's own replica; writes docs/benchmarks.md (BENCH="--shapes bulk")
	$(PY) -m bench.changes $(BENCH)

lint: setup ## ruff: rules and format
	.venv/bin/ruff check . && .venv/bin/ruff format --check .

type: setup ## mypy, strict
	.venv/bin/mypy

format: setup ## let ruff put the code in order
	.venv/bin/ruff check --fix . ; .venv/bin/ruff format .

lock: setup ## make requirements.lock anew from requirements*.txt
	.venv/bin/uv pip compile -q requirements-dev.txt -o requirements.lock --no-header --no-annotate --python-version 3.11 $(LOCK_ARGS)

schema: setup ## make docs/migration.schema.json anew from the classes of the migration file
	$(PY) -m local.migration_schema

compose-config: setup ## let docker compose check docker-compose.yaml (no engine needed, nothing is started)
	$(PY) -m local.compose
