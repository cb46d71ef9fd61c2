# `make` alone lists the verbs. Needs Python 3.11 or later and make.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: help book test lab serve bench notebooks clean

help:
	@echo "make book       build both editions into _build/html"
	@echo "make test       run every test"
	@echo "make lab        open the notebooks in JupyterLab"
	@echo "make serve      show the built site on this machine (PORT=8000)"
	@echo "make bench      measure rnnlib against other packages"
	@echo "make notebooks  run the notebooks and store their text outputs"
	@echo "make clean      remove the environment and everything built"

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $(READY)

book: $(READY)
	$(PY) book/_tools/build.py

test: $(READY)
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lab: $(READY)
	$(PY) -m jupyterlab notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

serve:
	@test -f _build/html/index.html || { echo "Nothing is built yet: run make book first."; exit 1; }
	@echo "English: http://localhost:$(PORT)/   Korean: http://localhost:$(PORT)/ko/   (stop with Ctrl-C)"
	@$(PYTHON) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html || \
	  echo "Port $(PORT) may be taken: make serve PORT=8001"

bench: $(READY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps neurodynex3==1.0.4 # its pins are old
	$(PY) benchmarks/hopfield.py
	$(PY) benchmarks/cells.py

notebooks: $(READY)
	$(PY) book/_tools/notebooks.py

clean:
	rm -rf $(VENV) _build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
