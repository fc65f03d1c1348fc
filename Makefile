# Everything one needs: `make serve` and `make test` do all that comes before. tools/devroot finds Python 3.14.

PACKAGE ?=
OUT ?=
ARGS ?=
BUILD := build
DEVROOT := tools/devroot
RUN := $(DEVROOT) run --
SERVE_OPTIONS := --use-subinterpreters
# Shell words: where the user has an environment active, or the package has one, that is used.
ENVIRONMENT = test -n "$$VIRTUAL_ENV" -o -e "$(or $(PACKAGE),.)/.venv" || export VIRTUAL_ENV=$(CURDIR)/$(BUILD)/venv;
NINJA := $(RUN) ninja -C $(BUILD)

.DEFAULT_GOAL := help
.PHONY: help serve build test lint typecheck sanitize fmt fmt-check clean program $(BUILD)/storytime

help: ## show this text
	@awk -F ':.*## ' '/^[a-z][a-zA-Z_\/-]*:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  make serve PACKAGE=my/stories [OUT=public] [ARGS="--port 9000"]'
	@echo '  make build PACKAGE=my/stories OUT=public'

# What npm installs, again when the lock file changes; the stamp is written last, so that an interrupted run starts over.
node_modules/.stamp: package-lock.json
	$(RUN) npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The environment that catalogs run in when they bring none: it holds tdom, which stories are written with. Where there is no
# package index, storytime's own tdom serves; the next run tries again.
$(BUILD)/venv/.stamp: requirements.txt | $(BUILD)/.configured
	@rm -rf $(BUILD)/venv
	$(RUN) python3 -m venv $(BUILD)/venv
	@$(RUN) $(BUILD)/venv/bin/python -m pip install --quiet --retries 1 --requirement requirements.txt && touch $@ || \
		echo 'make: no package index can be reached, or it has no tdom: the native one serves' >&2

# A build directory that Meson did not finish has no stamp, and is made anew; as with other packages in the root.
$(BUILD)/.configured: node_modules/.stamp $(wildcard tools/devroot.d/*)
	@rm -rf $(BUILD)
	$(RUN) meson setup $(BUILD) $(MESON_OPTIONS) > $(BUILD).log || { cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log
	@touch $@

program: $(BUILD)/.configured $(BUILD)/venv/.stamp
	@$(NINJA) --quiet

$(BUILD)/storytime: program ## make the program, and the extensions in build/python
	@:

# The program is started by the shell that make runs, without one in between, so that Ctrl-C ends it as it should.
serve: program ## serve a catalog: PACKAGE, or the built-in one; and follow every save
	@$(ENVIRONMENT) exec $(RUN) $(BUILD)/storytime serve $(PACKAGE) $(OUT) $(SERVE_OPTIONS) $(ARGS)

build: program ## write a static catalog: PACKAGE and OUT
	@test -n "$(PACKAGE)" -a -n "$(OUT)" || { echo 'usage: make build PACKAGE=my/stories OUT=public'; exit 2; }
	@$(ENVIRONMENT) exec $(RUN) $(BUILD)/storytime build $(PACKAGE) $(OUT) $(ARGS)

test: program ## build everything and run all tests
	@tools/run-tests $(BUILD)

typecheck: program ## warnings as errors with gcc and clang, clang-tidy, mypy
	@tools/typecheck $(BUILD)

fmt: node_modules/.stamp ## format all sources
	@tools/format --write

fmt-check: node_modules/.stamp
	@tools/format --check

lint: fmt-check ## check formats, shell scripts and Python
	@tools/lint

sanitize: node_modules/.stamp ## run the C tests under ASan and UBSan
	@tools/sanitize

clean: ## remove what was built; the root stays
	rm -rf $(BUILD) build-asan build-clang build-fuzz node_modules
