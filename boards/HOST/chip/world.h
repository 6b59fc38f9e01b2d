// What is around the chip: the circuit at its pins, time, and whoever plays with both.
//
// One page of shared memory. It outlives resets and deep sleep, as a circuit does. While a program
// runs, the world is the program's: its interrupt handlers make happen what is due, and carry out
// the commands of the control channel, which the boot loader posts here. Between programs it is the
// boot loader's. So at no time do two processes change it, and nothing here needs a lock.

#ifndef HOST_CHIP_WORLD_H
#define HOST_CHIP_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "chip/pins.h"
#include "chip/registers.h"

// File descriptors that a program finds open: this page, and an eventfd to be written to when a
// command has its answer. SIGUSR1 tells a program of a command.
#define CHIP_WORLD_FD (5)
#define CHIP_ANSWER_FD (6)

#define WORLD_MAGIC (0x444c524f)
#define WORLD_PIN_COUNT (40)
// Of a command or an answer, the terminating zero included.
#define WORLD_LINE_SIZE (1024)

// Microseconds of the world's clock. In both word sizes it lies at the same offset.
typedef int64_t world_time_t __attribute__((aligned(8)));
#define WORLD_NEVER (INT64_MAX)

// Who drives a pin from outside.
enum outside {
    OUTSIDE_OPEN = 0, // nobody
    OUTSIDE_LOW = 1,
    OUTSIDE_HIGH = 2,
};

#define MICROVOLTS_UNSET (-1)
#define SUPPLY_MICROVOLTS (3300000)

// A pin from both sides.
typedef struct {
    // The circuit.
    uint8_t outside;      // enum outside
    uint8_t signal_rest;  // enum outside: before and after a signal
    uint8_t signal_other; // enum outside: the signal's other side
    // The chip; a reset clears it.
    uint8_t mode;    // enum pin_mode
    uint8_t pull;    // enum pin_pull
    uint8_t output;  // level of the output latch
    uint8_t trigger; // enum pin_edge
    uint8_t reserved;
    int32_t microvolts; // what the ADC sees; MICROVOLTS_UNSET: what the level says
    uint32_t pwm_hz;
    uint32_t pwm_duty; // of 65536
    // A signal from outside: edge number i, from 1 on, comes at start + i * step / divisor.
    uint32_t signal_edges; // how many in all; 0: there is no signal
    uint32_t signal_done;
    uint32_t signal_step;
    uint32_t signal_divisor;
    uint32_t reserved2;
    world_time_t signal_start;
} world_pin_t;

typedef struct {
    uint32_t magic;

    // The clock. fast: it stands still while the program computes and jumps while it waits, but
    // not beyond the limit. Otherwise it is the computer's CLOCK_MONOTONIC.
    uint32_t fast;
    world_time_t clock_us; // of the fast clock
    world_time_t limit_us; // WORLD_NEVER: none
    uint32_t clock_ms;     // clock_us / 1000, wraps: for who must not read half a number
    uint32_t grace_ms; // how long the network and the console must have been quiet, in real time
    uint32_t stepping; // the answer to `clock step` is due when the limit is reached

    // The command that was asked last has its answer when the numbers are equal.
    uint32_t asked;
    uint32_t answered;
    char command[WORLD_LINE_SIZE];
    char answer[WORLD_LINE_SIZE];

    world_pin_t pins[WORLD_PIN_COUNT];
} world_t;

// Makes a page for a world at rest. Returns a file descriptor, or -1 with errno.
int world_create(void);

// Maps the page behind fd. Returns NULL when fd is no such page.
world_t *world_map(int fd);

// The chip's side of all pins as after a reset. keep_pulls: as in deep sleep.
void world_reset_pins(world_t *world, bool keep_pulls);

// Called for each edge at a pin, by the process that has the world. May stay NULL.
extern void (*world_on_edge)(unsigned pin, int level);

// The level at a pin, 0 or 1.
int world_level(const world_t *world, unsigned pin);

// To be called after a change of a pin, with the level from before: tells of the edge.
void world_note(world_t *world, unsigned pin, int before);

// As what the pins end a sleep, WAKE_FROM_LIGHT_SLEEP or WAKE_FROM_DEEP_SLEEP, with the levels that
// they have: an enum wake_cause.
uint32_t world_wake_cause(const world_t *world, const registers_t *registers, uint32_t sleep);

// The voltage at a pin as the ADC sees it.
int32_t world_microvolts(const world_t *world, unsigned pin);

// Starts a signal of `edges` edges at a pin: step / divisor microseconds from one to the next.
void world_start_signal(world_t *world, unsigned pin, world_time_t now, uint32_t edges,
                        uint32_t step, uint32_t divisor);

// When something is due next: WORLD_NEVER if nothing is.
world_time_t world_next(const world_t *world);

// Makes the first thing happen that is due by `now`. Returns false if nothing is.
bool world_run_one(world_t *world, world_time_t now);

// The clock that everything here goes by.
world_time_t world_now(const world_t *world);

// Milliseconds of that clock. They wrap: compare differences. The boot loader may ask while a
// program runs.
uint32_t world_clock_ms(const world_t *world);

// Puts the fast clock forward, and clock_ms with it.
void world_set_clock(world_t *world, world_time_t us);

// The RTC: microseconds since 2000-01-01. With the fast clock it starts there at power-on, as on
// the chip, else it is the computer's time; plus, in both cases, what it was set to.
int64_t world_rtc_us(const world_t *world, const registers_t *registers);
void world_set_rtc_us(const world_t *world, registers_t *registers, int64_t us);

#endif
