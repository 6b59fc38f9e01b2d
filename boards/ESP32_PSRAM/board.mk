# Builds the firmware of ESP32_PSRAM with Espressif's ESP-IDF and flashes it. Included by the top Makefile.

ESP32_PSRAM_PARTITIONS := boards/ESP32_PSRAM/partitions.csv
ESP32_PSRAM_BUILD := $(B)/ESP32_PSRAM/idf
ESP32_PSRAM_FIRMWARE := $(ESP32_PSRAM_BUILD)/micropython.bin

.PHONY: sdk-ESP32_PSRAM flash-ESP32_PSRAM size-ESP32_PSRAM
sdk-ESP32_PSRAM:
	@tools/sdk/esp-idf --check

$(ESP32_PSRAM_FIRMWARE): $(FIRMWARE_INPUTS) boards/HOST/modules/_boot.py \
		$(shell find boards/ESP32_PSRAM boards/common -not -name '*.md')
	+$(STEP) "Firmware (ESP32_PSRAM)" $(LOG)/ESP32_PSRAM.log tools/sdk/esp-idf \
		$(MAKE) --no-print-directory -C $(MPY_DIR)/ports/esp32 \
		BOARD=ESP32_PSRAM BOARD_DIR=$(CURDIR)/boards/ESP32_PSRAM BUILD=$(CURDIR)/$(@D) \
		USER_C_MODULES=$(CURDIR)/firmware/usermods/micropython.cmake

# The user's file system and the chip's calibration stay; blank otadata selects the slot that is written.
flash-ESP32_PSRAM: $(VENV_DEVICE)
	@$(VENV)/bin/esptool --chip esp32 $(addprefix --port ,$(PORT)) --baud 460800 \
		write-flash --flash-size detect \
		0x1000 $(ESP32_PSRAM_BUILD)/bootloader/bootloader.bin \
		0x8000 $(ESP32_PSRAM_BUILD)/partition_table/partition-table.bin \
		0xd000 $(ESP32_PSRAM_BUILD)/ota_data_initial.bin \
		0x10000 $(ESP32_PSRAM_FIRMWARE) \
		0x330000 $(B)/ESP32_PSRAM/www.img

size-ESP32_PSRAM: $(VENV_RUN)
	@$(MODCORE) size $(ESP32_PSRAM_PARTITIONS) --app $(ESP32_PSRAM_FIRMWARE) \
		--www $(B)/ESP32_PSRAM/www.img --frozen $(ESP32_PSRAM_BUILD)/frozen_mpy
