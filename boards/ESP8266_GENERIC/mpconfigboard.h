#define MICROPY_HW_BOARD_NAME "ESP8266_GENERIC"
#define MICROPY_HW_MCU_NAME "ESP8266"

#define MICROPY_PY_NETWORK_HOSTNAME_DEFAULT "modcore"

// See boards/common/main_py/main_py.c.
void main_py_after_exec(void *exception, int result);
#define MICROPY_BOARD_AFTER_PYTHON_EXEC(input_kind, exec_flags, exception, result)                 \
    main_py_after_exec(exception, *(result))

#define MICROPY_PERSISTENT_CODE_LOAD (1)
#ifndef MICROPY_EMIT_XTENSA
#define MICROPY_EMIT_XTENSA (1)
#define MICROPY_EMIT_INLINE_XTENSA (1)
#endif

#define MICROPY_ERROR_REPORTING (MICROPY_ERROR_REPORTING_NORMAL)

#define MICROPY_READER_VFS (MICROPY_VFS)
#define MICROPY_VFS (1)
