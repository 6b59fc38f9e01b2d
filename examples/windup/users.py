"""Who may open the valve: users with roles, and what a session remembers.

Shows: roles on routes and on a mount, request.user, request.session, a form's token, audit events.
Run as: /apps/garden.py; the first user is made at the prompt: modc.modules["auth"].add_user("ann", "PASSWORD", ("admin",))

    /etc/auth.json  {"idle": 600}
"""

from modcore import Module, log
from windup import WindUp, redirect
from windup.csrf import csrf_token

_log = log.get("garden")

PAGE = """<!doctype html><title>Garden</title><p>Hello %s, you were here %d times.
<form method="post" action="/garden/valve"><input type="hidden" name="csrf_token" value="%s">
<button name="valve" value="open">Open</button></form>
<form method="post" action="/logout"><input type="hidden" name="csrf_token" value="%s"><button>Log out</button></form>"""


class Garden(Module):
    depends = ("windup", "auth")
    subscribe = ("auth.*",)

    def mount(self):
        app = self.modc.modules["windup"].app
        app.get("/garden", roles=("*",))(self.page)
        app.post("/garden/valve", roles=("admin", "gardener"))(self.turn)
        settings = WindUp()
        settings.get("/")(lambda request: {"user": request.user.name})
        app.mount("/garden/settings", settings, roles=("admin",))

    def page(self, request):
        count = request.session.get("count", 0) + 1
        request.session["count"] = count
        token = csrf_token(request)
        return PAGE % (request.user.name, count, token, token)

    def turn(self, request):
        _log.info("%s says %s", request.user.name, request.form().get("valve"))
        return redirect("/garden")

    def on_event(self, event):
        _log.info("%s %s", event.name, event.data.get("user"))
