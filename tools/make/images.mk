# From programs and files to what goes into flash.

IMAGE_TOOLS := $(wildcard tools/modcore_cli/*.py) tools/modcore_cli/commands/image.py

# Later folders win. HOST has the configuration of the chip whose limits it keeps, and its own.
ETC_ESP32_PSRAM := etc boards/ESP32_PSRAM/etc
ETC_ESP8266_GENERIC := etc boards/ESP8266_GENERIC/etc
ETC_HOST := $(if $(filter esp8266,$(BOARD_PROFILE)),$(ETC_ESP8266_GENERIC),$(ETC_ESP32_PSRAM)) boards/HOST/etc

# Port and profile are baked into the factory configuration, and the image is of the size of its partition.
$(B)/$(BOARD)/http_port: FORCE
	@mkdir -p $(@D)
	@choice='$(HTTP_PORT)..$(BOARD_PROFILE)..$(FLASH_MIB)'; [ "$$(cat $@ 2>/dev/null)" = "$$choice" ] || echo "$$choice" >$@

# $(call www_image,BOARD,CSV): the read-only file system of a board.
define www_image
$(B)/$(1)/www.img: $(2) $(B)/source_date $$(shell find www_fs $(ETC_$(1))) $(IMAGE_TOOLS) \
		$(if $(filter $(1),$(BOARD)),$(B)/$(1)/http_port) | $$(VENV_RUN)
	@mkdir -p $$(@D)
	$(STEP) --last "Image of www and etc" $(LOG)/$(1)-www.log env $$(MODCORE) image www $$@ \
		--partitions $(2) $(addprefix --etc ,$(ETC_$(1))) \
		$(if $(filter $(1),$(BOARD)),$(if $(HTTP_PORT),--set windup.port=$(HTTP_PORT)))
endef
$(foreach board,$(BOARDS),$(eval $(call www_image,$(board),$($(board)_PARTITIONS))))
WWW_IMAGE := $(B)/$(BOARD)/www.img

# The firmware of HOST as it lies in an app slot.
HOST_APP := $(B)/HOST/$(BITS)/app.bin
HOST_LOADER := $(B)/HOST/loader
HOST_FIRMWARE := $(HOST_APP) $(HOST_LOADER)
FLASH ?= $(B)/HOST/flash.bin

$(B)/HOST/32/app.bin $(B)/HOST/64/app.bin: $(B)/HOST/%/app.bin: $(B)/HOST/%/firmware.elf frozen/modcore/version.py $(IMAGE_TOOLS) \
		tools/modcore_cli/commands/appimage.py | $(VENV_RUN)
	$(STEP) "App image ($* bits)" $(LOG)/app-$*.log env $(MODCORE) appimage $< $@

.PHONY: flash-file
flash-file: $(HOST_APP) $(B)/HOST/www.img
	@$(MODCORE) flash-file $(FLASH) --partitions $(HOST_PARTITIONS) --app $(HOST_APP) \
		--www $(B)/HOST/www.img $(if $(filter-out 0,$(FRESH)),--fresh)

.PHONY: sdk-HOST run-HOST flash-HOST size-HOST
sdk-HOST:
run-HOST: packages-HOST $(HOST_APP) $(HOST_LOADER) flash-file
	@exec $(HOST_LOADER) --flash $(FLASH) --pty-link $(B)/HOST/pty --control $(B)/HOST/control $(addprefix --profile ,$(BOARD_PROFILE))
flash-HOST: flash-file
size-HOST: $(HOST_APP) $(WWW_IMAGE)
	@$(MODCORE) size $(HOST_PARTITIONS) --app $(HOST_APP) --www $(WWW_IMAGE) \
		--frozen $(B)/HOST/$(BITS)/obj/frozen_mpy

.PHONY: test-setup
test-setup: packages-test $(VENV)/test.stamp $(B)/node/package-lock.json \
	$(B)/HOST/64/app.bin $(B)/HOST/32/app.bin $(HOST_LOADER) $(B)/HOST/www.img \
	$(B)/bench/own-32/firmware.elf $(LX106_SIM_FIRMWARE) $(ESP8266_GENERIC_LINK_CHECK)
