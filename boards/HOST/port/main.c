// The life of the firmware: boot files, REPL, soft reset. Follows MicroPython's ESP32 port.

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "extmod/vfs.h"
#include "port/console.h"
#include "port/events.h"
#include "port/hardware.h"
#include "port/modmachine.h"
#include "py/cstack.h"
#include "py/gc.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/readline/readline.h"
#include "shared/runtime/pyexec.h"

// Runs the boot files in turn. Returns when the REPL is due; false: a reset was asked for.
static bool run_boot_files(void) {
    pyexec_frozen_module("_boot.py", false);
    int result = pyexec_file_if_exists("boot.py");
    if (result & PYEXEC_FORCED_EXIT) {
        return false;
    }
    if (result == 0 || pyexec_mode_kind != PYEXEC_MODE_FRIENDLY_REPL) {
        return true;
    }
    result = pyexec_file_if_exists("main.py");
    return !(result & PYEXEC_FORCED_EXIT);
}

static int run_repl_once(void) {
    nlr_buf_t nlr;
    if (nlr_push(&nlr) != 0) {
        // An interrupt that came just when the REPL took over, or the end.
        return 0;
    }
    int result =
        pyexec_mode_kind == PYEXEC_MODE_RAW_REPL ? pyexec_raw_repl() : pyexec_friendly_repl();
    nlr_pop();
    return result;
}

// From one soft reset to the next.
static void run_once(uint8_t *heap, size_t heap_size) {
    gc_init(heap, heap + heap_size);
    mp_init();
    mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_lib));
    readline_init0();

    if (!events_stop_requested() && run_boot_files() && !events_stop_requested()) {
        while (run_repl_once() == 0 && !events_stop_requested()) {
        }
    }

    gc_sweep_all();
    if (!events_stop_requested()) {
        mp_hal_stdout_tx_str("MPY: soft reboot\r\n");
    }
    machine_deinit();
    mp_deinit();
}

int main(void) {
    hardware_init();
    events_init();
    console_init();
    size_t heap_size = hardware.registers->heap_size;
    uint8_t *heap =
        mmap(NULL, heap_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (heap == MAP_FAILED) {
        abort();
    }
    mp_cstack_init_with_sp_here(HOST_STACK_SIZE);
    while (!events_stop_requested()) {
        run_once(heap, heap_size);
    }
    // Without atexit handlers: a chip that is switched off does not clean up either.
    _exit(EXIT_SUCCESS);
}

void nlr_jump_fail(void *val) {
    (void)val;
    abort();
}
