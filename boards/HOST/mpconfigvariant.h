// MicroPython's configuration of the HOST board: what ESP32 and ESP8266 have in common. Each chip's
// own features are in mpconfig_esp32.h and mpconfig_esp8266.h, which mirror that port's switches.

#include <alloca.h>
#include <stdint.h>
#include <sys/types.h>

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)

#if HOST_32BIT
#include "mpconfig_esp8266.h"
#else
#include "mpconfig_esp32.h"
#endif

// Types.
typedef intptr_t mp_int_t;
typedef uintptr_t mp_uint_t;
typedef long mp_off_t;
#define MP_SSIZE_MAX INTPTR_MAX

// The interpreter.
#define MICROPY_ENABLE_GC (1)
#define MICROPY_ENABLE_FINALISER (1)
#define MICROPY_ENABLE_EMERGENCY_EXCEPTION_BUF (1)
#define MICROPY_ERROR_REPORTING (MICROPY_ERROR_REPORTING_NORMAL)
#define MICROPY_FLOAT_IMPL (MICROPY_FLOAT_IMPL_FLOAT)
#define MICROPY_LONGINT_IMPL (MICROPY_LONGINT_IMPL_MPZ)
#define MICROPY_PERSISTENT_CODE_LOAD (1)
#define MICROPY_PY_STR_BYTES_CMP_WARN (1)
#define MICROPY_STREAMS_POSIX_API (1)
#define MICROPY_USE_INTERNAL_ERRNO (0)
#define MICROPY_USE_INTERNAL_PRINTF (0)
#define MICROPY_WARNINGS (1)
#define MP_STATE_PORT MP_STATE_VM

// Native code: for this computer, where the chips have their own.
#if defined(__x86_64__)
#define MICROPY_EMIT_X64 (1)
#elif defined(__i386__)
#define MICROPY_EMIT_X86 (1)
#endif
void mp_unix_alloc_exec(size_t min_size, void **ptr, size_t *size);
void mp_unix_free_exec(void *ptr, size_t size);
#define MP_PLAT_ALLOC_EXEC(min_size, ptr, size) mp_unix_alloc_exec(min_size, ptr, size)
#define MP_PLAT_FREE_EXEC(ptr, size) mp_unix_free_exec(ptr, size)

// Files.
#define MICROPY_ALLOC_PATH_MAX (128)
#define MICROPY_READER_VFS (1)
#define MICROPY_VFS (1)

// The board.
#define MICROPY_HW_BOARD_NAME "HOST"
#if defined(__x86_64__)
#define MICROPY_HW_MCU_NAME "x86_64"
#elif defined(__i386__)
#define MICROPY_HW_MCU_NAME "i686"
#elif defined(__aarch64__)
#define MICROPY_HW_MCU_NAME "aarch64"
#else
#define MICROPY_HW_MCU_NAME "an unnamed processor"
#endif
#define MICROPY_PY_SYS_PLATFORM "host"
#define MICROPY_MPHALPORT_H "port/mphalport.h"

// See boards/common/main_py/main_py.c.
void main_py_after_exec(void *exception, int result);
#define MICROPY_BOARD_AFTER_PYTHON_EXEC(input_kind, exec_flags, exception, result)                 \
    main_py_after_exec(exception, *(result))

// Modules, the port's part of each.
#define MICROPY_PY_MACHINE (1)
#define MICROPY_PY_MACHINE_ADC (1)
#define MICROPY_PY_MACHINE_ADC_INCLUDEFILE "port/machine_adc.c"
#define MICROPY_PY_MACHINE_ADC_READ (1)
#define MICROPY_PY_MACHINE_BARE_METAL_FUNCS (1)
#define MICROPY_PY_MACHINE_DISABLE_IRQ_ENABLE_IRQ (1)
#define MICROPY_PY_MACHINE_INCLUDEFILE "port/modmachine.c"
#define MICROPY_PY_MACHINE_PIN_MAKE_NEW mp_pin_make_new
#define MICROPY_PY_MACHINE_PULSE (1)
#define MICROPY_PY_MACHINE_PWM (1)
#define MICROPY_PY_MACHINE_PWM_DUTY (1)
#define MICROPY_PY_MACHINE_PWM_INCLUDEFILE "port/machine_pwm.c"
#define MICROPY_PY_MACHINE_RESET (1)
#define MICROPY_PY_MACHINE_WDT (1)
#define MICROPY_PY_MACHINE_WDT_INCLUDEFILE "port/machine_wdt.c"
#define MICROPY_PY_NETWORK (1)
#define MICROPY_PY_NETWORK_HOSTNAME_DEFAULT "mpy-host"
#define MICROPY_PY_NETWORK_INCLUDEFILE "port/modnetwork.h"
#define MICROPY_PY_NETWORK_MODULE_GLOBALS_INCLUDEFILE "port/modnetwork_globals.h"
#define MICROPY_PY_OS_DUPTERM_NOTIFY (1)
#define MICROPY_PY_OS_INCLUDEFILE "port/modos.c"
#define MICROPY_PY_OS_SYNC (1)
#define MICROPY_PY_OS_UNAME (1)
#define MICROPY_PY_OS_URANDOM (1)
#define MICROPY_PY_RANDOM_SEED_INIT_FUNC (hardware_random())
// socket and select are the port's own: extmod's select asks each stream in turn.
#define MICROPY_PY_SELECT (0)
#define MICROPY_PY_SOCKET (0)
#define MICROPY_PY_TIME_GMTIME_LOCALTIME_MKTIME (1)
#define MICROPY_PY_TIME_INCLUDEFILE "port/modtime.c"
#define MICROPY_PY_TIME_TIME_TIME_NS (1)
#define MICROPY_PY_WEBSOCKET (1)

uint32_t hardware_random(void);
