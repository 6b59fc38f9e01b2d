// The chip around the firmware: boot ROM, boot loader, UART, reset and watchdog.

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot.h"
#include "chip/flash.h"
#include "chip/partition_table.h"
#include "chip/registers.h"
#include "chip/world.h"
#include "console.h"
#include "control.h"
#include "exit_status.h"
#include "options.h"
#include "program.h"
#include "terminal.h"

// How often the watchdog's clock ticks.
#define TICK_MS (50)
#define STOP_PATIENCE_MS (5000)
// A program that ran this long did not crash on start.
#define STABLE_MS (10000)
#define CRASH_DELAY_MAX_MS (30000)

typedef struct {
    int flash_fd;
    int registers_fd;
    int world_fd;
    int signal_fd;
    sigset_t original_signals;
    registers_t *registers;
    world_t *world;
    flash_t flash;
    console_t console;
    control_t control;
    program_t program;
    const char *tool; // to run the program under, or NULL
    bool stopping;
    uint32_t crash_count; // in a row
} chip_t;

static _Noreturn void fail(const char *what) {
    int error = errno;
    terminal_restore();
    fprintf(stderr, "loader: %s: %s\n", what, strerror(error));
    exit(EXIT_STATUS_ERROR);
}

// The power went while the boot loader itself wrote to the flash.
static void power_cut(void) {
    terminal_restore();
    fprintf(stderr, "boot: power cut\n");
    _exit(EXIT_STATUS_POWER_CUT);
}

static int open_flash(const char *path) {
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        fail(path);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        fprintf(stderr, "loader: %s is in use by another loader\n", path);
        exit(EXIT_STATUS_ERROR);
    }
    return fd;
}

// A chip's identity that stays with its flash: locally administered, from the file's path (FNV-1a).
static void make_mac(const char *flash_path, uint8_t mac[6]) {
    char *path = realpath(flash_path, NULL);
    uint64_t hash = 0xcbf29ce484222325;
    for (const char *c = path == NULL ? flash_path : path; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 0x100000001b3;
    }
    free(path);
    mac[0] = 0x02;
    for (int i = 1; i < 6; i++) {
        mac[i] = (uint8_t)(hash >> 8 * i);
    }
}

static void power_on(chip_t *chip, const options_t *options) {
    chip->flash_fd = open_flash(options->flash_path);
    chip->registers_fd = registers_create();
    if (chip->registers_fd < 0) {
        fail("cannot make the registers");
    }
    registers_t *registers = registers_map(chip->registers_fd);
    if (registers == NULL) {
        fail("cannot map the registers");
    }
    chip->registers = registers;
    registers->profile = options->profile;
    registers->heap_size = options->heap_size;
    registers->socket_max = options->socket_max;
    registers->reset_cause = RESET_CAUSE_POWER_ON;
    registers->cut_operation = options->cut_operation;
    registers->cut_inside = options->cut_inside;
    registers->cut_seed = options->cut_seed;
    make_mac(options->flash_path, registers->mac);
    air_init(&registers->air);

    esp_err_t error = flash_open(&chip->flash, chip->flash_fd, registers, power_cut);
    if (error == ESP_ERR_INVALID_SIZE) {
        fprintf(stderr, "loader: %s: the size is not a multiple of 4 KiB\n", options->flash_path);
        exit(EXIT_STATUS_ERROR);
    }
    if (error != ESP_OK) {
        fail(options->flash_path);
    }
}

static void make_world(chip_t *chip, const options_t *options) {
    chip->world_fd = world_create();
    if (chip->world_fd < 0) {
        fail("cannot make the world");
    }
    chip->world = world_map(chip->world_fd);
    if (chip->world == NULL) {
        fail("cannot map the world");
    }
    chip->world->fast = options->fast_clock;
    chip->world->grace_ms = options->grace_ms;
    if (!control_open(&chip->control, chip->world, chip->registers, options->control_path)) {
        fail(options->control_path == NULL ? "cannot open the control channel"
                                           : options->control_path);
    }
}

static void take_signals(chip_t *chip) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGQUIT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, &chip->original_signals);
    signal(SIGPIPE, SIG_IGN);
    chip->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (chip->signal_fd < 0) {
        fail("cannot take signals");
    }
}

