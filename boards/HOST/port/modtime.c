// The port's part of the time module; included by extmod/modtime.c.

#include "port/timer.h"
#include "shared/timeutils/timeutils.h"

static mp_obj_t mp_time_localtime_get(void) {
    timeutils_struct_time_t time;
    timeutils_seconds_since_epoch_to_struct_time(timer_rtc_us() / 1000000, &time);
    mp_obj_t items[8] = {
        MP_OBJ_NEW_SMALL_INT(time.tm_year), MP_OBJ_NEW_SMALL_INT(time.tm_mon),
        MP_OBJ_NEW_SMALL_INT(time.tm_mday), MP_OBJ_NEW_SMALL_INT(time.tm_hour),
        MP_OBJ_NEW_SMALL_INT(time.tm_min),  MP_OBJ_NEW_SMALL_INT(time.tm_sec),
        MP_OBJ_NEW_SMALL_INT(time.tm_wday), MP_OBJ_NEW_SMALL_INT(time.tm_yday),
    };
    return mp_obj_new_tuple(MP_ARRAY_SIZE(items), items);
}

static mp_obj_t mp_time_time_get(void) {
    return timeutils_obj_from_timestamp(timer_rtc_us() / 1000000);
}
