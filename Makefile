# `make` lists what there is.

PYTHON ?= python3

.PHONY: help test journeys bench docs clean-build-output

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## Run every suite; SUITES="core cli" runs some
	@$(PYTHON) tests/run $(SUITES)

journeys: ## Run the walks through a real browser; screenshots go to build/journeys
	@$(PYTHON) tests/run journeys

bench: ## Measure against floors and peers; never fails by a number
	cargo bench --locked -p shutterkey --bench ratios -- --quiet
	bash tests/bench_command.sh
	bash tests/bench_sandbox.sh
	bash tests/bench_python.sh
	bash tests/bench_node.sh
	$(PYTHON) tests/bench_mobile.py
	$(PYTHON) tests/bench_fleet.py

docs: ## Write anew what is generated: docs/errors.md, the Python stub's docstrings, the names of errors, native.d.ts
	UPDATE_DOCS=1 cargo test --locked -p shutterkey --test catalogue
	@test -x build/venv-python/bin/maturin || { echo 'The Python package is not built yet: make test SUITES=python'; exit 1; }
	cd bindings-python && VIRTUAL_ENV=../build/venv-python ../build/venv-python/bin/maturin develop --quiet --locked
	cd bindings-python && ../build/venv-python/bin/python tools/write_codes.py && ../build/venv-python/bin/python tools/document_stub.py
	cd bindings-node && npm ci --silent && npm run --silent build:native && npm run --silent codes

clean-build-output: ## Remove build/ (logs and screenshots); cargo's own folder stays
	rm -rf build
