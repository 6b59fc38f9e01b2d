# What is frozen into the LX106_SIM firmware: esp8266_default, what an ESP8266 has.

freeze("../ESP8266_GENERIC/modules", opt=2)
include("$(MPY_DIR)/extmod/asyncio")
include("../../frozen/manifest.py", esp8266_default=True)
