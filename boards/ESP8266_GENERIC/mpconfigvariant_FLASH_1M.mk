# ESP8266 with 1 MiB of flash: make firmware BOARD=ESP8266_GENERIC FLASH_MIB=1

LD_FILES = $(BOARD_DIR)/modcore-1MiB.ld
MICROPY_VFS_FAT = 0
