#define _GNU_SOURCE

#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

static bool make_link(const char *target, const char *path) {
    char temporary[4096];
    int length = snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid());
    if (length >= (int)sizeof(temporary)) {
        errno = ENAMETOOLONG;
        return false;
    }
    // Renamed into place, so that nobody ever finds the path missing or half made.
    unlink(temporary);
    if (symlink(target, temporary) != 0) {
        return false;
    }
    if (rename(temporary, path) != 0) {
        unlink(temporary);
        return false;
    }
    return true;
}

bool pty_open(pty_t *pty, const char *link) {
    pty->link = NULL;
    pty->open_count = 0;
    pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (pty->master < 0 || grantpt(pty->master) != 0 || unlockpt(pty->master) != 0 ||
        ptsname_r(pty->master, pty->name, sizeof(pty->name)) != 0) {
        return false;
    }
    pty->slave = open(pty->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios raw;
    if (pty->slave < 0 || tcgetattr(pty->slave, &raw) != 0) {
        return false;
    }
    cfmakeraw(&raw);
    if (tcsetattr(pty->slave, TCSANOW, &raw) != 0) {
        return false;
    }
    pty->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (pty->watch >= 0 && inotify_add_watch(pty->watch, pty->name, IN_OPEN | IN_CLOSE) < 0) {
        close(pty->watch);
        pty->watch = -1;
    }
    if (link != NULL) {
        if (!make_link(pty->name, link)) {
            return false;
        }
        pty->link = link;
    }
    return true;
}

bool pty_update(pty_t *pty) {
    // A watch on a single file reports no name: every event has the same size.
    struct inotify_event events[16];
    ssize_t length;
    while ((length = read(pty->watch, events, sizeof(events))) > 0) {
        for (size_t i = 0; i < (size_t)length / sizeof(events[0]); i++) {
            pty->open_count += events[i].mask & IN_OPEN ? 1 : -1;
        }
    }
    if (pty->open_count <= 0) {
        pty->open_count = 0;
        // Output that the last user did not read is not for the next one.
        tcflush(pty->slave, TCIFLUSH);
    }
    return pty->open_count > 0;
}

void pty_close(pty_t *pty) {
    char target[sizeof(pty->name)];
    if (pty->link == NULL) {
        return;
    }
    // Somebody else's by now?
    ssize_t length = readlink(pty->link, target, sizeof(target) - 1);
    if (length > 0) {
        target[length] = '\0';
        if (strcmp(target, pty->name) == 0) {
            unlink(pty->link);
        }
    }
}
