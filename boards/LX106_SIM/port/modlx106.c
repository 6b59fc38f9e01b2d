// The lx106 module: a program's word to whoever measures it.

#include "port/far_end.h"
#include "py/runtime.h"

// mark(label): the far end notes what was counted up to here, and counts anew.
static mp_obj_t lx106_mark(mp_obj_t label_in) {
    size_t length;
    const char *label = mp_obj_str_get_data(label_in, &length);
    far_call(FAR_MARK, 0, 0, label, length, NULL, 0);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(lx106_mark_obj, lx106_mark);

static const mp_rom_map_elem_t lx106_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_lx106)},
    {MP_ROM_QSTR(MP_QSTR_mark), MP_ROM_PTR(&lx106_mark_obj)},
};
static MP_DEFINE_CONST_DICT(lx106_globals, lx106_globals_table);

const mp_obj_module_t lx106_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&lx106_globals,
};
MP_REGISTER_MODULE(MP_QSTR_lx106, lx106_module);
