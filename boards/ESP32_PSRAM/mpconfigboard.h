#define MICROPY_HW_BOARD_NAME "ESP32_PSRAM"
#define MICROPY_HW_MCU_NAME "ESP32"

#define MICROPY_PY_NETWORK_HOSTNAME_DEFAULT "modcore"

// See boards/common/main_py/main_py.c.
void main_py_after_exec(void *exception, int result);
#define MICROPY_BOARD_AFTER_PYTHON_EXEC(input_kind, exec_flags, exception, result)                 \
    main_py_after_exec(exception, *(result))

// Bluetooth would not leave room for two app slots in 4 MiB.
#define MICROPY_PY_BLUETOOTH (0)

// One byte each; the names of modcore and WindUp alone are more than the default of 128.
#define MICROPY_OPT_MAP_LOOKUP_CACHE_SIZE (512)

// MicroPython 1.26 turns the timers' clock on by a function that ESP-IDF 5.3 does not have for this
// chip. Here that clock never stops.
#include "esp_idf_version.h"
#if ESP_IDF_VERSION < ESP_IDF_VERSION_VAL(5, 4, 0)
#include "esp_private/esp_clk_tree_common.h" // later 5.3 declare it
#define esp_clk_tree_enable_src(source, enable) ((void)0)
#endif
