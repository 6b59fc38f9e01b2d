// MicroPython's configuration: the ESP8266's, without what would need its peripherals.

#include <alloca.h>
#include <stdint.h>
#include <sys/types.h>

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)
#include "boards/HOST/mpconfig_esp8266.h"

// Types.
typedef int32_t mp_int_t;
typedef uint32_t mp_uint_t;
typedef long mp_off_t;
#define MP_SSIZE_MAX (0x7fffffff)
#define MP_STATE_PORT MP_STATE_VM

// The interpreter.
#define MICROPY_DEBUG_PRINTER (&mp_debug_print)
#define MICROPY_EMIT_INLINE_XTENSA (1)
#define MICROPY_EMIT_XTENSA (1)
#define MICROPY_ENABLE_EMERGENCY_EXCEPTION_BUF (1)
#define MICROPY_ENABLE_GC (1)
#define MICROPY_ERROR_REPORTING (MICROPY_ERROR_REPORTING_NORMAL)
#define MICROPY_FLOAT_IMPL (MICROPY_FLOAT_IMPL_FLOAT)
#define MICROPY_GC_STACK_ENTRY_TYPE uint16_t
#define MICROPY_LONGINT_IMPL (MICROPY_LONGINT_IMPL_MPZ)
#define MICROPY_MODULE_FROZEN_LEXER mp_lexer_new_from_str32
#define MICROPY_PERSISTENT_CODE_LOAD (1)
#define MICROPY_PY_STR_BYTES_CMP_WARN (1)
#define MICROPY_REPL_EVENT_DRIVEN (0)
#define MICROPY_STREAMS_POSIX_API (1)
#define MICROPY_USE_INTERNAL_ERRNO (1)
#define MICROPY_WARNINGS (1)
#define MP_NEED_LOG2 (1)
extern const struct _mp_print_t mp_debug_print;

void *esp_native_code_commit(void *code, size_t length, void *relocation);
#define MP_PLAT_COMMIT_EXEC(code, length, relocation)                                              \
    esp_native_code_commit(code, length, relocation)

// Looks for an interrupt on the console.
void console_handle_events(void);
#define MICROPY_INTERNAL_EVENT_HOOK console_handle_events()

// As the port does, every tenth jump of the bytecode.
#define MICROPY_VM_HOOK_COUNT (10)
#define MICROPY_VM_HOOK_INIT static unsigned vm_hook_divisor = MICROPY_VM_HOOK_COUNT;
#define MICROPY_VM_HOOK_POLL                                                                       \
    if (--vm_hook_divisor == 0) {                                                                  \
        vm_hook_divisor = MICROPY_VM_HOOK_COUNT;                                                   \
        MICROPY_INTERNAL_EVENT_HOOK;                                                               \
    }
#define MICROPY_VM_HOOK_LOOP MICROPY_VM_HOOK_POLL
#define MICROPY_VM_HOOK_RETURN MICROPY_VM_HOOK_POLL

// Files.
#define MICROPY_ALLOC_PATH_MAX (128)
#define MICROPY_READER_VFS (1)
#define MICROPY_VFS (1)

// The board.
#define MICROPY_HW_BOARD_NAME "LX106_SIM"
#define MICROPY_HW_MCU_NAME "lx106"
#define MICROPY_PY_SYS_PLATFORM "esp8266"

// See boards/common/main_py/main_py.c.
void main_py_after_exec(void *exception, int result);
#define MICROPY_BOARD_AFTER_PYTHON_EXEC(input_kind, exec_flags, exception, result)                 \
    main_py_after_exec(exception, *(result))

// Modules, the port's part of each.
#define MICROPY_PY_MACHINE (1)
#define MICROPY_PY_MACHINE_ADC (1)
#define MICROPY_PY_MACHINE_ADC_INCLUDEFILE "boards/HOST/port/machine_adc.c"
#define MICROPY_PY_MACHINE_ADC_READ (1)
#define MICROPY_PY_MACHINE_BARE_METAL_FUNCS (1)
#define MICROPY_PY_MACHINE_DISABLE_IRQ_ENABLE_IRQ (1)
#define MICROPY_PY_MACHINE_INCLUDEFILE "boards/LX106_SIM/port/modmachine.c"
#define MICROPY_PY_MACHINE_PIN_MAKE_NEW mp_pin_make_new
#define MICROPY_PY_MACHINE_RESET (1)
#define MICROPY_PY_NETWORK (1)
#define MICROPY_PY_NETWORK_HOSTNAME_DEFAULT "modcore"
#define MICROPY_PY_NETWORK_INCLUDEFILE "boards/HOST/port/modnetwork.h"
#define MICROPY_PY_NETWORK_MODULE_GLOBALS_INCLUDEFILE "boards/HOST/port/modnetwork_globals.h"
#define MICROPY_PY_OS_DUPTERM_NOTIFY (1)
#define MICROPY_PY_OS_INCLUDEFILE "boards/LX106_SIM/port/modos.c"
#define MICROPY_PY_OS_SYNC (1)
#define MICROPY_PY_OS_UNAME (1)
#define MICROPY_PY_OS_URANDOM (1)
#define MICROPY_PY_RANDOM_SEED_INIT_FUNC (hardware_random())
#define MICROPY_PY_SOCKET (0)
#define MICROPY_PY_TIME_GMTIME_LOCALTIME_MKTIME (1)
#define MICROPY_PY_TIME_INCLUDEFILE "boards/HOST/port/modtime.c"
#define MICROPY_PY_TIME_TIME_TIME_NS (1)
#define MICROPY_PY_WEBSOCKET (1)

uint32_t hardware_random(void);
