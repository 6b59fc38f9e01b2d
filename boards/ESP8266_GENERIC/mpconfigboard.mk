# ESP8266 with 2 MiB of flash or more; mpconfigvariant_FLASH_1M.mk is for 1 MiB.

LD_FILES = $(BOARD_DIR)/modcore.ld
FROZEN_MANIFEST ?= $(BOARD_DIR)/manifest.py

MICROPY_PY_ESPNOW ?= 1
MICROPY_VFS_FAT ?= 1
MICROPY_VFS_LFS2 ?= 1
# TLS does not fit the heap, and both live in git submodules, which not every source of
# MicroPython's tree has. `override`, for the port switches TLS on after it has read this file.
override MICROPY_PY_SSL = 0
MICROPY_PY_BTREE = 0

# See the sources in boards/common/main_py.
LDFLAGS += $(addprefix --wrap=pyexec_,file_if_exists friendly_repl raw_repl)
LDFLAGS += $(addprefix --wrap=,$(FROZEN_OBJECTS_WRAPPED))
OBJ += $(BUILD)/main_py.o $(BUILD)/exit_main.o
vpath %.c $(BOARD_DIR)/../common/main_py

# Names the C modules for irom.ld, which keeps them out of IRAM.
LDFLAGS += -L$(BUILD) -L$(BOARD_DIR)
$(shell mkdir -p $(BUILD))
$(file >$(BUILD)/usermods.ld,$(foreach module,\
	$(notdir $(patsubst %/micropython.mk,%,$(wildcard $(USER_C_MODULES)/*/micropython.mk))),\
	*/$(module)/*.o(.literal* .text*)))

# Debian's compiler is newer than the one MicroPython is built with, and comes with picolibc.
CFLAGS += -I$(BOARD_DIR)/include
CFLAGS += -fcommon -Wno-array-bounds -Wno-unused-const-variable
CFLAGS += -D__PICOLIBC_ERRNO_FUNCTION=__errno
# In esp-open-sdk the SDK's headers are system headers, which keeps the compiler quiet about them.
CFLAGS += -isystem $(ESP_SDK)/include

# See no_sdk/README.md. What the SDK calls has to stay; it is at call_user_start that it begins.
# `override` keeps the SDK itself out. Callbacks of lwIP 1.4 have no `const`, which Debian's headers
# expect.
ifdef LINK_CHECK
override ESP_SDK := $(BOARD_DIR)/no_sdk
CFLAGS += -isystem /usr/include/lwip -Wno-incompatible-pointer-types
LDFLAGS += --unresolved-symbols=ignore-all --defsym=call_user_start=0x40100000
LDFLAGS += $(addprefix -u ,user_init ets_task ets_post ets_run ets_set_idle_cb DEBUG_printf)
override LIBS = $(LIBGCC_FILE_NAME)
endif
