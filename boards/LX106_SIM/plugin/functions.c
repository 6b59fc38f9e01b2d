#include "functions.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct function {
    const char *name;
    uint64_t instructions;
    struct function *next;
};

static struct function *functions;

uint64_t *functions_counter(const char *name) {
    if (name == NULL) {
        name = "?";
    }
    for (struct function *function = functions; function != NULL; function = function->next) {
        if (strcmp(function->name, name) == 0) {
            return &function->instructions;
        }
    }
    struct function *function = malloc(sizeof(*function));
    *function = (struct function){strdup(name), 0, functions};
    functions = function;
    return &function->instructions;
}

bool functions_write(const char *path) {
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return false;
    }
    for (struct function *function = functions; function != NULL; function = function->next) {
        fprintf(file, "%" PRIu64 " %s\n", function->instructions, function->name);
    }
    return fclose(file) == 0;
}
