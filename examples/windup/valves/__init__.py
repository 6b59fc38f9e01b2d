"""A page from templates: a table of valves, and a form for each.

Shows: Templates, render, {% args %}, {% for %}, {% include %}, escaping, a redirect after POST.
Run as: /apps/valves/, its pages compiled: `modcore template examples/windup/valves/pages build/valves/pages --mpy`
"""

from modcore import Module
from windup import HTTPError, redirect
from windup.templates import Templates

render = Templates("apps.valves.pages").render


class Valve:
    def __init__(self, name):
        self.name = name
        self.open = False


class Valves(Module):
    depends = ("windup",)

    def mount(self):
        self.valves = [Valve("Tomatoes & basil"), Valve("<Lawn>")]
        app = self.modc.modules["windup"].app
        app.get("/valves")(self.page)
        app.post("/valves/<int:number>")(self.turn)

    def page(self, request):
        return render("valves.html", self.valves, note=request.query.get("note", ""))

    def turn(self, request, number):
        if number >= len(self.valves):
            raise HTTPError(404, "There is no such valve")
        valve = self.valves[number]
        valve.open = request.form().get("open") == "1"
        return redirect("/valves?note=done")
