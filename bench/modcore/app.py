# Runs on the board: an event makes a module fire another one, at 1, 2 and 3 modules; a measuring point (`unique_id`) is at
# each `fire` and each `on_event`.

import asyncio
import socket

from machine import unique_id
from modcore import Controller, Module
from modcore.config import Config

PORT = 0
ROUNDS = 20


class Source(Module):
    subscribe = ("bench.go",)

    def on_event(self, event):
        unique_id()
        self.fire("bench.tick", event.data)


class Sink(Module):
    subscribe = ("bench.tick",)

    def on_event(self, event):
        unique_id()


class Driver(Module):
    async def run(self):
        for sinks in range(1, 4):
            sink = Sink()
            sink.name = "sink" + str(sinks)
            self.modc.add(sink)
            while sink.state != "running":
                await asyncio.sleep_ms(1)
            for number in range(ROUNDS):
                self.fire("bench.go", number)
                await asyncio.sleep_ms(1)
        self._server = socket.socket()
        self._server.bind(("127.0.0.1", PORT))
        self._server.listen(1)


modc = Controller(Config("none", "none"))
modc.add(Source())
modc.add(Driver())
modc.run()
