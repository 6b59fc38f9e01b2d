#define _GNU_SOURCE

#include "world.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_1970_TO_2000 (946684800)

void (*world_on_edge)(unsigned pin, int level);

// The two programs that share the page are not always of the same word size.
_Static_assert(offsetof(world_t, clock_us) == 8 && offsetof(world_pin_t, signal_start) == 40,
               "the layout does not depend on the word size");

int world_create(void) {
    int fd = memfd_create("world", MFD_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    world_t *world = NULL;
    if (ftruncate(fd, sizeof(world_t)) == 0) {
        void *page = mmap(NULL, sizeof(world_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        world = page == MAP_FAILED ? NULL : page;
    }
    if (world == NULL) {
        close(fd);
        return -1;
    }
    world->magic = WORLD_MAGIC;
    world->limit_us = WORLD_NEVER;
    for (unsigned pin = 0; pin < WORLD_PIN_COUNT; pin++) {
        world->pins[pin].microvolts = MICROVOLTS_UNSET;
    }
    munmap(world, sizeof(world_t));
    return fd;
}

world_t *world_map(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0 || status.st_size != sizeof(world_t)) {
        return NULL;
    }
    void *page = mmap(NULL, sizeof(world_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        return NULL;
    }
    world_t *world = page;
    return world->magic == WORLD_MAGIC ? world : NULL;
}

void world_reset_pins(world_t *world, bool keep_pulls) {
    for (unsigned number = 0; number < WORLD_PIN_COUNT; number++) {
        world_pin_t *pin = &world->pins[number];
        pin->mode = PIN_UNUSED;
        pin->output = 0;
        pin->trigger = 0;
        pin->pwm_hz = pin->pwm_duty = 0;
        if (!keep_pulls) {
            pin->pull = PULL_NONE;
        }
    }
}

static int pwm_level(const world_t *world, const world_pin_t *pin) {
    if (pin->pwm_hz == 0) {
        return 0;
    }
    uint64_t phase = (uint64_t)world_now(world) * pin->pwm_hz % 1000000;
    return phase * 65536 < (uint64_t)pin->pwm_duty * 1000000;
}

int world_level(const world_t *world, unsigned number) {
    const world_pin_t *pin = &world->pins[number];
    if (pin->mode == PIN_OUT) {
        return pin->output;
    }
    if (pin->mode == PIN_PWM) {
        return pwm_level(world, pin);
    }
    if ((pin->mode == PIN_OPEN_DRAIN && !pin->output) || pin->outside == OUTSIDE_LOW) {
        return 0;
    }
    return pin->outside == OUTSIDE_HIGH || pin->pull == PULL_UP;
}

void world_note(world_t *world, unsigned pin, int before) {
    int level = world_level(world, pin);
    if (level != before && world_on_edge != NULL) {
        world_on_edge(pin, level);
    }
}

uint32_t world_wake_cause(const world_t *world, const registers_t *registers, uint32_t sleep) {
    int32_t ext0 = registers->wake_ext0_pin;
    if (ext0 >= 0 && ext0 < WORLD_PIN_COUNT && (registers->wake_ext0_sleeps & sleep) &&
        world_level(world, (unsigned)ext0) == (int)registers->wake_ext0_level) {
        return WAKE_CAUSE_EXT0;
    }
    uint64_t mask = (uint64_t)registers->wake_ext1_high << 32 | registers->wake_ext1_low;
    uint64_t high = 0;
    for (unsigned pin = 0; pin < WORLD_PIN_COUNT; pin++) {
        high |= (uint64_t)world_level(world, pin) << pin;
    }
    bool wakes = registers->wake_ext1_level ? (high & mask) != 0 : (high & mask) == 0;
    return mask != 0 && wakes ? WAKE_CAUSE_EXT1 : WAKE_CAUSE_NONE;
}

int32_t world_microvolts(const world_t *world, unsigned number) {
    const world_pin_t *pin = &world->pins[number];
    if (pin->microvolts != MICROVOLTS_UNSET) {
        return pin->microvolts;
    }
    return world_level(world, number) ? SUPPLY_MICROVOLTS : 0;
}

void world_start_signal(world_t *world, unsigned number, world_time_t now, uint32_t edges,
                        uint32_t step, uint32_t divisor) {
    world_pin_t *pin = &world->pins[number];
    if (pin->signal_edges != 0) {
        pin->outside = pin->signal_rest;
    }
    pin->signal_rest = pin->outside;
    pin->signal_other = world_level(world, number) ? OUTSIDE_LOW : OUTSIDE_HIGH;
    pin->signal_edges = edges;
    pin->signal_done = 0;
    pin->signal_step = step;
    pin->signal_divisor = divisor;
    pin->signal_start = now;
}

static world_time_t signal_next(const world_pin_t *pin) {
    if (pin->signal_edges == 0) {
        return WORLD_NEVER;
    }
    return pin->signal_start +
           (int64_t)(pin->signal_done + 1) * pin->signal_step / pin->signal_divisor;
}

static void run_signal(world_t *world, unsigned number) {
    world_pin_t *pin = &world->pins[number];
    int before = world_level(world, number);
    pin->signal_done++;
    uint32_t left = pin->signal_edges - pin->signal_done;
    pin->outside = left % 2 == 0 ? pin->signal_rest : pin->signal_other;
    if (left == 0) {
        pin->signal_edges = 0;
    }
    world_note(world, number, before);
}

// The pin whose signal is due first, or WORLD_PIN_COUNT.
static unsigned first_pin(const world_t *world, world_time_t *due) {
    unsigned first = WORLD_PIN_COUNT;
    *due = WORLD_NEVER;
    for (unsigned number = 0; number < WORLD_PIN_COUNT; number++) {
        world_time_t next = signal_next(&world->pins[number]);
        if (next < *due) {
            *due = next;
            first = number;
        }
    }
    return first;
}

world_time_t world_next(const world_t *world) {
    world_time_t due;
    first_pin(world, &due);
    return due;
}

bool world_run_one(world_t *world, world_time_t now) {
    world_time_t due;
    unsigned first = first_pin(world, &due);
    if (due > now) {
        return false;
    }
    run_signal(world, first);
    return true;
}

static int64_t computer_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

world_time_t world_now(const world_t *world) {
    return world->fast ? world->clock_us : computer_us(CLOCK_MONOTONIC);
}

uint32_t world_clock_ms(const world_t *world) {
    return world->fast ? world->clock_ms : registers_clock_ms();
}

void world_set_clock(world_t *world, world_time_t us) {
    world->clock_us = us;
    world->clock_ms = (uint32_t)(us / 1000);
}

// What the RTC would show had it never been set.
static int64_t rtc_base_us(const world_t *world) {
    return world->fast ? world->clock_us
                       : computer_us(CLOCK_REALTIME) - SECONDS_1970_TO_2000 * 1000000LL;
}

int64_t world_rtc_us(const world_t *world, const registers_t *registers) {
    uint64_t offset = (uint64_t)registers->rtc_offset_high << 32 | registers->rtc_offset_low;
    return rtc_base_us(world) + (int64_t)offset;
}

void world_set_rtc_us(const world_t *world, registers_t *registers, int64_t us) {
    uint64_t offset = (uint64_t)(us - rtc_base_us(world));
    registers->rtc_offset_low = (uint32_t)offset;
    registers->rtc_offset_high = (uint32_t)(offset >> 32);
}
