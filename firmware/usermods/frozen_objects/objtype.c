// MicroPython's py/objtype.c, for classes in flash. In the place of it: see micropython.mk.

#include "py/obj.h"

// It would be written to a class when another one is made from it. All that it is for is to refuse
// special methods that are added to a class later.
#undef MP_TYPE_FLAG_IS_SUBCLASSED
#define MP_TYPE_FLAG_IS_SUBCLASSED (0)

#include "py/objtype.c"

// What mp_obj_new_type() puts into each class
#define NAME(ours, theirs) extern __typeof__(theirs) ours __attribute__((alias(#theirs)))
NAME(frozen_make_new, mp_obj_instance_make_new);
NAME(frozen_print, instance_print);
NAME(frozen_unary_op, instance_unary_op);
NAME(frozen_binary_op, instance_binary_op);
NAME(frozen_attr, mp_obj_instance_attr);
NAME(frozen_subscr, instance_subscr);
NAME(frozen_get_buffer, instance_get_buffer);
