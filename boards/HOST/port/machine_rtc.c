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
// machine.DEEPSLEEP
#define ALARM_WAKES_DEEP_SLEEP (4)

// The unit of a date and time's last number.
#if HOST_ESP8266_NAMES
#define SUBSECOND_US (1000)
#else
#define SUBSECOND_US (1)
#endif

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
        MP_OBJ_NEW_SMALL_INT(time.tm_sec),  MP_OBJ_NEW_SMALL_INT(us % 1000000 / SUBSECOND_US),
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
    timer_set_rtc_us(seconds * 1000000 + mp_obj_get_int(items[7]) * SUBSECOND_US);
}

// datetime([(year, month, day, weekday, hour, minute, second, subsecond)])
static mp_obj_t rtc_datetime(size_t n_args, const mp_obj_t *args) {
    if (n_args == 1) {
        return get_datetime();
    }
    set_datetime(args[1], DATETIME_HOUR);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(rtc_datetime_obj, 1, 2, rtc_datetime);

#if HOST_ESP8266_NAMES

// ALARM0, which a reset clears. Its only use is to end deep sleep.
static int64_t alarm_us;
static mp_int_t alarm_wakes;

uint32_t machine_rtc_alarm_ms(void) {
    if (!(alarm_wakes & ALARM_WAKES_DEEP_SLEEP)) {
        return 0;
    }
    int64_t left_ms = (alarm_us - timer_rtc_us()) / 1000;
    return left_ms <= 0 ? 1 : left_ms > UINT32_MAX / 1000 ? UINT32_MAX / 1000 : (uint32_t)left_ms;
}

static void check_alarm(mp_obj_t id) {
    if (mp_obj_get_int(id) != 0) {
        mp_raise_ValueError(MP_ERROR_TEXT("invalid alarm"));
    }
}

// alarm(id, ms)
static mp_obj_t rtc_alarm(mp_obj_t self, mp_obj_t id, mp_obj_t ms) {
    (void)self;
    check_alarm(id);
    alarm_us = timer_rtc_us() + (int64_t)mp_obj_get_int(ms) * 1000;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_3(rtc_alarm_obj, rtc_alarm);

// alarm_left(id=0): milliseconds
static mp_obj_t rtc_alarm_left(size_t n_args, const mp_obj_t *args) {
    if (n_args > 1) {
        check_alarm(args[1]);
    }
    int64_t left_us = alarm_us - timer_rtc_us();
    return mp_obj_new_int_from_ll(left_us <= 0 ? 0 : left_us / 1000);
}
static MP_DEFINE_CONST_FUN_OBJ_VAR_BETWEEN(rtc_alarm_left_obj, 1, 2, rtc_alarm_left);

// irq(*, trigger=ALARM0, wake=0)
static mp_obj_t rtc_irq(size_t n_args, const mp_obj_t *args, mp_map_t *kw_args) {
    enum { ARG_trigger, ARG_wake };
    static const mp_arg_t allowed[] = {
        {MP_QSTR_trigger, MP_ARG_KW_ONLY | MP_ARG_OBJ, {.u_obj = MP_OBJ_NEW_SMALL_INT(0)}},
        {MP_QSTR_wake, MP_ARG_KW_ONLY | MP_ARG_INT, {.u_int = 0}},
    };
    mp_arg_val_t values[MP_ARRAY_SIZE(allowed)];
    mp_arg_parse_all(n_args - 1, args + 1, kw_args, MP_ARRAY_SIZE(allowed), allowed, values);
    check_alarm(values[ARG_trigger].u_obj);
    alarm_wakes = values[ARG_wake].u_int;
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_KW(rtc_irq_obj, 1, rtc_irq);

#else

// init((year, month, day, hour, minute, second, …, microsecond))
static mp_obj_t rtc_init(mp_obj_t self, mp_obj_t tuple) {
    (void)self;
    set_datetime(tuple, INIT_HOUR);
    return mp_const_none;
}
static MP_DEFINE_CONST_FUN_OBJ_2(rtc_init_obj, rtc_init);

#endif

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
    {MP_ROM_QSTR(MP_QSTR_memory), MP_ROM_PTR(&rtc_memory_obj)},
#if HOST_ESP8266_NAMES
    {MP_ROM_QSTR(MP_QSTR_alarm), MP_ROM_PTR(&rtc_alarm_obj)},
    {MP_ROM_QSTR(MP_QSTR_alarm_left), MP_ROM_PTR(&rtc_alarm_left_obj)},
    {MP_ROM_QSTR(MP_QSTR_irq), MP_ROM_PTR(&rtc_irq_obj)},
    {MP_ROM_QSTR(MP_QSTR_ALARM0), MP_ROM_INT(0)},
#else
    {MP_ROM_QSTR(MP_QSTR_init), MP_ROM_PTR(&rtc_init_obj)},
#endif
};
static MP_DEFINE_CONST_DICT(rtc_locals, rtc_locals_table);

MP_DEFINE_CONST_OBJ_TYPE(machine_rtc_type, MP_QSTR_RTC, MP_TYPE_FLAG_NONE, make_new, rtc_make_new,
                         locals_dict, &rtc_locals);
