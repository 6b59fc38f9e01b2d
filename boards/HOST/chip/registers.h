// The registers of the emulated chip: one page of shared memory.
//
// The boot loader creates the page and keeps it across resets, so that it behaves like the chip's
// RTC domain: power-on clears it, a reset does not. The program maps the same page. Both run on the
// same computer, but not always with the same word size: every field has a fixed width and an
// offset that does not depend on it.

#ifndef HOST_CHIP_REGISTERS_H
#define HOST_CHIP_REGISTERS_H

#include <stdint.h>

#include "air.h"
#include "radio.h"

// File descriptors that a program finds open when it starts, after the console's 0, 1 and 2.
#define CHIP_FLASH_FD (3)
#define CHIP_REGISTERS_FD (4)

#define REGISTERS_MAGIC (0x54534f48)
#define RTC_MEMORY_SIZE (8192)

enum chip_profile {
    PROFILE_ESP32 = 1,
    PROFILE_ESP8266 = 2,
};

// Why the chip runs.
enum reset_cause {
    RESET_CAUSE_POWER_ON = 1,
    RESET_CAUSE_SOFTWARE = 2,
    RESET_CAUSE_WATCHDOG = 3,
    RESET_CAUSE_DEEP_SLEEP = 4,
    RESET_CAUSE_PANIC = 5,
    RESET_CAUSE_BROWNOUT = 6,
    RESET_CAUSE_EXTERNAL = 7, // the button at the chip's reset pin
};

// What a program asks for by ending.
enum reset_request {
    RESET_REQUEST_NONE = 0,
    RESET_REQUEST_RESET = 1,
    RESET_REQUEST_DEEP_SLEEP = 2,
    RESET_REQUEST_POWER_CUT = 3,
    RESET_REQUEST_WATCHDOG = 4, // the fast clock has come to the watchdog's deadline
};

// What ended a sleep: ESP-IDF's numbers.
enum wake_cause {
    WAKE_CAUSE_NONE = 0,
    WAKE_CAUSE_EXT0 = 2,
    WAKE_CAUSE_EXT1 = 3,
    WAKE_CAUSE_TIMER = 4,
};

// MicroPython's machine.SLEEP and machine.DEEPSLEEP.
#define WAKE_FROM_LIGHT_SLEEP (2)
#define WAKE_FROM_DEEP_SLEEP (4)

typedef struct {
    uint32_t magic;

    // Set by the boot loader.
    uint32_t profile;     // enum chip_profile
    uint32_t heap_size;   // bytes
    uint32_t reset_cause; // enum reset_cause
    uint32_t running_app; // flash address of the running app's partition
    uint8_t mac[6];       // the chip's identity
    uint16_t socket_max;  // open sockets at a time; 0: as many as the chip has

    // Set by the program.
    uint32_t reset_request;     // enum reset_request
    uint32_t deep_sleep_ms;     // how long to sleep; 0: until the boot loader is stopped
    int32_t interrupt_char;     // this byte on the console interrupts the program; -1: none does
    uint32_t watchdog_armed;    // 0 or 1
    uint32_t watchdog_deadline; // milliseconds of the world's clock; the watchdog resets the chip

    // Pins that wake the chip. ext0: one that has a level. ext1: any of the mask's that is high, or
    // all of them low.
    int32_t wake_ext0_pin; // -1: none
    uint32_t wake_ext0_level;
    uint32_t wake_ext0_sleeps; // bits: which sleeps it ends
    uint32_t wake_ext1_low;    // pins 0 to 31
    uint32_t wake_ext1_high;
    uint32_t wake_ext1_level;
    uint32_t wake_cause; // enum wake_cause of the last sleep

    // The flash chip: operations so far, and where to cut the power.
    uint32_t flash_operations;
    uint32_t cut_operation; // 1 is the next one after power-on; 0: never
    uint32_t cut_inside;    // 0: before the operation, 1: part of it happens
    uint32_t cut_seed;      // which part

    // The RTC: the difference to the computer's clock, and memory that only power-on clears.
    uint32_t rtc_offset_low; // microseconds, a two's complement number of 64 bits
    uint32_t rtc_offset_high;
    uint32_t rtc_user_length; // bytes of rtc_memory in use by machine.RTC().memory()
    uint8_t rtc_memory[RTC_MEMORY_SIZE];

    // No part of the chip: it survives all resets. Set by the boot loader.
    air_t air;

    // Cleared by every reset, used by the program.
    radio_t radio;
} registers_t;

// Makes a new page, all zero but for the magic number. Returns a file descriptor, or -1 with errno.
int registers_create(void);

// Maps the page behind fd. Returns NULL when fd is no such page.
registers_t *registers_map(int fd);

// Milliseconds of the clock that the watchdog runs on. It wraps: compare differences.
uint32_t registers_clock_ms(void);

#endif
