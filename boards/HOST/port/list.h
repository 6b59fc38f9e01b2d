// A ring of nodes that their owners embed. A node in no ring is one of its own.

#ifndef HOST_PORT_LIST_H
#define HOST_PORT_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct list {
    struct list *next;
    struct list *previous;
} list_t;

// The struct of TYPE that holds NODE as its member MEMBER.
#define LIST_OWNER(NODE, TYPE, MEMBER) ((TYPE *)((char *)(NODE)-offsetof(TYPE, MEMBER)))

static inline void list_init(list_t *node) {
    node->next = node->previous = node;
}

static inline bool list_is_empty(const list_t *list) {
    return list->next == list;
}

// node, which is in no ring, becomes the last one of list.
static inline void list_append(list_t *list, list_t *node) {
    node->next = list;
    node->previous = list->previous;
    list->previous->next = node;
    list->previous = node;
}

static inline void list_remove(list_t *node) {
    node->next->previous = node->previous;
    node->previous->next = node->next;
    list_init(node);
}

#endif
