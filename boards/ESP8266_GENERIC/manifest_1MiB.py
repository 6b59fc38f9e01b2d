# What is frozen into the ESP8266 firmware for 1 MiB of flash.

freeze("modules", opt=2)
module("espnow.py", base_path="$(PORT_DIR)/modules", opt=2)
include("$(MPY_DIR)/extmod/asyncio")
include("../../frozen/manifest.py", esp8266_default=True, esp8266_1mib=True)
