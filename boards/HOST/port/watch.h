// Which streams of a poll object may be ready: the candidates.
//
// A stream with a descriptor is a candidate from its first watch, and again from each piece of news
// on, until it is dismissed. Asking the candidates only makes a poll cost what happens, not what is
// registered. A stream without a descriptor has no news and stays a candidate.
//
// This is what HOST has in place of an interrupt handler's lists. It is not on the Python heap: an
// entry of the poll object there keeps the stream alive and is as large as on the chips.

#ifndef HOST_PORT_WATCH_H
#define HOST_PORT_WATCH_H

#include "port/list.h"
#include "port/readiness.h"

typedef struct {
    list_t watches;
    list_t candidates;
    list_t *next; // of the candidates
} watch_set_t;

typedef struct {
    listener_t listener;
    list_t ring;
    list_t candidates; // a ring of its own when it is none
    watch_set_t *set;
    void *owner;
} watch_t;

// Returns NULL when the computer has no memory.
watch_set_t *watch_set_new(void);

// Its watches end too. set may be NULL.
void watch_set_free(watch_set_t *set);

// Watches a descriptor, or for -1 a stream that has none, for owner. Returns NULL when the computer
// has no memory.
watch_t *watch_new(watch_set_t *set, int fd, void *owner);
void watch_free(watch_t *watch);

// The descriptor, or -1: there is none, or it is closed.
int watch_fd(const watch_t *watch);

// Makes it a candidate, or no longer.
void watch_consider(watch_t *watch);
void watch_dismiss(watch_t *watch);

// Goes through the candidates, the one that came first first. Until watch_next() returns NULL any
// watch may come, go and change. A set that is NULL has none.
void watch_rewind(watch_set_t *set);
watch_t *watch_next(watch_set_t *set);

#endif
