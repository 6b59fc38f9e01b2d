// What runs after boot.py: the user's /main.py, and where there is none the frozen modcore_main.py.
//
// The ports of the chips look for a frozen main.py before the user's, who could then never replace
// it. So ours has another name, and the linker's --wrap puts this in the place of the port's
// choice.
//
// Until modcore's REPL listens, Ctrl-C waits on the console like any other byte: a tool that
// connects while the device starts is answered a little later, and does not stop the device from
// starting.

#include <string.h>

#include "py/builtin.h"
#include "py/lexer.h"
#include "shared/runtime/pyexec.h"

#include "main_py.h"

bool main_py_exited;

int __real_pyexec_file_if_exists(const char *filename);
int __wrap_pyexec_file_if_exists(const char *filename);

int __wrap_pyexec_file_if_exists(const char *filename) {
    if (strcmp(filename, "main.py") != 0) {
        return __real_pyexec_file_if_exists(filename);
    }
    int result = mp_import_stat(filename) == MP_IMPORT_STAT_FILE
                     ? __real_pyexec_file_if_exists(filename)
                     : pyexec_frozen_module("modcore_main.py", false);
    main_py_exited = result & PYEXEC_FORCED_EXIT;
    return result;
}
