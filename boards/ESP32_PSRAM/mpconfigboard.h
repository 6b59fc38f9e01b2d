#define MICROPY_HW_BOARD_NAME "ESP32_PSRAM"
#define MICROPY_HW_MCU_NAME "ESP32"

#define MICROPY_PY_NETWORK_HOSTNAME_DEFAULT "modcore"

// Bluetooth would not leave room for two app slots in 4 MiB.
#define MICROPY_PY_BLUETOOTH (0)

// One byte each; the names of modcore and WindUp alone are more than the default of 128.
#define MICROPY_OPT_MAP_LOOKUP_CACHE_SIZE (512)
