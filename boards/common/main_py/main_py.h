// What became of main.py.
#pragma once

#include <stdbool.h>

// Whether it ended by SystemExit: machine.soft_reset(), sys.exit(), or Ctrl-D at the prompt of
// modcore.
extern bool main_py_exited;

// What MICROPY_BOARD_AFTER_PYTHON_EXEC of each board calls; `exception` is NULL where there was
// none.
void main_py_after_exec(void *exception, int result);
