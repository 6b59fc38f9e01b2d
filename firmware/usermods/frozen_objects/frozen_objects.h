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

// A class's members, and the class if its base is known.
typedef struct {
    mp_obj_dict_t members;
    const mp_obj_type_t *type;
} frozen_class_t;

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

// In objtype.c
mp_obj_t frozen_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                         const mp_obj_t *args);
void frozen_print(const mp_print_t *print, mp_obj_t self, mp_print_kind_t kind);
mp_obj_t frozen_unary_op(mp_unary_op_t op, mp_obj_t self);
mp_obj_t frozen_binary_op(mp_binary_op_t op, mp_obj_t self, mp_obj_t other);
void frozen_attr(mp_obj_t self, qstr attr, mp_obj_t *dest);
mp_obj_t frozen_subscr(mp_obj_t self, mp_obj_t index, mp_obj_t value);
mp_int_t frozen_get_buffer(mp_obj_t self, mp_buffer_info_t *info, mp_uint_t flags);

// As mp_obj_new_type() makes them.
#define FROZEN_TYPE_SLOTS(members)                                                                 \
    make_new, frozen_make_new, print, frozen_print, call, mp_obj_instance_call, unary_op,          \
        frozen_unary_op, binary_op, frozen_binary_op, attr, frozen_attr, subscr, frozen_subscr,    \
        iter, mp_obj_instance_getiter, buffer, frozen_get_buffer, locals_dict,                     \
        (mp_obj_dict_t *)&(members)
#define FROZEN_TYPE_FLAGS                                                                          \
    MP_TYPE_FLAG_EQ_NOT_REFLEXIVE | MP_TYPE_FLAG_EQ_CHECKS_OTHER_TYPE |                            \
        MP_TYPE_FLAG_EQ_HAS_NEQ_TEST | MP_TYPE_FLAG_ITER_IS_GETITER | MP_TYPE_FLAG_INSTANCE_TYPE

_Static_assert(sizeof(frozen_function_t) == sizeof(mp_obj_fun_bc_t),
               "functions are laid out otherwise");

#endif
