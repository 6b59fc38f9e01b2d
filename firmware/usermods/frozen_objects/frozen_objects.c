// Frozen functions and the members of frozen classes where they lie, in flash. See README.md.
//
// The linker lets these stand before MicroPython's own of the same names (--wrap).

#include <string.h>

#include "frozen_objects.h"
#include "py/builtin.h"
#include "py/gc.h"
#include "py/runtime.h"

mp_obj_t __real_mp_make_function_from_proto_fun(mp_proto_fun_t proto_fun,
                                                const mp_module_context_t *context,
                                                const mp_obj_t *def_args);
mp_obj_t __real_mp_obj_new_module(qstr name);
mp_obj_t __real_mp_load_build_class(void);
void __real_gc_collect_start(void);
void __real_mp_init(void);

static const frozen_part_t *part_of(const mp_obj_dict_t *globals) {
    uintptr_t at = (uintptr_t)globals - (uintptr_t)frozen_globals;
    size_t index = at / sizeof(frozen_globals[0]);
    return index < frozen_part_count ? &frozen_parts[index] : NULL;
}

static bool holds(const frozen_part_t *part, const void *object) {
    return part != NULL && (const byte *)object >= part->objects &&
           (const byte *)object < part->end;
}

mp_obj_t __wrap_mp_make_function_from_proto_fun(mp_proto_fun_t proto_fun,
                                                const mp_module_context_t *context,
                                                const mp_obj_t *def_args) {
    if (holds(part_of(context->module.globals), proto_fun)) {
        return MP_OBJ_FROM_PTR(proto_fun);
    }
    return __real_mp_make_function_from_proto_fun(proto_fun, context, def_args);
}

// Whether `type` was made with these bases: their names may stand for others now.
static bool has_bases(const mp_obj_type_t *type, size_t count, const mp_obj_t *bases) {
    const void *parent = MP_OBJ_TYPE_GET_SLOT_OR_NULL(type, parent);
    if (parent == NULL) {
        return count == 0;
    }
    mp_obj_t one = MP_OBJ_FROM_PTR(parent);
    mp_obj_t *items = &one;
    size_t len = 1;
    if (mp_obj_is_type(one, &mp_type_tuple)) {
        mp_obj_tuple_get(one, &len, &items);
    }
    return count == len && memcmp(items, bases, len * sizeof(*items)) == 0;
}

// args: the class's body, or a frozen_class_t; its name, its bases
static mp_obj_t build_class(size_t n_args, const mp_obj_t *args) {
    bool made = mp_obj_is_type(args[0], &mp_type_dict);
    if (!made || !holds(part_of(mp_globals_get()), MP_OBJ_TO_PTR(args[0]))) {
        return mp_builtin___build_class___obj.fun.var(n_args, args);
    }
    const frozen_class_t *class = MP_OBJ_TO_PTR(args[0]);
    if (class->type != NULL && has_bases(class->type, n_args - 2, args + 2)) {
        return MP_OBJ_FROM_PTR(class->type);
    }
    mp_obj_t meta = MP_OBJ_FROM_PTR(n_args > 2 ? mp_obj_get_type(args[2]) : &mp_type_type);
    mp_obj_t given[] = {args[1], mp_obj_new_tuple(n_args - 2, args + 2), args[0]};
    return mp_call_function_n_kw(meta, MP_ARRAY_SIZE(given), 0, given);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR(build_class_obj, 2, build_class);

mp_obj_t __wrap_mp_load_build_class(void) {
    mp_obj_t found = __real_mp_load_build_class();
    return found == MP_OBJ_FROM_PTR(&mp_builtin___build_class___obj)
               ? MP_OBJ_FROM_PTR(&build_class_obj)
               : found;
}

// A module whose functions know where its globals are before there is one.
mp_obj_t __wrap_mp_obj_new_module(qstr name) {
    mp_map_elem_t *loaded = mp_map_lookup(&MP_STATE_VM(mp_loaded_modules_dict).map,
                                          MP_OBJ_NEW_QSTR(name), MP_MAP_LOOKUP);
    size_t at = 0;
    while (at < frozen_part_count && frozen_parts[at].name != name) {
        at += 1;
    }
    if (loaded != NULL || at == frozen_part_count) {
        return __real_mp_obj_new_module(name);
    }
    mp_obj_dict_t *globals = &frozen_globals[at];
    globals->base.type = &mp_type_dict;
    mp_map_init(&globals->map, frozen_parts[at].names + MICROPY_PY___FILE__);
    mp_obj_dict_store(MP_OBJ_FROM_PTR(globals), MP_OBJ_NEW_QSTR(MP_QSTR___name__),
                      MP_OBJ_NEW_QSTR(name));
    mp_module_context_t *context = m_new_obj(mp_module_context_t);
    context->module.base.type = &mp_type_module;
    context->module.globals = globals;
    mp_obj_dict_store(MP_OBJ_FROM_PTR(&MP_STATE_VM(mp_loaded_modules_dict)), MP_OBJ_NEW_QSTR(name),
                      MP_OBJ_FROM_PTR(context));
    return MP_OBJ_FROM_PTR(context);
}

void __wrap_gc_collect_start(void) {
    __real_gc_collect_start();
    gc_collect_root((void **)frozen_globals,
                    frozen_part_count * sizeof(frozen_globals[0]) / sizeof(void *));
}

// After a soft reset there is a new heap.
void __wrap_mp_init(void) {
    memset(frozen_globals, 0, frozen_part_count * sizeof(frozen_globals[0]));
    __real_mp_init();
}
