# Builds the firmware for QEMU's lx106 and the plugin that watches it. Included by the top Makefile.

LX106_SIM_DIR := boards/LX106_SIM
LX106_SIM_PARTITIONS := boards/ESP8266_GENERIC/partitions.csv
LX106_SIM_BUILD := $(B)/LX106_SIM
LX106_SIM_FIRMWARE := $(LX106_SIM_BUILD)/firmware.elf $(LX106_SIM_BUILD)/lx106.so
ETC_LX106_SIM := etc boards/ESP8266_GENERIC/etc $(LX106_SIM_DIR)/etc

LX106_SIM_BENCH := $(LX106_SIM_DIR)/bench/figures.py

LX106_SIM_INPUTS := $(shell find $(LX106_SIM_DIR) boards/common boards/ESP8266_GENERIC/modules \
	-name '*.[chS]' -o -path '*/modules/*.py') $(addprefix $(LX106_SIM_DIR)/,Makefile lx106.ld manifest.py) \
	$(wildcard boards/HOST/chip/*.[ch] boards/HOST/port/*.[ch] boards/HOST/mpconfig_esp8266.h)

# MicroPython's make knows the headers that an object was made from, but not the switches.
$(LX106_SIM_BUILD)/switches.stamp: $(LX106_SIM_DIR)/Makefile $(wildcard firmware/usermods/*/micropython.mk)
	@rm -rf $(LX106_SIM_BUILD)/obj
	@mkdir -p $(@D) && touch $@

$(LX106_SIM_BUILD)/firmware.elf: $(FIRMWARE_INPUTS) $(LX106_SIM_INPUTS) $(LX106_SIM_DIR)/board.mk \
		$(LX106_SIM_BUILD)/switches.stamp
	+$(STEP) "Firmware (LX106_SIM)" $(LOG)/LX106_SIM.log \
		$(MAKE) --no-print-directory -j$(JOBS) -C $(LX106_SIM_DIR) MPY_DIR=$(abspath $(MPY_DIR)) \
		BUILD=$(CURDIR)/$(LX106_SIM_BUILD)/obj MPY_LIB_DIR=$(abspath $(MPY_DIR))/lib \
		USER_C_MODULES=$(CURDIR)/firmware/usermods
	@xtensa-lx106-elf-objcopy --strip-debug $(LX106_SIM_BUILD)/obj/firmware.elf $@

$(LX106_SIM_BUILD)/lx106.so: $(wildcard $(LX106_SIM_DIR)/plugin/*.[ch]) $(LX106_SIM_DIR)/port/panic.h
	@mkdir -p $(@D)
	$(STEP) "QEMU plugin (LX106_SIM)" $(LOG)/LX106_SIM-plugin.log \
		$(CC) -std=gnu99 -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden -o $@ $(filter %.c,$^)

.PHONY: sdk-LX106_SIM run-LX106_SIM flash-LX106_SIM size-LX106_SIM
sdk-LX106_SIM:

LX106_SIM_RUN = PYTHONPATH=tools:$(LX106_SIM_DIR) $(VENV)/bin/python -m lx106 --build $(LX106_SIM_BUILD)

run-LX106_SIM: packages-LX106_SIM $(LX106_SIM_FIRMWARE) $(LX106_SIM_BUILD)/www.img
	@exec env $(LX106_SIM_RUN) --flash $(if $(filter-out file,$(origin FLASH)),$(FLASH),$(LX106_SIM_BUILD)/flash.bin) \
		--www $(LX106_SIM_BUILD)/www.img --pty-link $(LX106_SIM_BUILD)/pty \
		$(if $(filter-out 0,$(FRESH)),--fresh)

flash-LX106_SIM:
	@echo 'LX106_SIM is no device: make run BOARD=LX106_SIM'; exit 1

size-LX106_SIM: $(LX106_SIM_BUILD)/firmware.elf
	@xtensa-lx106-elf-size -A $< | awk '$$1 ~ /^\.(irom|iram|data|bss|heap)$$/ { printf "%-6s %7d bytes\n", $$1, $$2 }'
