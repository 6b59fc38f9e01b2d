# HOST as a variant of MicroPython's unix port. What the port has of its own (POSIX files, a shell's
# command line, packed socket addresses) is left out; port/ and chip/ take its place.

PROG = firmware.elf
FROZEN_MANIFEST ?= $(VARIANT_DIR)/manifest.py
BITS ?= 64

# Debug symbols stay in the build directory: what goes to flash is a stripped copy.
STRIP =

MICROPY_USE_READLINE = 0
MICROPY_PY_BTREE = 0
MICROPY_PY_FFI = 0
MICROPY_PY_SOCKET = 0
MICROPY_PY_TERMIOS = 0
MICROPY_PY_THREAD = 0
MICROPY_VFS_FAT = 0
MICROPY_VFS_LFS1 = 0
MICROPY_VFS_LFS2 = 1

CFLAGS += -DMP_CONFIGFILE='"mpconfigvariant.h"'
INC += -I$(VARIANT_DIR)
# With -Os gcc copies memory byte by byte in place; the chips' compilers call memcpy.
ifneq ($(filter x86_64 i686,$(shell uname -m)),)
CFLAGS += -mstringop-strategy=libcall
endif

# TLS is the system's mbedtls. MICROPY_PY_SSL would make extmod.mk compile MicroPython's own copy.
MICROPY_PY_SSL = 0
ifeq ($(BITS),32)
MICROPY_FORCE_32BIT = 1
CFLAGS += -DHOST_32BIT=1
else
CFLAGS += -DMICROPY_PY_SSL=1 -DMICROPY_SSL_MBEDTLS=1
CFLAGS += -DMBEDTLS_USER_CONFIG_FILE='"port/mbedtls_user_config.h"'
LDFLAGS += -lmbedtls -lmbedx509 -lmbedcrypto
endif

vpath %.c $(VARIANT_DIR) $(VARIANT_DIR)/../common/main_py
# See the sources in boards/common/main_py.
LDFLAGS += -Wl,--wrap=pyexec_file_if_exists
comma := ,
LDFLAGS += $(addprefix -Wl$(comma)--wrap=,$(FROZEN_OBJECTS_WRAPPED))
# A relocation for each pointer in a frozen table would take more of the app's partition than the tables do.
LDFLAGS += -no-pie
# It counts paths in; what is flashed is the same wherever it was built.
LDFLAGS += -Wl,--build-id=none
QSTR_DEFS += $(VARIANT_DIR)/qstrdefsport.h
# The port knows of mpconfigvariant.h alone.
QSTR_GLOBAL_DEPENDENCIES += $(VARIANT_DIR)/mpconfig_esp32.h $(VARIANT_DIR)/mpconfig_esp8266.h

# MicroPython compiles this file for chips only, with fewer warnings than the unix port turns on.
$(BUILD)/extmod/modwebrepl.o: CFLAGS += -Wno-sign-compare

# All but the first two and main_py.c are found in VARIANT_DIR. `override` keeps the port from adding its own.
override SRC_C = \
	gccollect.c \
	alloc.c \
	chip/air.c \
	chip/air_commands.c \
	chip/app_image.c \
	chip/clock_commands.c \
	chip/commands.c \
	chip/esp_err.c \
	chip/flash.c \
	chip/md5.c \
	chip/otadata.c \
	chip/partition.c \
	chip/partition_table.c \
	chip/pin_commands.c \
	chip/pins.c \
	chip/radio.c \
	chip/registers.c \
	main_py.c \
	chip/world.c \
	port/clock.c \
	port/console.c \
	port/esp32_partition.c \
	port/events.c \
	port/hardware.c \
	port/machine_pin.c \
	port/machine_rtc.c \
	port/machine_timer.c \
	port/main.c \
	port/modesp32.c \
	port/modselect.c \
	port/modsocket.c \
	port/net.c \
	port/network_config.c \
	port/network_ip.c \
	port/network_wlan.c \
	port/pin.c \
	port/readiness.c \
	port/socket_io.c \
	port/socket_object.c \
	port/timer.c \
	port/wake.c \
	port/watch.c \

ifneq ($(BITS),32)
# In the 32-bit firmware the hashlib module brings it.
override SRC_C += chip/sha256.c
endif

SHARED_SRC_C += $(addprefix shared/,\
	netutils/netutils.c \
	readline/readline.c \
	runtime/pyexec.c \
	runtime/stdout_helpers.c \
	runtime/sys_stdio_mphal.c \
	)
