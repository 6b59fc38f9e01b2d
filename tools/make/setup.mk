# What has to be on this computer before anything is built: packages, Python tools, MicroPython, its cross compiler.

C_FILES = $(shell git ls-files -co --exclude-standard 'boards/*.[ch]' 'firmware/*.[ch]')

# Quick when everything is there, so it is looked at each time.
.PHONY: $(addprefix packages-,HOST test lint ESP32_PSRAM ESP8266_GENERIC LX106_SIM)
packages-HOST: SETS = host $(if $(filter 32,$(BITS)),host32)
packages-test: SETS = host host32 esp8266 lx106 test
packages-LX106_SIM: SETS = device lx106
packages-lint: SETS = lint
packages-ESP32_PSRAM packages-ESP8266_GENERIC: SETS = device
packages-HOST packages-test packages-lint packages-ESP32_PSRAM packages-ESP8266_GENERIC packages-LX106_SIM:
	@tools/ensure-packages $(SETS)

# The virtual environment has three sizes, each a superset of the one before: run, device, test.
$(VENV)/bin/python:
	@mkdir -p $(B)
	$(STEP) "Python environment" $(LOG)/venv.log python3 -m venv $(VENV)

$(VENV)/%.stamp: tools/requirements/%.txt | $(VENV)/bin/python
	$(STEP) "Python packages ($*)" $(LOG)/pip-$*.log \
		$(VENV)/bin/python -m pip install --disable-pip-version-check --require-hashes -r $<
	@touch $@

# A larger environment does for a smaller one.
VENV_RUN := $(firstword $(wildcard $(VENV)/test.stamp $(VENV)/device.stamp) $(VENV)/run.stamp)
VENV_DEVICE := $(firstword $(wildcard $(VENV)/test.stamp) $(VENV)/device.stamp)

# Without a choice of the user the tree that is there stays.
$(B)/micropython.choice: FORCE
	@mkdir -p $(B)
	@choice='$(MICROPYTHON_DIR)|$(MICROPYTHON_TARBALL)'; \
	if [ ! -e $@ ] || { [ "$$choice" != '|' ] && [ "$$choice" != "$$(cat $@)" ]; }; then \
		echo "$$choice" >$@; fi

# A tree that changed leaves no object of the one before.
$(B)/micropython.source: $(B)/micropython.choice $(if $(wildcard $(MPY_DIR)/py/mpconfig.h),,FORCE) | $(VENV_RUN)
	$(STEP) --last "Source" $(LOG)/source.log env $(MODCORE) source $(MPY_DIR) \
		$(if $(MICROPYTHON_DIR),--directory '$(MICROPYTHON_DIR)') \
		$(if $(MICROPYTHON_TARBALL),--tarball '$(MICROPYTHON_TARBALL)')
	@rm -rf $(B)/mpy-cross $(B)/HOST/32 $(B)/HOST/64 $(B)/ESP* $(B)/LX106_SIM
	@touch $@

# The user's own tree may change at any time; the fetched one does not.
MPY_LIVE := $(shell test -L $(MPY_DIR) && echo FORCE)

$(MPY_CROSS): $(B)/micropython.source $(MPY_LIVE)
	+$(STEP) "mpy-cross" $(LOG)/mpy-cross.log \
		$(MAKE) -j$(JOBS) -C $(MPY_DIR)/mpy-cross BUILD=$(abspath $(@D))

# MicroPython's build compiles a frozen file again when the file changed, not when its options did.
$(B)/manifests.stamp: $(shell find boards frozen -name 'manifest*.py')
	@rm -rf $(B)/*/frozen_mpy $(B)/*/*/frozen_mpy $(B)/*/*/*/frozen_mpy
	@mkdir -p $(@D) && touch $@

# What is built has the date in it.
$(B)/source_date: FORCE
	@mkdir -p $(@D)
	@[ "$$(cat $@ 2>/dev/null)" = "$(SOURCE_DATE_EPOCH)" ] || echo "$(SOURCE_DATE_EPOCH)" >$@

# Folders are inputs too: their time stamps tell of removed files.
FROZEN := $(shell find frozen firmware/usermods -not -name '*.pyc' -not -name __pycache__ 2>/dev/null)
FIRMWARE_INPUTS := $(FROZEN) $(B)/source_date $(B)/micropython.source $(MPY_CROSS) $(B)/manifests.stamp $(MPY_LIVE)

# The browser driver of the end-to-end tests.
$(B)/node/package-lock.json: tests/package.json tests/package-lock.json
	@mkdir -p $(@D)
	@cp tests/package.json $(@D)
	$(STEP) "Browser driver" $(LOG)/npm.log sh -c 'cp tests/package-lock.json $(@D) && \
		npm ci --prefix $(@D) --no-audit --no-fund --ignore-scripts'
