"""A button opens and closes a valve.

Shows: on_event, fire, depends, actions bound by configuration alone.
Run as: /apps/garden.py

    /etc/pin.json     {"valve": {"pin": 4}, "light": {"pin": 2}}
    /etc/button.json  {"button": {"pin": 5, "pull": "up", "on_long": ["pin:valve:off", "pin:light:off"]}}
    /etc/garden.json  {"on_toggled": ["pin:light:toggle"]}
"""

from modcore import Module


class Garden(Module):
    depends = ("pin",)
    subscribe = ("button.click",)

    def on_event(self, event):
        self.fire("pin", ("valve", "toggle"))
        self.fire("garden.toggled")
