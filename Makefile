# Everything one needs: `make serve` and `make test` do all that comes before. tools/devroot finds Python 3.14.

# Of the command line alone: variables of these names in somebody's environment mean other things.
PACKAGE =
OUT =
ARGS =
BUILD := build
DEVROOT := tools/devroot
RUN := $(DEVROOT) run --
SERVE_OPTIONS := --use-subinterpreters
# Two runs at once must not make the same things; the second waits until the first has made them.
LOCKED = @flock -n -E 75 $(BUILD).lock $(MAKE) --no-print-directory $(1) || { test $$? = 75 && \
	echo 'make: waiting for another run that builds' >&2 && flock $(BUILD).lock $(MAKE) --no-print-directory $(1); }

.DEFAULT_GOAL := help
.PHONY: help serve build wheel test test-all lint typecheck sanitize fmt fmt-check clean program packages made FORCE $(BUILD)/storytime

help: ## show this text
	@awk -F ':.*## ' '/^[a-z][a-zA-Z_\/-]*:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  make serve PACKAGE=my/stories [OUT=public] [ARGS="--port 9000"]'
	@echo '  make build PACKAGE=my/stories OUT=public'

# Which root it is, or which system; what was built in another is of no use here.
$(BUILD).root: FORCE
	@$(DEVROOT) id > $@.new && { cmp -s $@.new $@ && rm $@.new || mv $@.new $@; }

# What npm installs, again when the lock file changes; the stamp is written last, so that an interrupted run starts over.
node_modules/.stamp: package-lock.json
	$(RUN) tools/npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# The environment that catalogs run in when they bring none: it holds tdom, which stories are written with. Where there is no
# package index, storytime's own tdom serves; the next run tries again.
$(BUILD)/venv/.stamp: requirements.txt | $(BUILD)/.configured
	@rm -rf $(BUILD)/venv
	$(RUN) python3 -m venv $(BUILD)/venv
	@$(RUN) $(BUILD)/venv/bin/python -m pip install --quiet --timeout 10 --retries 1 --requirement requirements.txt && \
		touch $@ || echo 'make: no package index can be reached, or it has no tdom: the native one serves' >&2

# A build directory that Meson did not finish has no stamp, and is made anew; as with another root.
$(BUILD)/.configured: node_modules/.stamp $(BUILD).root
	@rm -rf $(BUILD)
	$(RUN) sh -c 'pkg-config --exists cmocka || set -- -Dtests=false; meson setup $(BUILD) $(MESON_OPTIONS) "$$@"' > $(BUILD).log || { cat $(BUILD).log; rm -f $(BUILD).log; exit 1; }
	@rm -f $(BUILD).log
	@touch $@

# Every process that a server starts imports the package, and not everybody's environment lets Python keep compiled code.
made: $(BUILD)/.configured $(BUILD)/venv/.stamp
	@$(RUN) sh -c 'ninja --quiet -C $(BUILD) && python3 -m compileall -q $(BUILD)/python'

program:
	$(call LOCKED,made)

packages:
	$(call LOCKED,node_modules/.stamp)

$(BUILD)/storytime: program ## make the program, and the extensions in build/python
	@:

# Both are the shell that make runs, without one in between, so that Ctrl-C ends them as it should.
serve: program ## serve a catalog: PACKAGE, or the built-in one; and follow every save
	@test -n "$$PACKAGE" -o -z "$$OUT" || { echo 'usage: make serve [PACKAGE=my/stories [OUT=public]]'; exit 2; }
	@exec tools/storytime serve $(if $(PACKAGE),"$$PACKAGE") $(if $(OUT),"$$OUT") $(SERVE_OPTIONS) $(ARGS)

build: program ## write a static catalog: PACKAGE and OUT
	@test -n "$$PACKAGE" -a -n "$$OUT" || { echo 'usage: make build PACKAGE=my/stories OUT=public'; exit 2; }
	@exec tools/storytime build "$$PACKAGE" "$$OUT" $(ARGS)

serve build: export PACKAGE := $(PACKAGE)
serve build: export OUT := $(OUT)
serve build: export BUILD := $(BUILD)
serve build: export PWD_OF_CALLER := $(PWD)

wheel: packages ## make the wheel, in dist/
	@tools/wheel dist

# What tests and checks need is made before anything is built, so that nothing is built twice.
test test-all typecheck sanitize: export STORYTIME_DEVROOT_ALL := 1

test: program ## build everything and run all tests but the long ones
	@exec tools/run-tests $(BUILD)

test-all: program ## run the long ones too: loads, many random edits, installing, the packages
	@exec tools/run-tests $(BUILD) --long

typecheck: program ## warnings as errors with gcc and clang, clang-tidy, mypy
	@tools/typecheck $(BUILD)

fmt: packages ## format all sources
	@tools/format --write

fmt-check: packages
	@tools/format --check

lint: fmt-check ## check formats, shell scripts, Python, JavaScript and words
	@tools/lint

sanitize: packages ## run the C tests under ASan and UBSan
	@tools/sanitize

clean: ## remove what was built; the root stays
	rm -rf $(BUILD) $(BUILD).root $(BUILD).lock build-asan build-clang build-fuzz build-gcc build-portable build-tsan node_modules
