"""What the device runs where the user has no `/main.py` of their own, and in safe mode."""

from modcore import Controller
from modcore.borrow import borrow


def device():
    """A controller with the modules that this start shall run."""
    from console import Console
    from modcore.repl import Repl
    from modcore.sysinfo import SysInfo
    from windup.service import WebServer

    modc = Controller()
    for module in (SysInfo(), WebServer(), Console(), Repl()):
        modc.add(module)
    safe = borrow("boot", "reason")
    if borrow("devices", "has", modc, ("auth.json", "users.json")):
        from windup.auth_service import AuthService

        modc.add(AuthService())
    borrow("devices", "add", modc, ("wlan", "softap") if safe else None)
    if not safe:
        borrow("plugins", "load", modc)
    return modc


borrow("boot", "count")
modc = device()
try:
    modc.run()
except SystemExit:
    borrow("boot", "healthy")  # somebody asked it to end
    raise
borrow("boot", "healthy")
