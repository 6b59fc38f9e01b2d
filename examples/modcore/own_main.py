"""A program of one's own in place of the dashboard: a REPL here and over the network, and one module.

Shows: Controller, add, WebREPL, devices.add, what the end of run means.
Run as: /main.py

    /etc/webrepl.json  {"password": "watering", "port": 8266}
    /etc/pin.json      {"valve": {"pin": 4, "initial": "on"}}
"""

from modcore import Controller, Module, devices
from modcore.repl import Repl


class Garden(Module):
    def stop(self):
        print("garden stops, the valve is", self.modc.modules["pin"].value("valve"))


modc = Controller(healthy_ms=5000)
modc.add(Repl())
devices.add(modc)  # pin, webrepl, …: those that have a file in /etc or /rom/etc
modc.add(Garden())
modc.run()  # until modc.shutdown(), the action exit, or Ctrl-C
print("all modules have stopped")
