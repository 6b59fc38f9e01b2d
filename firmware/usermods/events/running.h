// Who has the processor, and how much of it each module took.

#ifndef EVENTS_RUNNING_H
#define EVENTS_RUNNING_H

#include "py/obj.h"

typedef struct {
    mp_obj_base_t base;
    uint32_t longest_us; // the longest stretch
    uint32_t busy_us;    // all of them, below a second
    uint32_t busy_s;
} account_obj_t;

extern const mp_obj_type_t events_account_type;
extern const mp_obj_base_t events_running_obj;

// From now on who runs. To be called when the module is imported, with MP_OBJ_NULL, because what
// was there may be of a heap that is gone.
void running_enter(mp_obj_t who);

// Whoever ran has ended its stretch, for which account is charged unless it is NULL.
void running_leave(account_obj_t *account);

#endif
