# What is frozen into the ESP32 firmware.

# HOST has this board's partitions and its esp32.Partition, so one _boot.py does for both.
module("_boot.py", base_path="../HOST/modules", opt=2)
# machine.Counter and machine.Encoder; the port's other modules need micropython-lib.
module("machine.py", base_path="$(PORT_DIR)/modules", opt=2)
module("espnow.py", base_path="$(PORT_DIR)/modules", opt=2)
include("$(MPY_DIR)/extmod/asyncio")
include("../../frozen/manifest.py")
