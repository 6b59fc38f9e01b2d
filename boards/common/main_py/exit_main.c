// Restarts when main.py wants to, on ports that would show MicroPython's prompt then.
//
// The ESP8266's port takes note of SystemExit at its prompt, not in main.py. So the prompt, which
// the linker's --wrap replaces, ends at once as if SystemExit had been raised there, and the port
// does what it does then: it sweeps the heap, says "soft reboot" and begins anew.

#include "shared/runtime/pyexec.h"

#include "main_py.h"

int __real_pyexec_friendly_repl(void);
int __wrap_pyexec_friendly_repl(void);
int __real_pyexec_raw_repl(void);
int __wrap_pyexec_raw_repl(void);

static bool exits(void) {
    bool now = main_py_exited;
    main_py_exited = false;
    return now;
}

int __wrap_pyexec_friendly_repl(void) {
    return exits() ? PYEXEC_FORCED_EXIT : __real_pyexec_friendly_repl();
}

int __wrap_pyexec_raw_repl(void) {
    return exits() ? PYEXEC_FORCED_EXIT : __real_pyexec_raw_repl();
}
