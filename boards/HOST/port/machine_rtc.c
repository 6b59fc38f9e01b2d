// machine.RTC: date and time, and memory that a reset leaves alone.

#include <string.h>

#include "port/hardware.h"
#include "port/modmachine.h"
#include "port/timer.h"
#include "py/runtime.h"
#include "shared/timeutils/timeutils.h"

// Where the hour stands in the two forms of a date and time.
#define DATETIME_HOUR (4)
#define INIT_HOUR (3)

static const mp_obj_base_t machine_rtc = {&machine_rtc_type};

static mp_obj_t rtc_make_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                             const mp_obj_t *args) {
    (void)type;
    (void)args;
    mp_arg_check_num(n_args, n_kw, 0, 0, false);
    return MP_OBJ_FROM_PTR(&machine_rtc);
}

static mp_obj_t get_datetime(void) {
    int64_t us = timer_rtc_us();
    timeutils_struct_time_t time;
    timeutils_seconds_since_epoch_to_struct_time(us / 1000000, &time);
    mp_obj_t items[8] = {
        MP_OBJ_NEW_SMALL_INT(time.tm_year), MP_OBJ_NEW_SMALL_INT(time.tm_mon),
        MP_OBJ_NEW_SMALL_INT(time.tm_mday), MP_OBJ_NEW_SMALL_INT(time.tm_wday),
        MP_OBJ_NEW_SMALL_INT(time.tm_hour), MP_OBJ_NEW_SMALL_INT(time.tm_min),
        MP_OBJ_NEW_SMALL_INT(time.tm_sec),  MP_OBJ_NEW_SMALL_INT(us % 1000000),
    };
    return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
}

static void set_datetime(mp_obj_t tuple, size_t hour) {
    mp_obj_t *items;
    mp_obj_get_array_fixed_n(tuple, 8, &items);
    int64_t seconds = timeutils_seconds_since_epoch(
        mp_obj_get_int(items[0]), mp_obj_get_int(items[1]), mp_obj_get_int(items[2]),
        mp_obj_get_int(items[hour]), mp_obj_get_int(items[hour + 1]),
        mp_obj_get_int(items[hour + 2]));
    timer_set_rtc_us(seconds * 1000000 + mp_obj_get_int(items[7]));
}

// datetime([(year, month, day, weekday, hour, minute, second, microsecond)])
static mp_obj_t rtc_datetime(size_t n_args, const mp_obj_t *args) {
    if (n_args == 1) {
        return get_datetime();
    }
    set_datetime(args[1], DATETIME_HOUR);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(rtc_datetime_obj, 1, 2, rtc_datetime);

// init((year, month, day, hour, minute, second, …, microsecond))
static mp_obj_t rtc_init(mp_obj_t self, mp_obj_t tuple) {
    (void)self;
    set_datetime(tuple, INIT_HOUR);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(rtc_init_obj, rtc_init);

// memory([data])
static mp_obj_t rtc_memory(size_t n_args, const mp_obj_t *args) {
    registers_t *registers = hardware.registers;
    if (n_args == 1) {
        return mp_obj_new_bytes(registers->rtc_memory, registers->rtc_user_length);
    }
    mp_buffer_info_t buffer;
    mp_get_buffer_raise(args[1], &buffer, MP_BUFFER_READ);
    if (buffer.len > HOST_RTC_USER_MEMORY_MAX) {
        mp_raise_ValueError(MP_ERROR_TEXT("buffer too long"));
    }
    memcpy(registers->rtc_memory, buffer.buf, buffer.len);
    registers->rtc_user_length = (uint32_t)buffer.len;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(rtc_memory_obj, 1, 2, rtc_memory);

static const mp_rom_map_elem_t rtc_locals_table[] = {
    {MP_ROM_QSTR(MP_QSTR_datetime), MP_ROM_PTR(&rtc_datetime_obj)},
    {MP_ROM_QSTR(MP_QSTR_init), MP_ROM_PTR(&rtc_init_obj)},
    {MP_ROM_QSTR(MP_QSTR_memory), MP_ROM_PTR(&rtc_memory_obj)},
};
static MP_DEFINE_CONST_DICT(rtc_locals, rtc_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(machine_rtc_type, MP_QSTR_RTC, MP_TYPE_FLAG_NONE, make_new, rtc_make_new,
                         locals_dict, &rtc_locals);
