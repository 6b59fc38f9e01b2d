"""What the device runs where the user has no `/main.py` of their own."""

from console import Console
from modcore import Controller
from modcore.repl import Repl
from modcore.sysinfo import SysInfo
from windup.service import WebServer

modc = Controller()
for module in (SysInfo(), WebServer(), Console(), Repl()):
    modc.add(module)
modc.run()
