#define _GNU_SOURCE

#include "registers.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int registers_create(void) {
    int fd = memfd_create("registers", MFD_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    registers_t *registers = NULL;
    if (ftruncate(fd, sizeof(registers_t)) == 0) {
        void *page = mmap(NULL, sizeof(registers_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        registers = page == MAP_FAILED ? NULL : page;
    }
    if (registers == NULL) {
        close(fd);
        return -1;
    }
    registers->magic = REGISTERS_MAGIC;
    registers->interrupt_char = -1;
    registers->wake_ext0_pin = -1;
    munmap(registers, sizeof(registers_t));
    return fd;
}

registers_t *registers_map(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0 || status.st_size != sizeof(registers_t)) {
        return NULL;
    }
    void *page = mmap(NULL, sizeof(registers_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) {
        return NULL;
    }
    registers_t *registers = page;
    return registers->magic == REGISTERS_MAGIC ? registers : NULL;
}

uint32_t registers_clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}
