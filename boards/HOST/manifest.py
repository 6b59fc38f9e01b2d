# What is frozen into the HOST firmware.

freeze("modules")
include("$(MPY_DIR)/extmod/asyncio")
include("../../frozen/manifest.py")
