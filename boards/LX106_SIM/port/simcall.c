#include "port/simcall.h"

#include <stdlib.h>
#include <string.h>

enum {
    SYS_EXIT = 1,
    SYS_READ = 3,
    SYS_WRITE = 4,
    SYS_LSEEK = 19,
    SYS_SELECT_ONE = 29,
    SYS_ARGC = 1000,
    SYS_ARGV_SIZE = 1001,
    SYS_ARGV = 1002,
};

#define SEEK_FROM_START (0)
#define SEEK_FROM_END (2)
#define SELECT_READ (1)
#define ARGUMENTS_MAX (1024)

static int32_t simcall(int32_t number, uintptr_t first, uintptr_t second, uintptr_t third) {
    register int32_t a2 __asm__("a2") = number;
    register uintptr_t a3 __asm__("a3") = first;
    register uintptr_t a4 __asm__("a4") = second;
    register uintptr_t a5 __asm__("a5") = third;
    __asm__ volatile("simcall" : "+r"(a2), "+r"(a3) : "r"(a4), "r"(a5) : "memory");
    return a2;
}

_Noreturn void sim_exit(int status) {
    for (;;) {
        simcall(SYS_EXIT, (uintptr_t)status, 0, 0);
    }
}

int sim_read(int fd, void *buffer, size_t size) {
    return simcall(SYS_READ, (uintptr_t)fd, (uintptr_t)buffer, size);
}

int sim_write(int fd, const void *data, size_t length) {
    return simcall(SYS_WRITE, (uintptr_t)fd, (uintptr_t)data, length);
}

bool sim_read_all(int fd, void *buffer, size_t size) {
    for (size_t done = 0; done < size;) {
        int count = sim_read(fd, (uint8_t *)buffer + done, size - done);
        if (count <= 0) {
            return false;
        }
        done += (size_t)count;
    }
    return true;
}

bool sim_write_all(int fd, const void *data, size_t length) {
    for (size_t done = 0; done < length;) {
        int count = sim_write(fd, (const uint8_t *)data + done, length - done);
        if (count <= 0) {
            return false;
        }
        done += (size_t)count;
    }
    return true;
}

void sim_seek(int fd, uint32_t position) {
    simcall(SYS_LSEEK, (uintptr_t)fd, position, SEEK_FROM_START);
}

uint32_t sim_size(int fd) {
    return (uint32_t)simcall(SYS_LSEEK, (uintptr_t)fd, 0, SEEK_FROM_END);
}

bool sim_readable(int fd, uint32_t timeout_ms) {
    uint32_t timeout[2] = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    return simcall(SYS_SELECT_ONE, (uintptr_t)fd, SELECT_READ, (uintptr_t)timeout) > 0;
}

int32_t sim_option(const char *name, int32_t otherwise) {
    static uint32_t arguments[ARGUMENTS_MAX / sizeof(uint32_t)];
    static bool loaded;
    if (!loaded) {
        if (simcall(SYS_ARGV_SIZE, 0, 0, 0) > ARGUMENTS_MAX) {
            return otherwise;
        }
        simcall(SYS_ARGV, (uintptr_t)arguments, 0, 0);
        loaded = true;
    }
    size_t length = strlen(name);
    for (const uint32_t *argument = arguments; *argument != 0; argument++) {
        const char *text = (const char *)*argument;
        if (strncmp(text, name, length) == 0 && text[length] == '=') {
            int32_t number = 0;
            for (const char *digit = text + length + 1; *digit != '\0'; digit++) {
                number = 10 * number + (*digit - '0');
            }
            return number;
        }
    }
    return otherwise;
}
