#include "port/watch.h"

#include <stdlib.h>

watch_set_t *watch_set_new(void) {
    watch_set_t *set = malloc(sizeof(*set));
    if (set != NULL) {
        list_init(&set->watches);
        list_init(&set->candidates);
        set->next = &set->candidates;
    }
    return set;
}

void watch_set_free(watch_set_t *set) {
    if (set == NULL) {
        return;
    }
    while (!list_is_empty(&set->watches)) {
        watch_free(LIST_OWNER(set->watches.next, watch_t, ring));
    }
    free(set);
}

static void on_news(listener_t *listener) {
    watch_consider(LIST_OWNER(listener, watch_t, listener));
}

watch_t *watch_new(watch_set_t *set, int fd, void *owner) {
    watch_t *watch = malloc(sizeof(*watch));
    if (watch == NULL) {
        return NULL;
    }
    *watch = (watch_t){.listener = {.fd = -1, .news = on_news}, .set = set, .owner = owner};
    list_init(&watch->listener.ring);
    list_init(&watch->candidates);
    list_append(&set->watches, &watch->ring);
    watch_consider(watch);
    if (fd >= 0) {
        readiness_listen(&watch->listener, fd);
    }
    return watch;
}

void watch_free(watch_t *watch) {
    readiness_unlisten(&watch->listener);
    watch_dismiss(watch);
    list_remove(&watch->ring);
    free(watch);
}

int watch_fd(const watch_t *watch) {
    return watch->listener.fd;
}

void watch_consider(watch_t *watch) {
    if (list_is_empty(&watch->candidates)) {
        list_append(&watch->set->candidates, &watch->candidates);
    }
}

void watch_dismiss(watch_t *watch) {
    if (watch->set->next == &watch->candidates) {
        watch->set->next = watch->candidates.next;
    }
    list_remove(&watch->candidates);
}

void watch_rewind(watch_set_t *set) {
    if (set != NULL) {
        set->next = set->candidates.next;
    }
}

watch_t *watch_next(watch_set_t *set) {
    list_t *node = set == NULL ? NULL : set->next;
    if (node == NULL || node == &set->candidates) {
        return NULL;
    }
    set->next = node->next;
    return LIST_OWNER(node, watch_t, candidates);
}
