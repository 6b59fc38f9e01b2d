// What runs at the start: the user's /boot.py, then their /main.py, and where there is none the
// frozen modcore_main.py.
//
// The ports of the chips look for a frozen main.py before the user's, who could then never replace
// it. So ours has another name, and the linker's --wrap puts this in the place of the port's
// choice.
//
// Before them modcore looks at how the starts before went. In safe mode what is the user's does not
// run. An exception that ends boot.py or main.py is handed to modcore, which notes it and restarts.
//
// Until modcore's REPL listens, Ctrl-C waits on the console like any other byte: a tool that
// connects while the device starts is answered a little later, and does not stop the device from
// starting.

#include <string.h>

#include "py/builtin.h"
#include "py/frozenmod.h"
#include "py/lexer.h"
#include "py/runtime.h"
#include "shared/runtime/pyexec.h"

#include "main_py.h"

bool main_py_exited;

// Whether what is executed now is boot.py or main.py.
static bool watching;

// Pyexec calls it behind every execution; see MICROPY_BOARD_AFTER_PYTHON_EXEC.
void main_py_after_exec(void *exception, int result) {
    if (!watching || result != 0) {
        return;
    }
    nlr_buf_t nlr;
    if (nlr_push(&nlr) == 0) {
        // on_boot.py has made room for it.
        mp_store_global(qstr_from_str("__crash__"), MP_OBJ_FROM_PTR(exception));
        nlr_pop();
    }
}

int __real_pyexec_file_if_exists(const char *filename);
int __wrap_pyexec_file_if_exists(const char *filename);

static bool exists(const char *filename) {
    return mp_import_stat(filename) == MP_IMPORT_STAT_FILE;
}

// Firmware for a benchmark does without modcore.
static int run_frozen(const char *name, bool interruptible) {
    return mp_find_frozen_module(name, NULL, NULL) == MP_IMPORT_STAT_FILE
               ? pyexec_frozen_module(name, interruptible)
               : 1;
}

static int run(const char *filename, bool is_main) {
    static bool safe;
    if (!is_main) {
        safe = run_frozen("modcore/on_boot.py", false) & PYEXEC_FORCED_EXIT;
    }
    watching = true;
    int result = 1;
    if (!safe && exists(filename)) {
        result = __real_pyexec_file_if_exists(filename);
    } else if (is_main) {
        result = run_frozen("modcore_main.py", false);
    }
    watching = false;
    if (result == 0) {
        run_frozen("modcore/on_crash.py", true);
    }
    return result;
}

int __wrap_pyexec_file_if_exists(const char *filename) {
    if (strcmp(filename, "boot.py") == 0) {
        return run(filename, false);
    }
    if (strcmp(filename, "main.py") != 0) {
        return __real_pyexec_file_if_exists(filename);
    }
    int result = run(filename, true);
    main_py_exited = result & PYEXEC_FORCED_EXIT;
    return result;
}
