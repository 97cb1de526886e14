# 回音 Huiyin: every target is a line or two into a tool. CI runs the same targets as people.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet
UV := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links
PYTEST := $(BIN)/pytest -n auto --maxprocesses 4    # each worker has a database and a broker of its own
TOO_OLD := 需要 Python 3.11 或更高版本，请用 make PYTHON=python3.11 指定。Python 3.11 or newer is needed: say make PYTHON=python3.11.
POSTGRES_15 := $(firstword $(wildcard /usr/lib/postgresql/15/bin/postgres) \
	$(shell postgres --version 2>/dev/null | grep -q ' 15\.' && command -v postgres))

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help install install-test run test lint bench coverage-of-rules lock clean

help: ## 列出全部命令 · List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## 安装到 .venv · Install into .venv
install-test: .venv/installed-test ## 安装测试工具 · Install the tools for testing too

run: install ## 启动整套系统，数据在 .huiyin · Start the whole system, its data in .huiyin
	@exec $(BIN)/huiyin up

test: install-test ## 运行全部测试 · Run the whole test suite
	@$(if $(POSTGRES_15),HUIYIN_TEST_POSTGRES_BIN=$(dir $(POSTGRES_15)) $(PYTEST) tests/storage)
	@$(PYTEST)

lint: install-test ## 检查风格与类型 · Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: install-test ## 测量性能 (ROWS=…) · Measure performance
	@$(BIN)/python -m tests.bench

coverage-of-rules: install-test ## 列出每条规则由何处保证 · Say of every rule what keeps it (ARGS=--json)
	@$(BIN)/python -m tests.scenarios.rules $(ARGS)

lock: .venv/installed ## 重新锁定依赖 (UPGRADE=--upgrade) · Lock the dependencies anew
	$(PIP) --require-hashes -r deploy/locks/lock.txt
	$(UV) $(UPGRADE) pyproject.toml --group build -o deploy/locks/run.txt
	$(UV) $(UPGRADE) pyproject.toml --group build --extra test -c deploy/locks/run.txt -o deploy/locks/test.txt
	$(UV) $(UPGRADE) --group lock -o deploy/locks/lock.txt
	$(BIN)/python -m deploy.local.jars list > deploy/local/kafka_jars.sha256

clean: ## 删除安装与缓存，不动数据 · Remove the installation and caches, never data
	rm -rf .venv *.egg-info build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(TOO_OLD)")'
	$(PYTHON) -m venv .venv

.venv/installed: deploy/locks/run.txt deploy/local/kafka_jars.sha256 pyproject.toml | .venv/bin/pip
	$(PIP) --require-hashes -r deploy/locks/run.txt
	$(PIP) --no-deps --no-build-isolation -e .
	$(BIN)/python -m deploy.local.jars fetch
	$(BIN)/python -m deploy.local.aot
	@touch $@

.venv/installed-test: .venv/installed deploy/locks/test.txt
	$(PIP) --require-hashes -r deploy/locks/test.txt
	@touch $@
