# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
VLLM_VENV := .venv-vllm
VLLM_LOCK := tests/vllm/requirements.lock.txt

.PHONY: setup run test test-vllm lint format bench soak migrate train-embedded clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Treewright needs Python 3.11 or newer: make PYTHON=python3.11 …"; exit 1; }
	@echo "Installing Treewright and what it needs into $(VENV): a few minutes, the first time only …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)

run: setup
	$(BIN)/treewright serve

# Tests in the browser wait a good part of their time: one worker more than there are cores, four at most.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, (os.cpu_count() or 1) + 1))')

# A real browser on a busy machine is now and then too late: what ran into a timeout is tried once more.
test: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		--reruns 1 --only-rerun TimeoutError $(ARGS)

# Real vLLM on the CPU, in an environment of its own: 2.5 GB, minutes. Its lock file wants the CPU
# build of torch, which pip finds in PyTorch's own index of wheels.
test-vllm: setup $(VLLM_VENV)/.installed
	TREEWRIGHT_TEST_VLLM="$(CURDIR)/$(VLLM_VENV)/bin/python $(CURDIR)/tests/vllm/vllm_cpu.py" \
		$(BIN)/python -m pytest tests/vllm $(ARGS)

$(VLLM_VENV)/.installed: $(VLLM_LOCK)
	$(PYTHON) -m venv $(VLLM_VENV)
	$(VLLM_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $(VLLM_LOCK)
	@touch $@

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m benchmarks.engine
	$(BIN)/python -m benchmarks.strategies
	$(BIN)/python -m benchmarks.runtimes

soak: setup
	$(BIN)/python -m benchmarks.soak $(ARGS)

migrate: setup
	$(BIN)/treewright migrate

train-embedded: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train]'
	$(BIN)/python -m training.train --out out/embedded

clean:
	rm -rf $(VENV) $(VLLM_VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
