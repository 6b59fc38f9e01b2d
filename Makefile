# modcore: the firmware, its images, and the computer that plays a board. `make` shows what there is.

BOARD ?= HOST
BITS ?= 64
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
TESTS ?= tests

B := build
MPY_DIR := $(B)/micropython
MPY_CROSS := $(B)/mpy-cross/mpy-cross
VENV := $(B)/venv
LOG := $(B)/log
STEP := @tools/step
MODCORE := PYTHONPATH=tools $(VENV)/bin/python -m modcore_cli

BOARDS := $(notdir $(patsubst %/board.mk,%,$(wildcard boards/*/board.mk)))
ifeq ($(filter $(BOARD),$(BOARDS)),)
$(error BOARD=$(BOARD) is not a board; there are: $(BOARDS))
endif
ifeq ($(filter $(BITS),32 64),)
$(error BITS=$(BITS): HOST is built for 64 or 32 bits)
endif
ifneq ($(filter-out esp32 esp8266,$(BOARD_PROFILE)),)
$(error BOARD_PROFILE=$(BOARD_PROFILE) is not a profile; there are: esp32 esp8266)
endif
ifeq ($(BOARD_PROFILE)/$(BITS),esp8266/64)
$(error BOARD_PROFILE=esp8266 needs BITS=32: the objects of an ESP8266 are 32 bits wide)
endif

ifneq ($(filter run,$(MAKECMDGOALS)),)
ifeq ($(filter HOST LX106_SIM,$(BOARD)),)
$(error make run runs HOST and LX106_SIM; for a device: make flash BOARD=$(BOARD))
endif
endif

# The same tree gives the same bytes: one time stamp, one name of the release.
ifndef SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH := $(or $(shell git log -1 --format=%ct -- boards etc firmware frozen www_fs \
	2>/dev/null),1767225600)
endif
export SOURCE_DATE_EPOCH
export MICROPY_GIT_TAG := v1.26.1
export MICROPY_MPYCROSS := $(abspath $(MPY_CROSS))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: FORCE
FORCE:

include tools/make/setup.mk
include $(foreach board,$(BOARDS),boards/$(board)/board.mk)
include tools/make/images.mk
include tools/make/bench.mk

.PHONY: help run test soak firmware image flash size lint format bench clean

help: ## show this
	@echo 'make TARGET [VARIABLE=VALUE ...]'
	@echo
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile | expand -t 13
	@echo
	@sed -n 's/^#: /  /p' Makefile

#: BOARD=HOST            or ESP32_PSRAM, ESP8266_GENERIC, LX106_SIM
#: FLASH_SIZE=8          ESP32_PSRAM: MiB of its flash chip; 4 (as it is), 8 or 16
#: PORT=/dev/ttyUSB0     serial port of the device for make flash
#: HTTP_PORT=8080        port of the web server, put into the image's configuration
#: BITS=64               HOST: 64, or 32 as on the chips
#: BOARD_PROFILE=esp32   HOST: limits of esp32, or of esp8266 (with BITS=32)
#: FLASH=file  FRESH=1   HOST: another flash chip; start with an empty one
#: MICROPYTHON_DIR=      your own MicroPython tree; or MICROPYTHON_TARBALL=
#: FLASH_MIB=1           ESP8266_GENERIC: for a chip with 1 MiB
#: TESTS=tests/tools     part of the tests
#: ONLY='windup picoweb' bench: some of the servers, and nothing is written to docs/
#: RECORD=1              bench, size: what is measured now becomes the ceilings or the budget

run: run-$(BOARD) ## start the firmware on this computer; Ctrl-C stops it

test: test-setup ## run the tests on this computer
	@$(VENV)/bin/pytest --numprocesses auto --dist loadfile $(TESTS)

soak: test-setup ## run the tests with every long proof in full
	@MODCORE_SOAK=1 $(VENV)/bin/pytest $(TESTS)

firmware: sdk-$(BOARD) packages-$(BOARD) $($(BOARD)_FIRMWARE) ## build the firmware of BOARD

image: packages-$(BOARD) $(WWW_IMAGE) ## build the file system image of BOARD

flash: firmware image flash-$(BOARD) ## write firmware and image to the device at PORT

size: $(or $($(BOARD)_SIZED),firmware) image size-$(BOARD) ## show what BOARD's flash and memory are full of

lint: packages-lint $(VENV)/test.stamp ## check form and common mistakes
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check .
	@clang-format --dry-run -Werror $(C_FILES)
	@cppcheck --quiet --error-exitcode=1 --std=c99 --inline-suppr \
		--enable=warning,performance,portability \
		--suppress=missingInclude --suppress=missingIncludeSystem $(filter %.c,$(C_FILES))

format: packages-lint $(VENV)/test.stamp ## bring the sources into form
	@$(VENV)/bin/ruff check --quiet --fix .
	@$(VENV)/bin/ruff format --quiet .
	@clang-format -i $(C_FILES)

bench: test-setup bench-$(or $($(BOARD)_BENCH:%=board),web) ## run the benchmarks

clean: ## remove everything that was built, HOST's flash file too
	rm -rf $(B)
