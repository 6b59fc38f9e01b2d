# The 64-bit firmware that requests are measured with: HOST's own, and the other servers frozen as ours is.

include("../../../boards/HOST/manifest.py")
freeze("$(BOARD_DIR)/frozen", opt=2)
