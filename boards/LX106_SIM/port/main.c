// The life of the firmware: boot files, REPL, soft reset. Follows MicroPython's ESP8266 port.

#include "port/hardware.h"
#include "port/machine_pin.h"
#include "port/panic.h"
#include "port/simcall.h"
#include "port/waiting.h"
#include "py/cstack.h"
#include "py/gc.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/readline/readline.h"
#include "shared/runtime/pyexec.h"

#define STACK_TOP ((void *)0x40000000)
#define STACK_SIZE (8192)

// The chip's. In its memory: see lx106.ld.
__attribute__((section(".bss.chip_heap"))) static char chip_heap[38 * 1024];

// A larger one for tests that are not about memory (option `heap=BYTES`): memory of the simulation.
static char large_heap[1024 * 1024 - 4096];

void esp_native_code_init(void);

static void start(void) {
    size_t size = (size_t)sim_option("heap", 0);
    mp_cstack_init_with_top(STACK_TOP, STACK_SIZE);
    if (size == 0) {
        gc_init(chip_heap, chip_heap + sizeof(chip_heap));
    } else {
        gc_init(large_heap, large_heap + MIN(size, sizeof(large_heap)));
    }
    mp_init();
    mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_lib));
    mp_obj_list_append(mp_sys_path, MP_OBJ_NEW_QSTR(MP_QSTR__slash_));
    esp_native_code_init();
    readline_init0();

    pyexec_frozen_module("_boot.py", false);
    int result = pyexec_file_if_exists("boot.py");
    if (pyexec_mode_kind == PYEXEC_MODE_FRIENDLY_REPL && result != 0) {
        pyexec_file_if_exists("main.py");
    }
}

int main(void) {
    timer_init();
    hardware_init();
    for (;;) {
        start();
        while ((pyexec_mode_kind == PYEXEC_MODE_RAW_REPL ? pyexec_raw_repl()
                                                         : pyexec_friendly_repl()) == 0) {
        }
        gc_sweep_all();
        machine_pin_deinit_all();
        mp_hal_stdout_tx_str("MPY: soft reboot\r\n");
        mp_deinit();
    }
}
