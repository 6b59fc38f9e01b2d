// Reset and exceptions. The code at the reset vector, and the vectors' place in ROM, are QEMU's.

#include "port/panic.h"

    .section .reset.text, "ax"
    .global reset_vector
    .align  4
reset_vector:
    j       start
    .align  4
    .literal_position
start:
    movi    a0, 0x40000000
    wsr     a0, vecbase
    movi    a1, 0x40000000          // the stack grows down from here, as the chip's does
    movi    a0, 0x20                // PS.UM: exceptions go to the user vector
    wsr     a0, ps
    rsync
    movi    a0, main
    callx0  a0

    .section .vectors.text, "ax"
    .align  4
    .org    0x10
    j       on_exception            // debug
    .org    0x20
    j       on_exception            // NMI
    .org    0x30
    j       on_exception            // kernel
    .org    0x50
    j       on_exception            // user
    .org    0x70
    j       on_exception            // double
    .org    0x80
    .literal_position
on_exception:
    movi    a1, panic_stack + 4 * PANIC_STACK_WORDS
    rsr     a2, exccause
    rsr     a3, epc1
    rsr     a4, excvaddr
    movi    a0, panic
    callx0  a0
