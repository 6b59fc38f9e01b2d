// What became of main.py.
#pragma once

#include <stdbool.h>

// Whether it ended by SystemExit: machine.soft_reset(), sys.exit(), or Ctrl-D at the prompt of
// modcore.
extern bool main_py_exited;
