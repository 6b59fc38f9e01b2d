// lwIP's compiler and processor. See ../../README.md.
#pragma once

#include "c_types.h"

#define LWIP_PLATFORM_DIAG(message)
#define LWIP_PLATFORM_ASSERT(message)
