# Builds the HOST firmware and its boot loader. Included by the top Makefile; the current directory
# is the top of the tree.
#
#   make build/HOST/64/firmware.elf   the 64-bit firmware, stripped: what goes into an app slot
#   make build/HOST/32/firmware.elf   the 32-bit one (needs gcc-multilib)
#   make build/HOST/loader            the boot loader
#
# MPY_DIR is MicroPython's source tree; FIRMWARE_INPUTS is what every board's firmware is made from.

HOST_DIR := boards/HOST
HOST_PARTITIONS := boards/ESP32_PSRAM/partitions.csv

# MicroPython's rules look for micropython-lib, which nothing of ours uses: any folder with a
# README.md will do, and its own lib/ has one.
HOST_MAKE = $(MAKE) --no-print-directory -j$(JOBS) -C $(MPY_DIR)/ports/unix \
	VARIANT_DIR=$(CURDIR)/$(HOST_DIR) MPY_LIB_DIR=$(abspath $(MPY_DIR))/lib \
	USER_C_MODULES=$(CURDIR)/firmware/usermods

# MicroPython's make knows the headers that an object was made from, but not the switches.
build/HOST/switches.stamp: $(HOST_DIR)/mpconfigvariant.mk $(wildcard firmware/usermods/*/micropython.mk)
	@rm -rf build/HOST/*/obj
	@mkdir -p $(@D) && touch $@

# The port's makefile is told the same name for its own, unstripped, result.
build/HOST/32/firmware.elf build/HOST/64/firmware.elf: build/HOST/%/firmware.elf: \
		$(FIRMWARE_INPUTS) build/HOST/switches.stamp $(HOST_DIR)/board.mk \
		$(shell find $(HOST_DIR)/chip $(HOST_DIR)/port $(HOST_DIR)/modules \
		$(HOST_DIR)/mpconfig* $(HOST_DIR)/manifest.py -not -name '*.pyc')
	+$(STEP) "Firmware (HOST, $* bits)" $(LOG)/HOST-$*.log \
		$(HOST_MAKE) BUILD=$(CURDIR)/build/HOST/$*/obj BITS=$*
	@strip -o $@ build/HOST/$*/obj/firmware.elf

HOST_LOADER_SOURCES := $(wildcard $(HOST_DIR)/loader/*.c $(HOST_DIR)/chip/*.c)
HOST_LOADER_HEADERS := $(wildcard $(HOST_DIR)/loader/*.h $(HOST_DIR)/chip/*.h)

build/HOST/loader: $(HOST_LOADER_SOURCES) $(HOST_LOADER_HEADERS) $(HOST_DIR)/board.mk \
		$(B)/micropython.source
	@mkdir -p $(@D)
	$(STEP) "Boot loader (HOST)" $(LOG)/HOST-loader.log \
		$(CC) -std=c99 -Os -g -Wall -Wextra -Werror -ffile-prefix-map=$(CURDIR)=. \
		-I$(HOST_DIR) -I$(MPY_DIR) -o $@ $(HOST_LOADER_SOURCES)
