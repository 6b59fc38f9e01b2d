// The control channel: a socket through which tests play the world around the chip.
//
// A client sends lines and gets a line for each: "ok", "ok VALUE" or "error: what to do". The
// world's commands are carried out by the program while one runs (chip/world.h), one at a time;
// what the program has no part in, this file does.

#ifndef HOST_LOADER_CONTROL_H
#define HOST_LOADER_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "chip/world.h"
#include "program.h"

#define CONTROL_CLIENT_MAX (8)
// Entries that control_prepare fills.
#define CONTROL_POLL_COUNT (2 + CONTROL_CLIENT_MAX)

// For --help.
extern const char control_help[];

typedef struct {
    int fd;        // -1: free
    size_t length; // of the bytes that have come
    char bytes[WORLD_LINE_SIZE];
} control_client_t;

typedef struct {
    world_t *world;
    registers_t *registers;
    const char *path; // NULL: there is no channel
    int listener;
    int answer_fd;
    int asking;           // the client whose command the program has; -1: none
    uint32_t reset_cause; // enum reset_cause that somebody wants; 0: nobody
    control_client_t clients[CONTROL_CLIENT_MAX];
} control_t;

// Listens at path, unless that is NULL. Returns false with errno.
bool control_open(control_t *control, world_t *world, registers_t *registers, const char *path);

// Says what to wait for.
void control_prepare(const control_t *control, struct pollfd polls[CONTROL_POLL_COUNT]);

// Takes commands and gives answers after poll(). With no program running (pid 0) the world is ours.
void control_run(control_t *control, const program_t *program,
                 const struct pollfd polls[CONTROL_POLL_COUNT]);

// Carries out what a program that has ended has left behind.
void control_take_over(control_t *control);

// Gives the answer that was kept back until the clock had come to its limit.
void control_answer_step(control_t *control);

// Removes the socket.
void control_close(control_t *control);

#endif
