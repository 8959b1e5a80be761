# make run    start the app on http://localhost:8501 (PORT=... to change)
# make test   everything CI checks: lint, types, unit, page and browser tests
# make clean  remove the environment

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint types clean

run: $(VENV)/.app
	$(BIN)/python -m streamlit run streamlit_app.py --server.port $(PORT)

test: lint types
	CHROMIUM="$$($(BIN)/python tests/browser/find_chromium.py)" \
	  $(BIN)/python -m pytest -n 2 --dist loadfile tests/browser
	$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.dev
	$(BIN)/pyright --pythonpath $(BIN)/python

$(VENV)/.app: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "NN Magic needs Python 3.11 or newer; make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@# Without an NVIDIA GPU, Linux is better off with PyTorch's CPU build: 200 MB, not 5 GB.
	@if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
	  echo "Looking for PyTorch's CPU build"; \
	  $(BIN)/pip install --quiet --retries 0 --timeout 10 \
	    --index-url https://download.pytorch.org/whl/cpu \
	    $$(sed -n 's/^\(torch[a-z]*==[^ ]*\).*/\1/p' requirements.txt) 2>/dev/null \
	  || echo "Not reachable; taking the build of the usual index"; \
	fi
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev: $(VENV)/.app requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV)
