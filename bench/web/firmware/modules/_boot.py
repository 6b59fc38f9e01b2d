"""Boots without a file system: what one costs has nothing to do with the server."""

import gc

# As the boards do
gc.threshold((gc.mem_free() + gc.mem_alloc()) // 4)
