# What is frozen into the 32-bit firmware that heaps are measured with: no console, no file systems.

freeze("modules", opt=2)
# The programs, and the servers that they are built on: see bench/web/frozen.py
freeze("$(BOARD_DIR)/frozen", opt=2)
include("$(MPY_DIR)/extmod/asyncio")
include("../../../frozen/manifest.py", console=False)
