"""One module asks, another one answers.

Shows: ask, an answer from on_event, LookupError, two modules in one application.
Run as: /apps/garden.py

    /etc/pin.json     {"valve": {"pin": 4}}
    /etc/button.json  {"button": {"pin": 5, "pull": "up"}}
"""

from modcore import Module, log

_log = log.get("garden")


class Garden(Module):
    subscribe = ("garden.litres",)

    def on_event(self, event):
        if event.data == "lawn":
            return 120


class Panel(Module):
    depends = ("garden", "pin")
    subscribe = ("button.click",)

    async def on_event(self, event):
        litres = await self.modc.ask("garden.litres", "lawn")
        valve = await self.modc.ask("pin", ("valve", "value"))
        _log.info("%d litres, the valve is %s", litres, "open" if valve else "closed")
        try:
            await self.modc.ask("garden.weather")
        except LookupError as exc:
            _log.info("%s", exc)
