#define _GNU_SOURCE

#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "chip/registers.h"
#include "chip/world.h"

// Beyond every descriptor that the program finds open.
#define FIRST_SPARE_FD (16)

static _Noreturn void fail_child(const char *what) {
    fprintf(stderr, "boot: %s: %s\n", what, strerror(errno));
    _exit(EXIT_FAILURE);
}

// The tool opens the program by its path, so the descriptor behind that has to outlive the exec.
static void exec_tool(const char *tool, int elf_fd) {
    char path[32];
    char command[1024];
    int length = snprintf(command, sizeof(command), "exec %s \"$0\"", tool);
    if (length >= (int)sizeof(command)) {
        errno = E2BIG;
        return;
    }
    fcntl(elf_fd, F_SETFD, 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", elf_fd);
    execl("/bin/sh", "sh", "-c", command, path, (char *)NULL);
}

// Standard input and output come first.
#define FD_COUNT (2 + PROGRAM_FD_COUNT)

static _Noreturn void run_child(pid_t parent, int elf_fd, const int fds[FD_COUNT],
                                const sigset_t *signals, const char *tool) {
    static const int targets[FD_COUNT] = {STDIN_FILENO,      STDOUT_FILENO, CHIP_FLASH_FD,
                                          CHIP_REGISTERS_FD, CHIP_WORLD_FD, CHIP_ANSWER_FD};
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
        _exit(EXIT_FAILURE);
    }
    // A session of its own: the keyboard's signals are for the boot loader.
    setsid();
    // Out of the way first: a target may be a source of the next.
    int spare[FD_COUNT];
    for (int i = 0; i < FD_COUNT; i++) {
        spare[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FIRST_SPARE_FD);
        if (spare[i] < 0) {
            fail_child("cannot copy a descriptor");
        }
    }
    elf_fd = fcntl(elf_fd, F_DUPFD_CLOEXEC, FIRST_SPARE_FD);
    for (int i = 0; i < FD_COUNT; i++) {
        if (dup2(spare[i], targets[i]) < 0) {
            fail_child("cannot copy a descriptor");
        }
    }
    // An interrupt that comes before the program can take it must not kill it.
    signal(SIGINT, SIG_IGN);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, signals, NULL);
    if (tool == NULL) {
        char *argv[] = {"firmware", NULL};
        fexecve(elf_fd, argv, environ);
    } else {
        exec_tool(tool, elf_fd);
    }
    fail_child("cannot start the app");
}

bool program_start(program_t *program, int elf_fd, const int fds[PROGRAM_FD_COUNT],
                   const sigset_t *signals, const char *tool) {
    int input[2];
    int output[2];
    if (pipe2(input, O_CLOEXEC) != 0) {
        return false;
    }
    if (pipe2(output, O_CLOEXEC) != 0) {
        close(input[0]);
        close(input[1]);
        return false;
    }
    fcntl(input[1], F_SETFL, O_NONBLOCK);
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        int all[FD_COUNT] = {input[0], output[1]};
        memcpy(&all[2], fds, PROGRAM_FD_COUNT * sizeof(fds[0]));
        run_child(parent, elf_fd, all, signals, tool);
    }
    close(input[0]);
    close(output[1]);
    program->input = input[1];
    program->output = output[0];
    program->pid = pid;
    if (pid < 0) {
        program_close(program);
        return false;
    }
    return true;
}

void program_close(program_t *program) {
    close(program->input);
    close(program->output);
    *program = (program_t){.pid = 0, .input = -1, .output = -1};
}
