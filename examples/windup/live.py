"""A page that shows what the valve does while it does it.

Shows: an application as a module of modcore, event_stream, Bridge, WebSocket by Bridge, events from a page.
Run as: /apps/garden.py

    /etc/pin.json     {"valve": {"pin": 4}}
    /etc/button.json  {"button": {"pin": 5, "pull": "up", "on_click": ["garden.open", "pin:valve:toggle"]}}
"""

from time import time

from modcore import Module
from windup.bridge import Bridge

PAGE = """<!doctype html><title>Garden</title><p>The valve is <b id="valve">?</b>. <button>Close it</button>
<script>
const live = new WebSocket("ws://" + location.host + "/garden/live");
live.onmessage = (message) => {
  const event = JSON.parse(message.data);
  if (event.name == "garden.valve") document.getElementById("valve").textContent = event.data;
};
document.querySelector("button").onclick = () => live.send('{"name": "garden.close"}');
</script>"""


class Garden(Module):
    depends = ("windup", "pin")
    subscribe = ("garden.open", "garden.close")

    def mount(self):
        app = self.modc.modules["windup"].app
        app.get("/garden")(lambda request: PAGE)
        app.event_stream("/garden/events", retry=5000)(Bridge(self.modc, ("garden.*",)))
        app.websocket("/garden/live")(Bridge(self.modc, ("garden.valve",), ("garden.close",)))
        app.event_stream("/garden/clock")(self.clock)

    def on_event(self, event):
        if event.name == "garden.close":
            self.modc.modules["pin"].off("valve")
            self.fire("garden.valve", "closed")
        else:
            self.fire("garden.valve", "open")

    async def clock(self, request, stream):
        from asyncio import sleep

        while True:
            await stream.send({"time": time()}, event="clock")
            await sleep(1)
