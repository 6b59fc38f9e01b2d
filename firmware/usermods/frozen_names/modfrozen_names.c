// frozen_names.children("apps"): what is frozen below a folder. MicroPython itself can open a
// frozen module whose name it is told, but cannot list them.

#include <string.h>

#include "py/objlist.h"
#include "py/runtime.h"

// One after the other, each with a NUL; an empty one ends the list. See MicroPython's
// py/frozenmod.c.
extern const char mp_frozen_names[];

// Names of files and folders directly below `folder`, a str without a slash at its end.
static mp_obj_t children(mp_obj_t folder_in) {
    size_t length;
    const char *folder = mp_obj_str_get_data(folder_in, &length);
    mp_obj_t list = mp_obj_new_list(0, NULL);
    const char *last = "";
    size_t last_length = 0;
    for (const char *name = mp_frozen_names; *name != '\0'; name += strlen(name) + 1) {
        if (strncmp(name, folder, length) != 0 || name[length] != '/') {
            continue;
        }
        const char *child = &name[length + 1];
        size_t child_length = strcspn(child, "/");
        // The files of one folder stand together.
        if (child_length != last_length || memcmp(child, last, last_length) != 0) {
            mp_obj_list_append(list, mp_obj_new_str(child, child_length));
            last = child;
            last_length = child_length;
        }
    }
    return list;
}
static MP_DEFINE_CONST_FUN_OBJ_1(children_obj, children);

static const mp_rom_map_elem_t globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_frozen_names)},
    {MP_ROM_QSTR(MP_QSTR_children), MP_ROM_PTR(&children_obj)},
};
static MP_DEFINE_CONST_DICT(globals, globals_table);

const mp_obj_module_t frozen_names_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&globals,
};
MP_REGISTER_MODULE(MP_QSTR_frozen_names, frozen_names_module);
