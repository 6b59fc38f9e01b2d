#define _GNU_SOURCE

#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "terminal.h"

enum {
    POLL_OUTPUT, // of the program
    POLL_STDOUT,
    POLL_PTY,
    POLL_WATCH,
    POLL_TERMINAL,
};

enum {
    SINK_STDOUT,
    SINK_PTY,
};

// Standard output that does not block. Its own is shared with other programs, whose writes would
// no longer block either: it is opened anew where that means the same, a terminal or a pipe.
static int open_stdout(void) {
    struct stat status;
    if (fstat(STDOUT_FILENO, &status) == 0 &&
        (S_ISCHR(status.st_mode) || S_ISFIFO(status.st_mode))) {
        int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd >= 0) {
            return fd;
        }
    }
    return STDOUT_FILENO;
}

bool console_open(console_t *console, registers_t *registers, const char *pty_link,
                  bool use_terminal) {
    console->registers = registers;
    if (!pty_open(&console->pty, pty_link)) {
        return false;
    }
    console->has_terminal = use_terminal && terminal_take();
    sink_init(&console->sinks[SINK_STDOUT], open_stdout(), true);
    // Where the system cannot tell who listens, somebody may.
    sink_init(&console->sinks[SINK_PTY], console->pty.master, console->pty.watch < 0);
    return true;
}

static bool sinks_are_ready(const console_t *console) {
    return sink_is_ready(&console->sinks[SINK_STDOUT]) && sink_is_ready(&console->sinks[SINK_PTY]);
}

void console_prepare(const console_t *console, const program_t *program,
                     struct pollfd polls[CONSOLE_POLL_COUNT]) {
    bool runs = program->pid != 0;
    // poll() passes over negative descriptors.
    polls[POLL_OUTPUT] = (struct pollfd){
        .fd = runs && sinks_are_ready(console) ? program->output : -1,
        .events = POLLIN,
    };
    polls[POLL_STDOUT] = (struct pollfd){
        .fd = sink_is_waiting(&console->sinks[SINK_STDOUT]) ? console->sinks[SINK_STDOUT].fd : -1,
        .events = POLLOUT,
    };
    polls[POLL_PTY] = (struct pollfd){
        .fd = console->pty.master,
        .events = POLLIN,
    };
    if (sink_is_waiting(&console->sinks[SINK_PTY])) {
        polls[POLL_PTY].events |= POLLOUT;
    }
    polls[POLL_WATCH] = (struct pollfd){.fd = console->pty.watch, .events = POLLIN};
    polls[POLL_TERMINAL] = (struct pollfd){
        .fd = console->has_terminal ? STDIN_FILENO : -1,
        .events = POLLIN,
    };
}

// Like a UART whose buffer is full, drops what the program does not take.
static void send_input(const console_t *console, const program_t *program, const uint8_t *bytes,
                       size_t length) {
    if (program->pid == 0) {
        return;
    }
    size_t start = 0;
    for (size_t i = 0; i <= length; i++) {
        bool interrupts = i < length && bytes[i] == console->registers->interrupt_char;
        if (i < length && !interrupts) {
            continue;
        }
        if (i > start && write(program->input, &bytes[start], i - start) < 0) {
            // The buffer is full, or the program has just ended.
        }
        if (interrupts) {
            kill(program->pid, SIGINT);
        }
        start = i + 1;
    }
}

// Reads from one of the two inputs. Returns false when it has ended.
static bool receive(const console_t *console, const program_t *program, int fd) {
    uint8_t bytes[1024];
    ssize_t length = read(fd, bytes, sizeof(bytes));
    if (length > 0) {
        send_input(console, program, bytes, (size_t)length);
        return true;
    }
    return length < 0 && (errno == EAGAIN || errno == EINTR);
}

static void send_output(console_t *console, const program_t *program) {
    uint8_t bytes[SINK_SIZE];
    ssize_t length = read(program->output, bytes, sizeof(bytes));
    if (length <= 0) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        sink_put(&console->sinks[i], bytes, (size_t)length);
    }
}

bool console_run(console_t *console, const program_t *program,
                 const struct pollfd polls[CONSOLE_POLL_COUNT]) {
    if (polls[POLL_WATCH].revents & POLLIN) {
        bool open = pty_update(&console->pty);
        if (open != console->sinks[SINK_PTY].open) {
            sink_set_open(&console->sinks[SINK_PTY], open);
        }
    }
    if (polls[POLL_OUTPUT].revents & POLLIN) {
        send_output(console, program);
    }
    sink_run(&console->sinks[SINK_STDOUT], polls[POLL_STDOUT].revents != 0);
    sink_run(&console->sinks[SINK_PTY], polls[POLL_PTY].revents & POLLOUT);
    if (polls[POLL_PTY].revents & POLLIN) {
        receive(console, program, console->pty.master);
    }
    if (polls[POLL_TERMINAL].revents != 0) {
        return receive(console, program, STDIN_FILENO);
    }
    return true;
}

void console_drain(console_t *console, const program_t *program) {
    struct pollfd polls[CONSOLE_POLL_COUNT];
    for (;;) {
        console_prepare(console, program, polls);
        // The program is gone: readable at once, or the end.
        bool may_read = polls[POLL_OUTPUT].fd >= 0;
        if (poll(polls, CONSOLE_POLL_COUNT, may_read ? 0 : SINK_PATIENCE_MS / 4) < 0) {
            return;
        }
        if (may_read && !(polls[POLL_OUTPUT].revents & POLLIN)) {
            return;
        }
        polls[POLL_PTY].revents &= ~POLLIN;
        polls[POLL_TERMINAL].revents = 0;
        console_run(console, program, polls);
    }
}

void console_close(console_t *console) {
    terminal_restore();
    pty_close(&console->pty);
}
