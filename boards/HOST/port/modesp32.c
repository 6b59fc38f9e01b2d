// The esp32 module: of it, what HOST emulates.

#include "port/modesp32.h"

#include "port/wake.h"
#include "py/runtime.h"

void check_esp_err(esp_err_t error) {
    if (error == ESP_OK) {
        return;
    }
    mp_obj_t args[2] = {
        MP_OBJ_NEW_SMALL_INT(-error),
        mp_obj_new_str_from_cstr(esp_err_to_name(error)),
    };
    nlr_raise(mp_obj_exception_make_new(&mp_type_OSError, 2, 0, args));
}

static const mp_rom_map_elem_t esp32_globals_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_esp32)},
    {MP_ROM_QSTR(MP_QSTR_Partition), MP_ROM_PTR(&esp32_partition_type)},
#if !HOST_ESP8266_NAMES
    {MP_ROM_QSTR(MP_QSTR_wake_on_ext0), MP_ROM_PTR(&esp32_wake_on_ext0_obj)},
    {MP_ROM_QSTR(MP_QSTR_wake_on_ext1), MP_ROM_PTR(&esp32_wake_on_ext1_obj)},
    {MP_ROM_QSTR(MP_QSTR_WAKEUP_ALL_LOW), MP_ROM_FALSE},
    {MP_ROM_QSTR(MP_QSTR_WAKEUP_ANY_HIGH), MP_ROM_TRUE},
#endif
};
static MP_DEFINE_CONST_DICT(esp32_globals, esp32_globals_table);

const mp_obj_module_t esp32_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&esp32_globals,
};
MP_REGISTER_MODULE(MP_QSTR_esp32, esp32_module);
