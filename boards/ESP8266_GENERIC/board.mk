# Builds the firmware of ESP8266_GENERIC with Espressif's NONOS SDK and flashes it; links it without the SDK to tell and
# to check what it costs. Included by the top Makefile.

ESP8266_GENERIC_DIR := boards/ESP8266_GENERIC
# 2 and 4 MiB differ in the size of the user's file system, which the firmware finds out by itself.
ESP8266_GENERIC_1MIB := $(if $(filter 1,$(FLASH_MIB)),-1MiB)
ESP8266_GENERIC_PARTITIONS := $(ESP8266_GENERIC_DIR)/partitions$(ESP8266_GENERIC_1MIB).csv
ESP8266_GENERIC_WWW_AT := $(if $(ESP8266_GENERIC_1MIB),0xb6000,0x100000)
ESP8266_GENERIC_BUILD := $(B)/ESP8266_GENERIC/obj$(ESP8266_GENERIC_1MIB)
ESP8266_GENERIC_FIRMWARE := $(ESP8266_GENERIC_BUILD)/firmware.bin
ESP8266_GENERIC_LINK_CHECK := $(B)/ESP8266_GENERIC/link-check/firmware.elf
ESP8266_GENERIC_LINK_CHECK_1MIB := $(B)/ESP8266_GENERIC/link-check-1MiB/firmware.elf
ESP8266_GENERIC_HEAP := $(B)/ESP8266_GENERIC/heap.json
# What make size looks at: the firmware only where it can be built.
ESP8266_GENERIC_SIZED := packages-link-check $(ESP8266_GENERIC_LINK_CHECK) $(if $(ESP_SDK),firmware)

.PHONY: sdk-ESP8266_GENERIC flash-ESP8266_GENERIC size-ESP8266_GENERIC packages-link-check
sdk-ESP8266_GENERIC:
	@tools/sdk/esp8266 '$(ESP_SDK)'

packages-link-check:
	@tools/ensure-packages device esp8266 lx106

# MicroPython's make knows the headers that an object was made from, but not the switches, nor the linker's script.
$(B)/ESP8266_GENERIC/switches.stamp: $(wildcard $(ESP8266_GENERIC_DIR)/mpconfig*.* $(ESP8266_GENERIC_DIR)/*.ld firmware/usermods/*/micropython.mk)
	@rm -rf $(B)/ESP8266_GENERIC/obj* $(B)/ESP8266_GENERIC/link-check*
	@mkdir -p $(@D) && touch $@

ESP8266_GENERIC_INPUTS := $(FIRMWARE_INPUTS) $(B)/ESP8266_GENERIC/switches.stamp \
	$(shell find $(ESP8266_GENERIC_DIR) boards/common -name '*.[ch]' -o -name '*.ld' -o -path '*/modules/*.py') \
	$(addprefix $(ESP8266_GENERIC_DIR)/,manifest.py board.mk)

ESP8266_GENERIC_MAKE = $(MAKE) --no-print-directory -j$(JOBS) -C $(MPY_DIR)/ports/esp8266 \
	BOARD=ESP8266_GENERIC BOARD_DIR=$(CURDIR)/$(ESP8266_GENERIC_DIR) BUILD=$(CURDIR)/$(@D) \
	MPY_LIB_DIR=$(abspath $(MPY_DIR))/lib USER_C_MODULES=$(CURDIR)/firmware/usermods

# The port asks the compiler where the SDK is, unless it is told. esptool makes the image.
$(ESP8266_GENERIC_FIRMWARE): $(ESP8266_GENERIC_INPUTS) | $(VENV_DEVICE)
	+$(STEP) "Firmware (ESP8266_GENERIC)" $(LOG)/ESP8266_GENERIC.log \
		env PATH='$(CURDIR)/$(VENV)/bin:'"$$PATH" $(ESP8266_GENERIC_MAKE) \
		$(if $(ESP8266_GENERIC_1MIB),BOARD_VARIANT=FLASH_1M) \
		ESPTOOL='esptool --chip esp8266' $(if $(ESP_SDK),ESP_SDK=$(abspath $(ESP_SDK)))
	@touch $@

# See no_sdk/README.md.
$(ESP8266_GENERIC_LINK_CHECK_1MIB): private ESP8266_GENERIC_VARIANT := BOARD_VARIANT=FLASH_1M
$(ESP8266_GENERIC_LINK_CHECK) $(ESP8266_GENERIC_LINK_CHECK_1MIB): $(ESP8266_GENERIC_INPUTS)
	+$(STEP) "$(subst -, ,$(patsubst l%,L%,$(notdir $(@D)))) (ESP8266_GENERIC)" $(LOG)/ESP8266_GENERIC-$(notdir $(@D)).log \
		$(ESP8266_GENERIC_MAKE) $(ESP8266_GENERIC_VARIANT) LINK_CHECK=1 $(CURDIR)/$@
	@touch $@

# Heap is measured on LX106_SIM, whose heap and packages are this board's.
$(ESP8266_GENERIC_HEAP): $(addprefix $(B)/LX106_SIM/,firmware.elf lx106.so) $(wildcard $(ESP8266_GENERIC_DIR)/bench/*.py) | $(VENV_RUN)
	@mkdir -p $(@D)
	$(STEP) "Heap (ESP8266_GENERIC)" $(LOG)/ESP8266_GENERIC-heap.log \
		$(VENV)/bin/python $(ESP8266_GENERIC_DIR)/bench/heap.py $@

# The user's file system stays.
flash-ESP8266_GENERIC: $(VENV_DEVICE)
	@$(VENV)/bin/esptool --chip esp8266 $(addprefix --port ,$(PORT)) --baud 460800 \
		write-flash --flash-size detect \
		0x0 $(ESP8266_GENERIC_FIRMWARE) $(ESP8266_GENERIC_WWW_AT) $(B)/ESP8266_GENERIC/www.img

size-ESP8266_GENERIC: $(VENV_RUN) $(ESP8266_GENERIC_HEAP)
	$(if $(ESP_SDK),@$(MODCORE) size $(ESP8266_GENERIC_PARTITIONS) --app $(ESP8266_GENERIC_FIRMWARE) \
		--www $(B)/ESP8266_GENERIC/www.img)
	@$(MODCORE) budget $(ESP8266_GENERIC_LINK_CHECK:.elf=.map) $(ESP8266_GENERIC_DIR)/budget.json \
		--heap $(ESP8266_GENERIC_HEAP) $(if $(filter-out 0,$(RECORD)),--record)
