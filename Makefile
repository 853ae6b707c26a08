# 一条命令完成全部准备工作。 One command does everything, set-up included.
# Nothing here needs more than git, make and python3 (>= 3.11, with venv and pip): scripts/ name and fetch the rest.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# programs are started by the hundred: each would compile all its modules anew
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup demo test drill package faults lab lint bench clean folder venv peers pages screenshots system-demo system-test system-bench system-package system-lab

PY := .venv/bin/python
ARGS ?=
ONLY ?=
TESTS ?= tests
SEED ?=
CUTS ?= 20
TROUBLES ?= all
ACCEL ?= tcg

help: ## 显示本说明 · show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: venv peers ## 建立 .venv 并安装锁定的依赖 · make .venv from the locked requirements

demo: system-demo venv pages ## 录制、断网、续传、回执的完整演示（ARGS=…）· the whole way, network cut included (ARGS=…)
	.venv/bin/zhishi demo $(ARGS)

test: system-test venv peers pages ## 全部测试（TESTS=路径）· every test but the drills (TESTS=path)
	$(PY) -m pytest -n 3 --dist loadscope --no-loadscope-reorder $(TESTS) $(ARGS)

faults: system-test venv ## 故障实验室（SEED=种子 RUNS=次数）· the fault lab: seeded runs (SEED=n RUNS=n)
	$(PY) -m tests.faults $(if $(SEED),--seed $(SEED)) --runs $(or $(RUNS),20) $(ARGS)

drill: system-test venv peers pages folder ## 太长、不在 make test 中的演练 · what takes too long for make test
	$(PY) -m pytest -m drill tests $(ARGS)

package: system-test venv peers pages folder ## 考生用的文件夹 dist/zhishi，并试用 · the candidates' folder, and a try of it
	$(PY) -m pytest -m drill tests/acceptance/package $(ARGS)

lab: system-lab venv pages ## 虚拟笔记本：真实摄像头驱动、断电、重启（SEED= CUTS= TROUBLES=，需要 root）· a virtual laptop: power cuts (needs root)
	SEED=$(SEED) CUTS=$(CUTS) TROUBLES="$(TROUBLES)" ACCEL=$(ACCEL) $(PY) -m tests.lab

lint: venv ## 代码检查 · ruff, mypy --strict, import-linter
	scripts/lint

bench: system-bench venv peers ## 与同类工具并排测量（ONLY=编号 QUICK=1）· side by side with peers (ONLY=id QUICK=1)
	$(PY) -m bench $(ONLY) $(ARGS)

screenshots: system-test venv pages ## 各页面中英文截图到 build/screenshots · every page, zh and en, to build/screenshots
	scripts/screenshots

clean: ## 删除 .venv、缓存与构建产物（不动录像）· remove .venv, caches and builds (never recordings)
	rm -rf .venv build dist ui/pages center/pages web/node_modules tests/peers/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@scripts/venv

peers: venv
	@scripts/peers

pages: venv
	@scripts/pages

folder: system-test system-package venv pages
	@scripts/package

system-demo:
	@scripts/system demo

system-test:
	@scripts/system test

system-package:
	@scripts/system package

system-bench:
	@scripts/system bench

system-lab:
	@scripts/system lab
