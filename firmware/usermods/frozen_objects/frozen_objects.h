// What makemanifest.py writes of each frozen module, for frozen_objects.c. See README.md.

#ifndef FROZEN_OBJECTS_H
#define FROZEN_OBJECTS_H

#include "py/emitglue.h"
#include "py/objfun.h"
#include "py/objmodule.h"
#include "py/objtuple.h"
#include "py/objtype.h"

// mp_obj_fun_bc_t without room for defaults, which follow it.
typedef struct {
    mp_obj_base_t base;
    const mp_module_context_t *context;
    struct _mp_raw_code_t *const *child_table;
    const byte *bytecode;
} frozen_function_t;

// MicroPython's property, which py/objproperty.c keeps to itself: getter, setter, deleter.
typedef struct {
    mp_obj_base_t base;
    mp_rom_obj_t proxy[3];
} frozen_property_t;

typedef struct {
    mp_module_context_t context; // of its functions
    const byte *objects;         // its functions, and the members of its classes
    const byte *end;
    qstr_short_t name;
    uint16_t names; // that it puts into its globals
} frozen_part_t;

extern const frozen_part_t frozen_parts[];
extern mp_obj_dict_t frozen_globals[]; // of the parts
extern const size_t frozen_part_count;

_Static_assert(sizeof(frozen_function_t) == sizeof(mp_obj_fun_bc_t),
               "functions are laid out otherwise");

#endif