// Waits for some time, a tick at most; moves the console's bytes, carries out commands, and notes a
// wish to stop.
static void run_outside(chip_t *chip, int timeout_ms) {
    enum { POLL_CONTROL = CONSOLE_POLL_COUNT, POLL_SIGNAL = POLL_CONTROL + CONTROL_POLL_COUNT };
    struct pollfd polls[POLL_SIGNAL + 1];
    console_prepare(&chip->console, &chip->program, polls);
    control_prepare(&chip->control, &polls[POLL_CONTROL]);
    polls[POLL_SIGNAL] = (struct pollfd){.fd = chip->signal_fd, .events = POLLIN};
    if (poll(polls, POLL_SIGNAL + 1, timeout_ms) < 0) {
        return;
    }
    struct signalfd_siginfo signal;
    while (read(chip->signal_fd, &signal, sizeof(signal)) == (ssize_t)sizeof(signal)) {
        if (signal.ssi_signo != SIGCHLD) {
            chip->stopping = true;
        }
    }
    if (!console_run(&chip->console, &chip->program, polls)) {
        chip->stopping = true;
    }
    control_run(&chip->control, &chip->program, &polls[POLL_CONTROL]);
}

static void run_console(chip_t *chip) {
    run_outside(chip, TICK_MS);
}

// How many milliseconds the computer may wait for what is due next, a tick at most.
static int wait_until(const world_t *world, world_time_t end) {
    world_time_t next = world_next(world);
    next = next < end ? next : end;
    world_time_t left =
        next == WORLD_NEVER || world->fast ? TICK_MS * 1000 : next - world_now(world);
    return left <= 0 ? 0 : left >= TICK_MS * 1000 ? TICK_MS : (int)(left / 1000) + 1;
}

static void wait_ms(chip_t *chip, uint32_t ms) {
    uint32_t start = registers_clock_ms();
    while (!chip->stopping && registers_clock_ms() - start < ms) {
        run_console(chip);
    }
}

static bool start_program(chip_t *chip) {
    partition_table_t table;
    esp_err_t error = partition_table_read(&chip->flash, &table);
    if (error != ESP_OK) {
        fprintf(stderr, "boot: no usable partition table: %s\n", esp_err_to_name(error));
        return false;
    }
    boot_choice_t choice;
    if (!boot_choose(&chip->flash, &table, &choice)) {
        fprintf(stderr, "boot: no bootable app in the flash; write one, or start afresh\n");
        return false;
    }
    int elf_fd = boot_load(&chip->flash, &choice.image);
    if (elf_fd < 0) {
        fail("cannot load the app");
    }
    registers_t *registers = chip->registers;
    registers->running_app = choice.partition->address;
    registers->reset_request = RESET_REQUEST_NONE;
    registers->interrupt_char = -1;
    registers->watchdog_armed = 0;
    radio_init(&registers->radio, registers->mac);
    registers->wake_ext0_pin = -1;
    registers->wake_ext1_low = registers->wake_ext1_high = 0;
    world_reset_pins(chip->world, false);
    chip->control.reset_cause = 0;
    const int fds[PROGRAM_FD_COUNT] = {chip->flash_fd, chip->registers_fd, chip->world_fd,
                                       chip->control.answer_fd};
    if (!program_start(&chip->program, elf_fd, fds, &chip->original_signals, chip->tool)) {
        fail("cannot start the app");
    }
    close(elf_fd);
    return true;
}

static bool watchdog_bites(const chip_t *chip) {
    return chip->registers->watchdog_armed &&
           (int32_t)(world_clock_ms(chip->world) - chip->registers->watchdog_deadline) >= 0;
}

// Runs the program until it ends. Returns its wait status; *watchdog: the watchdog ended it.
static int run_program(chip_t *chip, bool *watchdog) {
    int status;
    bool asked_to_stop = false;
    uint32_t stop_time = 0;
    *watchdog = false;
    while (waitpid(chip->program.pid, &status, WNOHANG) == 0) {
        run_console(chip);
        if (!chip->stopping) {
            if (chip->control.reset_cause != 0) {
                kill(chip->program.pid, SIGKILL);
            } else if (watchdog_bites(chip) && !*watchdog) {
                *watchdog = true;
                kill(chip->program.pid, SIGKILL);
            }
        } else if (!asked_to_stop) {
            asked_to_stop = true;
            stop_time = registers_clock_ms();
            kill(chip->program.pid, SIGTERM);
        } else if (registers_clock_ms() - stop_time > STOP_PATIENCE_MS) {
            kill(chip->program.pid, SIGKILL);
        }
    }
    console_drain(&chip->console, &chip->program);
    program_close(&chip->program);
    control_take_over(&chip->control);
    return status;
}

// A program that crashes as soon as it starts must not keep the computer busy.
static void slow_down(chip_t *chip, uint32_t run_time) {
    chip->crash_count = run_time < STABLE_MS ? chip->crash_count + 1 : 1;
    if (chip->crash_count < 2) {
        return;
    }
    uint32_t delay = CRASH_DELAY_MAX_MS;
    if (chip->crash_count < 7) {
        delay = 250u << chip->crash_count;
    }
    fprintf(stderr, "boot: %u crashes in a row, waiting %u ms\n", (unsigned)chip->crash_count,
            (unsigned)delay);
    wait_ms(chip, delay);
}

