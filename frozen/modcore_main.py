"""What the device runs where the user has no `/main.py` of their own, and in safe mode."""

from console import Console
from modcore import Controller, boot, devices
from modcore.repl import Repl
from modcore.sysinfo import SysInfo
from windup.service import WebServer

boot.count()
modc = Controller()
modc.safe = boot.safe
for module in (SysInfo(), WebServer(), Console(), Repl()):
    modc.add(module)
devices.add(modc, ("wlan", "softap") if boot.safe else None)
if not boot.safe:
    from modcore import plugins

    plugins.load(modc)
modc.subscribe("healthy", boot.healthy)
modc.subscribe("safe_mode", boot.safe_mode)
try:
    modc.run()
finally:
    boot.healthy()  # it was asked to end
