"""A garden's watering: two valves, one schedule, and the page for both.

Shows: an application with a page of its own, roles, forms with tokens, a live page by server-sent events, configuration
that is saved, alarms, and outputs that are off whatever happens.
Run as: /apps/watering/, its page compiled: `modcore template examples/windup/watering/pages build/watering/pages --mpy`
/etc/pin.json: {"front": {"pin": 12}, "back": {"pin": 13}}
/etc/alarm.json: {}
/etc/users.json: {}
At the prompt: modc.modules["auth"].add_user("admin", "PASSWORD", ("admin",))
"""

from modcore import Module
from modcore.fiber import sleep_ms
from windup import HTTPError, StaticFiles, redirect
from windup.bridge import Bridge
from windup.csrf import csrf_token
from windup.templates import Templates

_VALVES = ("front", "back")
_MINUTE_MS = 60000

_render = Templates("apps.watering.pages").render


class Watering(Module):
    """Opens one valve after the other at a time of the day, or one by hand.

    Fires `watering.valve` with a dict `{"valve": …, "open": …}` whenever one moves.
    """

    depends = ("pin", "alarm", "windup", "auth")
    schema = (
        ("at", "str", "06:30", (5, 5), "Time of the day, HH:MM"),
        ("days", "str", "*", (1, 40), "Days of the week, such as mon,wed,fri; *: all"),
        ("minutes", "int", 10, (1, 120), "How long each valve is open, min"),
    )
    _work = None

    def config(self, values):
        self._program = values

    def mount(self):
        app = self.modc.modules["windup"].app
        app.get("/watering")(self.page)
        app.post("/watering/program", roles=("admin",))(self.set_program)
        app.post("/watering/<valve>", roles=("admin",))(self.turn)
        app.event_stream("/watering/events")(Bridge(self.modc, ("watering.valve",)))
        app.mount("/watering/static", StaticFiles("/apps/watering/static"))

    def start(self):
        program = self._program
        self.modc.modules["alarm"].add("watering", program["at"], self.water, program["days"])

    def stop(self):
        self.modc.modules["alarm"].remove("watering")
        for valve in _VALVES:
            self.set(valve, False)

    # The valves

    def set(self, valve, is_open):
        self.modc.modules["pin"].value(valve, is_open)
        self.fire("watering.valve", {"valve": valve, "open": is_open})

    async def water(self):
        for valve in _VALVES:
            await self.water_one(valve)

    async def water_one(self, valve):
        self.set(valve, True)
        try:
            await sleep_ms(self._program["minutes"] * _MINUTE_MS)
        finally:
            self.set(valve, False)

    # The page

    def page(self, request):
        pins = self.modc.modules["pin"]
        valves = [(name, pins.value(name)) for name in _VALVES]
        return _render("watering.html", valves, self._program, request.user, csrf_token(request))

    def turn(self, request, valve):
        if valve not in _VALVES:
            raise HTTPError(404, f"There is no valve {valve}")
        if self._work is not None:
            self._work.kill()
        if request.form().get("open") == "1":
            self._work = self.spawn(self.water_one(valve))
        return redirect("/watering")

    async def set_program(self, request):
        form = request.form()
        changes = {key: form.get(key) for key in ("at", "days")}
        changes["minutes"] = form.get("minutes", type=int)
        try:
            await self.modc.configure("watering", changes)
        except ValueError as exc:
            raise HTTPError(422, str(exc)) from None
        return redirect("/watering")
