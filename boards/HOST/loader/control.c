#define _GNU_SOURCE

#include "control.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "chip/commands.h"

enum {
    POLL_LISTENER,
    POLL_ANSWER,
    POLL_CLIENTS,
};

const char control_help[] =
    "  reset              press the reset button\n"
    "  brownout           let the supply sag until the chip resets itself\n";

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    struct stat status;
    // One that an earlier loader has left behind; nothing else is removed.
    if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode)) {
        unlink(path);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
                    listen(fd, CONTROL_CLIENT_MAX) != 0)) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

bool control_open(control_t *control, world_t *world, registers_t *registers, const char *path) {
    *control = (control_t){.world = world, .registers = registers, .listener = -1, .asking = -1};
    for (int i = 0; i < CONTROL_CLIENT_MAX; i++) {
        control->clients[i].fd = -1;
    }
    control->answer_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (control->answer_fd < 0 || path == NULL) {
        return control->answer_fd >= 0;
    }
    control->path = path;
    control->listener = listen_at(path);
    return control->listener >= 0;
}

static const char *line_end(const control_client_t *client) {
    return memchr(client->bytes, '\n', client->length);
}

void control_prepare(const control_t *control, struct pollfd polls[CONTROL_POLL_COUNT]) {
    polls[POLL_LISTENER] = (struct pollfd){.fd = control->listener, .events = POLLIN};
    polls[POLL_ANSWER] = (struct pollfd){.fd = control->answer_fd, .events = POLLIN};
    for (int i = 0; i < CONTROL_CLIENT_MAX; i++) {
        const control_client_t *client = &control->clients[i];
        // Who has asked waits for the answer before more is read.
        polls[POLL_CLIENTS + i] = (struct pollfd){
            .fd = line_end(client) == NULL && i != control->asking ? client->fd : -1,
            .events = POLLIN,
        };
    }
}

static void drop(control_client_t *client) {
    close(client->fd);
    client->fd = -1;
    client->length = 0;
}

static void answer(control_client_t *client, const char *text) {
    char line[WORLD_LINE_SIZE + 1];
    int length = snprintf(line, sizeof(line), "%s\n", text);
    if (client->fd >= 0 &&
        send(client->fd, line, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) != length) {
        drop(client);
    }
}

static void accept_client(control_t *control) {
    int fd = accept4(control->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return;
    }
    for (int i = 0; i < CONTROL_CLIENT_MAX; i++) {
        // The number of one whose answer is still to come is not free.
        if (control->clients[i].fd < 0 && i != control->asking) {
            control->clients[i].fd = fd;
            return;
        }
    }
    close(fd);
}

static void receive(control_client_t *client) {
    ssize_t length =
        read(client->fd, &client->bytes[client->length], sizeof(client->bytes) - client->length);
    if (length > 0) {
        client->length += (size_t)length;
        if (client->length == sizeof(client->bytes) && line_end(client) == NULL) {
            client->length = 0;
            answer(client, "error: a command has at most 1022 bytes");
            drop(client);
        }
    } else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
        drop(client);
    }
}

// Moves the first line out of the client's bytes.
static void take_line(control_client_t *client, char line[WORLD_LINE_SIZE]) {
    size_t length = (size_t)(line_end(client) - client->bytes);
    memcpy(line, client->bytes, length);
    line[length] = '\0';
    client->length -= length + 1;
    memmove(client->bytes, &client->bytes[length + 1], client->length);
}

static bool is_for_loader(control_t *control, const char *line) {
    if (strcmp(line, "reset") == 0) {
        control->reset_cause = RESET_CAUSE_EXTERNAL;
    } else if (strcmp(line, "brownout") == 0) {
        control->reset_cause = RESET_CAUSE_BROWNOUT;
    } else {
        return false;
    }
    return true;
}

static void finish(control_t *control) {
    if (control->asking >= 0 &&
        __atomic_load_n(&control->world->answered, __ATOMIC_ACQUIRE) == control->world->asked) {
        control_client_t *client = &control->clients[control->asking];
        control->asking = -1;
        answer(client, control->world->answer);
    }
}

void control_take_over(control_t *control) {
    if (control->asking >= 0 && !control->world->stepping &&
        control->world->answered != control->world->asked) {
        commands_run(control->world, control->registers);
    }
    finish(control);
}

void control_answer_step(control_t *control) {
    if (control->world->stepping) {
        control->world->stepping = 0;
        commands_answer_later(control->world);
        finish(control);
    }
}

static void ask(control_t *control, const program_t *program, int number) {
    char line[WORLD_LINE_SIZE];
    take_line(&control->clients[number], line);
    if (is_for_loader(control, line)) {
        answer(&control->clients[number], "ok");
        return;
    }
    control->asking = number;
    memcpy(control->world->command, line, sizeof(line));
    __atomic_store_n(&control->world->asked, control->world->asked + 1, __ATOMIC_RELEASE);
    if (program->pid != 0) {
        kill(program->pid, SIGUSR1);
    } else {
        control_take_over(control);
    }
}

void control_run(control_t *control, const program_t *program,
                 const struct pollfd polls[CONTROL_POLL_COUNT]) {
    uint64_t answers;
    if (polls[POLL_ANSWER].revents & POLLIN &&
        read(control->answer_fd, &answers, sizeof(answers)) == (ssize_t)sizeof(answers)) {
        finish(control);
    }
    if (polls[POLL_LISTENER].revents & POLLIN) {
        accept_client(control);
    }
    for (int i = 0; i < CONTROL_CLIENT_MAX; i++) {
        if (control->clients[i].fd >= 0 && polls[POLL_CLIENTS + i].revents != 0) {
            receive(&control->clients[i]);
        }
    }
    for (int i = 0; i < CONTROL_CLIENT_MAX; i++) {
        while (control->asking < 0 && control->clients[i].fd >= 0 &&
               line_end(&control->clients[i]) != NULL) {
            ask(control, program, i);
        }
    }
}

void control_close(control_t *control) {
    if (control->path != NULL) {
        unlink(control->path);
    }
}
