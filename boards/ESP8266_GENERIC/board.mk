# Builds the firmware of ESP8266_GENERIC with Espressif's NONOS SDK and flashes it. Included by the top Makefile.

ESP8266_GENERIC_PARTITIONS := boards/ESP8266_GENERIC/partitions.csv
ESP8266_GENERIC_BUILD := $(B)/ESP8266_GENERIC/obj
ESP8266_GENERIC_FIRMWARE := $(ESP8266_GENERIC_BUILD)/firmware.bin

.PHONY: sdk-ESP8266_GENERIC flash-ESP8266_GENERIC size-ESP8266_GENERIC
sdk-ESP8266_GENERIC:
	@tools/sdk/esp8266 '$(ESP_SDK)'

# The port asks the compiler where the SDK is, unless it is told. esptool makes the image.
$(ESP8266_GENERIC_FIRMWARE): $(FIRMWARE_INPUTS) $(VENV_DEVICE) \
		$(shell find boards/ESP8266_GENERIC boards/common -not -name '*.md')
	+$(STEP) "Firmware (ESP8266_GENERIC)" $(LOG)/ESP8266_GENERIC.log \
		env PATH='$(CURDIR)/$(VENV)/bin:'"$$PATH" \
		$(MAKE) --no-print-directory -j$(JOBS) -C $(MPY_DIR)/ports/esp8266 \
		BOARD=ESP8266_GENERIC BOARD_DIR=$(CURDIR)/boards/ESP8266_GENERIC BUILD=$(CURDIR)/$(@D) \
		ESPTOOL='esptool --chip esp8266' MPY_LIB_DIR=$(abspath $(MPY_DIR))/lib USER_C_MODULES=$(CURDIR)/firmware/usermods \
		$(if $(ESP_SDK),ESP_SDK=$(abspath $(ESP_SDK)))

# The user's file system stays.
flash-ESP8266_GENERIC: $(VENV_DEVICE)
	@$(VENV)/bin/esptool --chip esp8266 $(addprefix --port ,$(PORT)) --baud 460800 \
		write-flash --flash-size detect \
		0x0 $(ESP8266_GENERIC_FIRMWARE) 0x100000 $(B)/ESP8266_GENERIC/www.img

size-ESP8266_GENERIC: $(VENV_RUN)
	@$(MODCORE) size $(ESP8266_GENERIC_PARTITIONS) --app $(ESP8266_GENERIC_FIRMWARE) \
		--www $(B)/ESP8266_GENERIC/www.img --frozen $(ESP8266_GENERIC_BUILD)/frozen_mpy