static void panic(chip_t *chip, int status, uint32_t run_time) {
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "boot: the app crashed: %s\n", strsignal(WTERMSIG(status)));
    } else {
        fprintf(stderr, "boot: the app ended with status %d\n", WEXITSTATUS(status));
    }
    chip->registers->reset_cause = RESET_CAUSE_PANIC;
    slow_down(chip, run_time);
}

// The fast clock jumps to the next thing that happens, or to the end of the sleep. Returns false
// when it may not.
static bool jump(chip_t *chip, world_time_t end) {
    world_t *world = chip->world;
    world_time_t next = world_next(world);
    next = next < end ? next : end;
    if (next > world->limit_us) {
        world_set_clock(world, world->limit_us);
        control_answer_step(&chip->control);
        return false;
    }
    if (next == WORLD_NEVER) {
        return false;
    }
    if (next > world->clock_us) {
        world_set_clock(world, next);
    }
    return true;
}

static void sleep_deeply(chip_t *chip) {
    registers_t *registers = chip->registers;
    world_t *world = chip->world;
    world_time_t end = WORLD_NEVER;
    if (registers->deep_sleep_ms != 0) {
        end = world_now(world) + (world_time_t)registers->deep_sleep_ms * 1000;
    }
    registers->reset_cause = RESET_CAUSE_DEEP_SLEEP;
    registers->wake_cause = WAKE_CAUSE_NONE;
    chip->crash_count = 0;
    world_reset_pins(world, true);
    while (!chip->stopping && chip->control.reset_cause == 0) {
        registers->wake_cause = world_wake_cause(world, registers, WAKE_FROM_DEEP_SLEEP);
        if (registers->wake_cause != WAKE_CAUSE_NONE) {
            break;
        }
        // The pins are looked at after each of the things that are due.
        if (world_run_one(world, world_now(world))) {
            continue;
        }
        if (world_now(world) >= end) {
            registers->wake_cause = WAKE_CAUSE_TIMER;
            break;
        }
        bool jumped = world->fast && jump(chip, end);
        run_outside(chip, jumped ? 0 : wait_until(world, end));
    }
}

static void reset_from_outside(chip_t *chip) {
    bool sagged = chip->control.reset_cause == RESET_CAUSE_BROWNOUT;
    fprintf(stderr, "boot: %s\n", sagged ? "brown-out" : "reset button");
    chip->registers->reset_cause = chip->control.reset_cause;
    chip->crash_count = 0;
}

// One life of the firmware, from reset to reset. Returns false when there is no next one.
static bool run_once(chip_t *chip, int *exit_status) {
    if (!start_program(chip)) {
        *exit_status = EXIT_STATUS_NOT_BOOTABLE;
        return false;
    }
    uint32_t start = registers_clock_ms();
    bool watchdog;
    int status = run_program(chip, &watchdog);
    uint32_t run_time = registers_clock_ms() - start;
    uint32_t request = chip->registers->reset_request;
    if (request == RESET_REQUEST_POWER_CUT) {
        fprintf(stderr, "boot: power cut\n");
        *exit_status = EXIT_STATUS_POWER_CUT;
        return false;
    }
    if (chip->stopping) {
        return false;
    }
    chip->registers->wake_cause = WAKE_CAUSE_NONE;
    if (WIFSIGNALED(status) && chip->control.reset_cause != 0) {
        reset_from_outside(chip);
    } else if (watchdog || request == RESET_REQUEST_WATCHDOG) {
        fprintf(stderr, "boot: watchdog reset\n");
        chip->registers->reset_cause = RESET_CAUSE_WATCHDOG;
        slow_down(chip, run_time);
    } else if (WIFEXITED(status) && request == RESET_REQUEST_RESET) {
        chip->registers->reset_cause = RESET_CAUSE_SOFTWARE;
        chip->crash_count = 0;
    } else if (WIFEXITED(status) && request == RESET_REQUEST_DEEP_SLEEP) {
        sleep_deeply(chip);
        if (chip->control.reset_cause != 0) {
            reset_from_outside(chip);
        }
    } else {
        panic(chip, status, run_time);
    }
    return !chip->stopping;
}

int main(int argc, char **argv) {
    options_t options = options_parse(argc, argv);
    chip_t chip = {.program = {.input = -1, .output = -1}, .tool = options.tool};
    power_on(&chip, &options);
    make_world(&chip, &options);
    take_signals(&chip);
    if (!console_open(&chip.console, chip.registers, options.pty_link, options.use_terminal)) {
        fail(options.pty_link == NULL ? "cannot open a pty" : options.pty_link);
    }
    fprintf(stderr, "boot: console on %s\n", chip.console.pty.name);
    int exit_status = EXIT_STATUS_STOPPED;
    while (run_once(&chip, &exit_status)) {
    }
    console_close(&chip.console);
    control_close(&chip.control);
    return exit_status;
}
