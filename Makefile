# `make` alone lists the verbs. Needs Python 3.11 or later and make.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: help book zip pdf test lab serve bench notebooks clean
.PHONY: oldest newest colab

help:
	@echo "make book       build both editions into _build/html"
	@echo "make zip        pack the site, to open it from a folder"
	@echo "make pdf        print both editions (needs XeTeX; says what to install)"
	@echo "make test       run every test"
	@echo "make lab        open the notebooks in JupyterLab"
	@echo "make serve      show the built site on this machine (PORT=8000)"
	@echo "make bench      measure rnnlib, the pages and the builds"
	@echo "make notebooks  run the notebooks and store their text outputs"
	@echo "make oldest     test the package and the chapters with the oldest"
	@echo "                versions; make newest, make colab: with those"
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

zip: $(READY)
	$(PY) book/_tools/pack.py

pdf: $(READY)
	$(PY) book/_tools/pdf.py

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
	$(PY) book/_tools/build.py
	$(PY) benchmarks/pages.py
	$(PY) benchmarks/pages.py --builds

notebooks: $(READY)
	$(PY) book/_tools/notebooks.py

# What others may have in place of our versions: the oldest that pyproject.toml
# admits, the newest, Colab's. Old packages may warn; the newest may not, in
# the chapters neither: their kernels read the settings of the build.
oldest newest colab:
	$(PYTHON) -m venv --clear _build/$@
	_build/$@/bin/python -m pip install --quiet --disable-pip-version-check \
	  $(patsubst %,-c %,$(wildcard tests/$@-constraints.txt)) -e . \
	  axe-playwright-python filelock hypothesis ipykernel nbclient nbval pytest \
	  pytest-timeout pytest-xdist pyyaml
	$(if $(filter newest,$@),IPYTHONDIR=$(CURDIR)/book/_ipython) \
	  _build/$@/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder \
	  -m "not book" --nbval-lax \
	  $(if $(filter newest,$@),,-o filterwarnings=error:::rnnlib)

clean:
	rm -rf $(VENV) _build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
