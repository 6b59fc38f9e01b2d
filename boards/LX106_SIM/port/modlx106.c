// The lx106 module: a program's word to whoever measures it, and the world around the chip.

#include "port/far_end.h"
#include "port/machine_pin.h"
#include "port/outside.h"
#include "py/runtime.h"

// mark(label): the far end notes what was counted up to here, and counts anew.
static mp_obj_t lx106_mark(mp_obj_t label_in) {
    size_t length;
    const char *label = mp_obj_str_get_data(label_in, &length);
    far_call(FAR_MARK, 0, 0, label, length, NULL, 0);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(lx106_mark_obj, lx106_mark);

// drive(pin, level): a pin is driven from outside to 0 or 1; None lets go of it.
static mp_obj_t lx106_drive(mp_obj_t pin, mp_obj_t level) {
    outside_drive(machine_pin_number(pin),
                  level == mp_const_none ? OUTSIDE_OPEN : mp_obj_is_true(level));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(lx106_drive_obj, lx106_drive);

// adc(microvolts): the voltage at the ADC.
static mp_obj_t lx106_adc(mp_obj_t microvolts) {
    outside_set_microvolts(mp_obj_get_int(microvolts));
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_1(lx106_adc_obj, lx106_adc);

static const mp_rom_map_elem_t lx106_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_lx106)},
    {MP_ROM_QSTR(MP_QSTR_mark), MP_ROM_PTR(&lx106_mark_obj)},
    {MP_ROM_QSTR(MP_QSTR_drive), MP_ROM_PTR(&lx106_drive_obj)},
    {MP_ROM_QSTR(MP_QSTR_adc), MP_ROM_PTR(&lx106_adc_obj)},
};
static MP_DEFINE_CONST_DICT(lx106_globals, lx106_globals_table);

const mp_obj_module_t lx106_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&lx106_globals,
};
MP_REGISTER_MODULE(MP_QSTR_lx106, lx106_module);
