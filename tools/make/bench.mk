# What the benchmarks and their guard need: firmwares with frozen programs and the servers that they are built on.
# own-32 has ours only; all-32 and all-64 have everybody's.

BENCH := PYTHONPATH=tools $(VENV)/bin/python -m bench.web
BENCH_FIRMWARE := $(foreach name,all-32 all-64,$(B)/bench/$(name)/firmware.elf)

$(B)/bench/own-32/frozen.stamp: BENCH_FROZEN = --own-only
$(foreach name,own-32 all-32 all-64,$(B)/bench/$(name)/frozen.stamp): \
		$(wildcard bench/web/*.py bench/web/*.txt bench/web/hello/*.py) $(VENV)/test.stamp
	@mkdir -p $(@D)
	$(STEP) "Programs to freeze ($(notdir $(@D)))" $(LOG)/bench-frozen.log \
		env $(BENCH) freeze $(BENCH_FROZEN) $(@D)/frozen
	@touch $@

# $(call bench_firmware,NAME,BITS)
define bench_firmware
$(B)/bench/$(1)/firmware.elf: $(B)/bench/$(1)/frozen.stamp $(B)/HOST/$(2)/firmware.elf \
		$$(shell find bench/web/firmware -name '*.py')
	+$(STEP) "Firmware (benchmarks, $(1))" $(LOG)/bench-$(1).log \
		$$(HOST_MAKE) BUILD=$(CURDIR)/$(B)/bench/$(1)/obj BITS=$(2) BOARD_DIR=$(CURDIR)/$(B)/bench/$(1) \
		FROZEN_MANIFEST=$(CURDIR)/bench/web/firmware/manifest_$(2).py
	@strip --strip-debug -o $$@ $(B)/bench/$(1)/obj/firmware.elf
endef
$(eval $(call bench_firmware,own-32,32))
$(eval $(call bench_firmware,all-32,32))
$(eval $(call bench_firmware,all-64,64))

.PHONY: bench-web bench-board
bench-web: $(if $(filter-out 0,$(RECORD)),,$(BENCH_FIRMWARE))
	@$(if $(ONLY)$(RECORD),,$(VENV)/bin/python bench/tokenise/figures.py)
	@$(BENCH) $(if $(filter-out 0,$(RECORD)),budget --record,run $(ONLY))
	@$(if $(ONLY)$(RECORD),,PYTHONPATH=tools $(VENV)/bin/python -m bench.modcore)

# A board that counts something of its own
bench-board:
	@$(VENV)/bin/python $($(BOARD)_BENCH)
