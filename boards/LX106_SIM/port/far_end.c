#include "port/far_end.h"

#include "port/simcall.h"
#include "py/mperrno.h"

typedef struct {
    uint16_t operation;
    uint16_t length;
    int32_t handle;
    int32_t argument;
} request_t;

typedef struct {
    int32_t result;
    uint32_t length;
} answer_t;

static int far_fd(void) {
    static int fd;
    if (fd == 0) {
        fd = sim_option("far", -1);
    }
    return fd;
}

bool far_end_is_there(void) {
    return far_fd() > 0;
}

static void skip(int fd, size_t length) {
    uint8_t unwanted[16];
    while (length > 0) {
        size_t count = length < sizeof(unwanted) ? length : sizeof(unwanted);
        if (!sim_read_all(fd, unwanted, count)) {
            sim_exit(0);
        }
        length -= count;
    }
}

int far_call(enum far_operation operation, int handle, int argument, const void *data,
             size_t length, void *answer, size_t size) {
    if (!far_end_is_there()) {
        return -MP_ENODEV;
    }
    int fd = far_fd();
    request_t request = {(uint16_t)operation, (uint16_t)length, handle, argument};
    answer_t head;
    if (!sim_write_all(fd, &request, sizeof(request)) || !sim_write_all(fd, data, length) ||
        !sim_read_all(fd, &head, sizeof(head))) {
        sim_exit(0); // the far end is gone, and with it whoever wanted this program
    }
    size_t wanted = head.length < size ? head.length : size;
    if (!sim_read_all(fd, answer, wanted)) {
        sim_exit(0);
    }
    skip(fd, head.length - wanted);
    return head.result;
}
