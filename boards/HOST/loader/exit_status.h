// How the boot loader ends. Part of its interface: scripts and tests read it.

#ifndef HOST_LOADER_EXIT_STATUS_H
#define HOST_LOADER_EXIT_STATUS_H

enum {
    EXIT_STATUS_STOPPED = 0,      // by Ctrl-C, SIGTERM, SIGQUIT or SIGHUP
    EXIT_STATUS_ERROR = 1,        // a file or system call failed
    EXIT_STATUS_USAGE = 2,        // wrong options
    EXIT_STATUS_NOT_BOOTABLE = 3, // the flash holds nothing to start
    EXIT_STATUS_POWER_CUT = 4,    // --cut or --cut-inside came true
};

#endif
