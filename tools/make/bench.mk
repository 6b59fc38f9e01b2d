# What the benchmarks and their guard need: 32-bit firmwares with frozen programs, no console and no file systems.
# `own` has WindUp's only, `peers` everybody's.

BENCH := PYTHONPATH=tools $(VENV)/bin/python -m bench.web

$(B)/bench/own/frozen.stamp: BENCH_FROZEN = --own-only
$(B)/bench/own/frozen.stamp $(B)/bench/peers/frozen.stamp: $(wildcard bench/web/*.py bench/web/*.txt bench/web/hello/*.py) \
		$(VENV)/test.stamp
	@mkdir -p $(@D)
	$(STEP) "Programs to freeze ($(notdir $(@D)))" $(LOG)/bench-frozen.log \
		env $(BENCH) freeze $(BENCH_FROZEN) $(@D)/frozen
	@touch $@

$(B)/bench/own/firmware.elf $(B)/bench/peers/firmware.elf: $(B)/bench/%/firmware.elf: \
		$(B)/bench/%/frozen.stamp $(B)/HOST/32/firmware.elf $(shell find bench/web/firmware -name '*.py')
	+$(STEP) "Firmware (benchmarks, $*)" $(LOG)/bench-$*.log \
		$(HOST_MAKE) BUILD=$(CURDIR)/$(B)/bench/$*/obj BITS=32 BOARD_DIR=$(CURDIR)/$(B)/bench/$* \
		FROZEN_MANIFEST=$(CURDIR)/bench/web/firmware/manifest.py
	@strip -o $@ $(B)/bench/$*/obj/firmware.elf

.PHONY: bench-web bench-board
bench-web: $(BENCH_FIRMWARE)
	@$(if $(ONLY)$(RECORD),,$(VENV)/bin/python bench/tokenise/figures.py)
	@$(BENCH) $(if $(filter-out 0,$(RECORD)),budget --record,run $(ONLY))

# A board that counts something of its own
bench-board:
	@$(VENV)/bin/python $($(BOARD)_BENCH)
