// A firmware of one page: does what the console tells it to, one letter a command.

#define _GNU_SOURCE

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chip/flash.h"
#include "chip/registers.h"

static registers_t *registers;

static void end(uint32_t request) {
    registers->reset_request = request;
    _exit(0);
}

static void power_cut(void) {
    end(RESET_REQUEST_POWER_CUT);
}

static void on_interrupt(int number) {
    (void)number;
    static const char text[] = "interrupted\n";
    if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0) {
        abort();
    }
}

static void flood(void) {
    static char line[64];
    memset(line, '.', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\n';
    for (int i = 0; i < 16 * 1024; i++) {
        fwrite(line, 1, sizeof(line), stdout);
    }
    printf("flooded\n");
}

static void program_flash(void) {
    flash_t flash;
    flash_open(&flash, CHIP_FLASH_FD, registers, power_cut);
    flash_program(&flash, flash.size - 4, "done", 4);
    printf("programmed\n");
}

static void hang(void) {
    registers->watchdog_deadline = registers_clock_ms() + 100;
    registers->watchdog_armed = 1;
    for (;;) {
    }
}

static void obey(int command) {
    switch (command) {
    case 'a':
        abort();
    case 'd':
        registers->deep_sleep_ms = 100;
        end(RESET_REQUEST_DEEP_SLEEP);
        break;
    case 'f':
        program_flash();
        break;
    case 'i':
        signal(SIGINT, on_interrupt);
        registers->interrupt_char = 3;
        printf("interruptible\n");
        break;
    case 'l':
        flood();
        break;
    case 'm':
        registers->rtc_user_length++;
        break;
    case 'p':
        printf("pid %d\n", (int)getpid());
        break;
    case 'r':
        end(RESET_REQUEST_RESET);
        break;
    case 't':
        signal(SIGTERM, SIG_IGN);
        printf("stubborn\n");
        break;
    case 'w':
        hang();
        break;
    case 'x':
        exit(7);
    default:
        printf("<%02x>\n", command);
        break;
    }
}

int main(void) {
    registers = registers_map(CHIP_REGISTERS_FD);
    printf("ready cause %u app %x memory %u heap %u\n", (unsigned)registers->reset_cause,
           (unsigned)registers->running_app, (unsigned)registers->rtc_user_length,
           (unsigned)registers->heap_size);
    for (;;) {
        fflush(stdout);
        char command;
        if (read(STDIN_FILENO, &command, 1) == 1) {
            obey((unsigned char)command);
        }
    }
}
