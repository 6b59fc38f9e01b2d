// Lists. See ../README.md.
#pragma once

#include <sys/queue.h>
