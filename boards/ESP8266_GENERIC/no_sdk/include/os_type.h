// The SDK's other names for the ROM's types. See ../README.md.
#pragma once

#include "ets_sys.h"

typedef ETSSignal os_signal_t;
typedef ETSParam os_param_t;
typedef ETSEvent os_event_t;
typedef ETSTask os_task_t;
typedef ETSTimer os_timer_t;
typedef ETSTimerFunc os_timer_func_t;
