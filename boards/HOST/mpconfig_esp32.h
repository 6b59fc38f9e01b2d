// The switches of MicroPython's ESP32 port that differ from its feature level, without those whose
// hardware HOST does not have. The 64-bit firmware has them.

#define HOST_ESP8266_NAMES (0)
#define MICROPY_OBJ_REPR (MICROPY_OBJ_REPR_A)
#define MICROPY_STACK_CHECK_MARGIN (1024)
#define MICROPY_OPT_MAP_LOOKUP_CACHE_SIZE (512) // as boards/ESP32_PSRAM/mpconfigboard.h says
#define MICROPY_SCHEDULER_DEPTH (8)
#define MICROPY_SCHEDULER_STATIC_NODES (1)
#define MICROPY_PY_ALL_INPLACE_SPECIAL_METHODS (1)
#define MICROPY_PY_CRYPTOLIB (1)
#define MICROPY_PY_HASHLIB_MD5 (1)
#define MICROPY_PY_HASHLIB_SHA1 (1)
#define MICROPY_PY_HASHLIB_SHA256 (1)
#define MICROPY_PY_IO_BUFFEREDWRITER (1)
#define MICROPY_PY_MACHINE_ADC_ATTEN_WIDTH (1)
#define MICROPY_PY_MACHINE_ADC_DEINIT (1)
#define MICROPY_PY_MACHINE_ADC_INIT (1)
#define MICROPY_PY_MACHINE_ADC_READ_UV (1)
#define MICROPY_PY_OS_DUPTERM (1)
#define MICROPY_PY_WEBREPL (1)

// 16 KiB on the chip, whose words are half as long.
#define HOST_STACK_SIZE (32 * 1024)
#define HOST_RTC_USER_MEMORY_MAX (2048)
// network.WLAN's numbers, keys and errors are the ESP32's.
#define HOST_NETWORK_ESP8266 (0)
