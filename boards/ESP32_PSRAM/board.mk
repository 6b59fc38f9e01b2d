# Builds the firmware of ESP32_PSRAM with Espressif's ESP-IDF and flashes it. Included by the top Makefile.

# Each size of flash chip is a variant in MicroPython's sense, and has a folder of its own.
ESP32_PSRAM_FLASH_SIZES := 4 8 16
ESP32_PSRAM_FLASH_SIZE := $(or $(if $(filter ESP32_PSRAM,$(BOARD)),$(FLASH_SIZE)),4)
ifeq ($(BOARD)/$(filter $(ESP32_PSRAM_FLASH_SIZE),$(ESP32_PSRAM_FLASH_SIZES)),ESP32_PSRAM/)
$(error FLASH_SIZE=$(FLASH_SIZE): ESP32_PSRAM is laid out for $(ESP32_PSRAM_FLASH_SIZES) MiB)
endif
ESP32_PSRAM_VARIANT := $(addprefix FLASH_,$(addsuffix M,$(filter-out 4,$(ESP32_PSRAM_FLASH_SIZE))))
ESP32_PSRAM_PARTITIONS := boards/ESP32_PSRAM/partitions$(addprefix -,$(addsuffix MiB,$(filter-out \
	4,$(ESP32_PSRAM_FLASH_SIZE)))).csv
ESP32_PSRAM_BUILD := $(B)/ESP32_PSRAM/idf$(addprefix -,$(ESP32_PSRAM_VARIANT))
ESP32_PSRAM_FIRMWARE := $(ESP32_PSRAM_BUILD)/micropython.bin
ESP32_PSRAM_SDKCONFIG := $(wildcard boards/ESP32_PSRAM/sdkconfig.* boards/ESP32_PSRAM/*.cmake)

# What lies where in flash.
ESP32_PSRAM_FLASH = \
	0x1000 $(ESP32_PSRAM_BUILD)/bootloader/bootloader.bin \
	0x8000 $(ESP32_PSRAM_BUILD)/partition_table/partition-table.bin \
	$(call esp32_psram_at,otadata) $(ESP32_PSRAM_BUILD)/ota_data_initial.bin \
	$(call esp32_psram_at,ota_0) $(ESP32_PSRAM_FIRMWARE) \
	$(call esp32_psram_at,www_0) $(B)/ESP32_PSRAM/www.img
esp32_psram_at = $(shell awk -F ', *' '$$1 == "$(1)" { print $$4 }' $(ESP32_PSRAM_PARTITIONS))

.PHONY: sdk-ESP32_PSRAM flash-ESP32_PSRAM size-ESP32_PSRAM sdkconfig-ESP32_PSRAM
sdk-ESP32_PSRAM:
	@tools/sdk/esp-idf --check

# Kconfig drops what it does not understand and builds on; this does not.
sdkconfig-ESP32_PSRAM: $(B)/micropython.source $(VENV_RUN)
	@$(MODCORE) sdkconfig boards/ESP32_PSRAM --idf "$$IDF_PATH" \
		$(foreach part,base 240mhz spiram,--base $(MPY_DIR)/ports/esp32/boards/sdkconfig.$(part))

# Which ESP-IDF builds: its folder and its version.
$(B)/ESP32_PSRAM/idf.choice: FORCE
	@mkdir -p $(@D)
	@choice="$$IDF_PATH $$(sed -n 's/^set(IDF_VERSION_.* \([0-9]*\))$$/\1/p' \
		"$$IDF_PATH/tools/cmake/version.cmake" | paste -sd .)"; \
	[ "$$(cat $@ 2>/dev/null)" = "$$choice" ] || echo "$$choice" >$@

# ESP-IDF keeps the configuration of a build's first run, and refuses what another ESP-IDF began: when
# our settings or ESP-IDF change, it starts over.
$(ESP32_PSRAM_BUILD)/sdkconfig.stamp: $(ESP32_PSRAM_SDKCONFIG) $(B)/ESP32_PSRAM/idf.choice
	@$(MAKE) --no-print-directory sdkconfig-ESP32_PSRAM BOARD=ESP32_PSRAM
	@rm -rf $(@D)
	@mkdir -p $(@D) && touch $@

$(ESP32_PSRAM_FIRMWARE): $(FIRMWARE_INPUTS) $(ESP32_PSRAM_BUILD)/sdkconfig.stamp \
		boards/HOST/modules/_boot.py $(ESP32_PSRAM_PARTITIONS) \
		$(shell find boards/ESP32_PSRAM boards/common -not -name '*.md' -not -name '*.csv')
	+$(STEP) "Firmware (ESP32_PSRAM)" $(LOG)/ESP32_PSRAM.log tools/sdk/esp-idf \
		$(MAKE) --no-print-directory -C $(MPY_DIR)/ports/esp32 \
		BOARD=ESP32_PSRAM BOARD_DIR=$(CURDIR)/boards/ESP32_PSRAM BUILD=$(CURDIR)/$(@D) \
		$(addprefix BOARD_VARIANT=,$(ESP32_PSRAM_VARIANT)) \
		USER_C_MODULES=$(CURDIR)/firmware/usermods/micropython.cmake

# The user's file system and the chip's calibration stay; blank otadata selects the slot that is written.
flash-ESP32_PSRAM: $(VENV_DEVICE)
	@$(VENV)/bin/esptool --chip esp32 $(addprefix --port ,$(PORT)) --baud 460800 \
		write-flash --flash-size detect $(ESP32_PSRAM_FLASH)

size-ESP32_PSRAM: $(VENV_RUN)
	@$(MODCORE) size $(ESP32_PSRAM_PARTITIONS) --app $(ESP32_PSRAM_FIRMWARE) \
		--www $(B)/ESP32_PSRAM/www.img --frozen $(ESP32_PSRAM_BUILD)/frozen_mpy

# What a release offers: one image of everything, for a blank chip at 0, and its parts for one that runs.
ESP32_PSRAM_DIST := $(B)/dist/ESP32_PSRAM-$(ESP32_PSRAM_FLASH_SIZE)MiB
.PHONY: dist-ESP32_PSRAM
dist-ESP32_PSRAM: firmware image $(VENV_DEVICE)
	@mkdir -p $(B)/dist
	@$(VENV)/bin/esptool --chip esp32 merge-bin --output $(ESP32_PSRAM_DIST).bin \
		$(ESP32_PSRAM_FLASH) >/dev/null
	@cp $(ESP32_PSRAM_FIRMWARE) $(ESP32_PSRAM_DIST)-app.bin
	@cp $(B)/ESP32_PSRAM/www.img $(ESP32_PSRAM_DIST)-www.img
	@$(MAKE) --no-print-directory size-ESP32_PSRAM >$(ESP32_PSRAM_DIST)-sizes.txt
