"""WindUp as a device would have it: thirty routes, security headers on every answer."""

import asyncio
import json

from mark import mark
from windup import StaticFiles, WindUp
from windup.auth import Auth, Session, User
from windup.filters import security
from windup.guard import guarded
from windup.limits import Limits
from windup.server import Server
from windup.websocket import websocket

ROUTES = 30
SESSION = b"0123456789abcdef" * 2  # as in kinds.py


def make_app(routes=ROUTES):
    """The application with `routes` routes, those that are measured among them."""
    app = WindUp()
    app.add_filter(security())

    @app.get("/")
    def hello(request):
        return "Hello, world!"

    @app.get("/user/<int:id>")
    def user(request, id):
        return "User %d" % id

    @app.post("/lamp")
    def lamp(request):
        level = request.json()["level"]
        return {"level": level, "on": level > 0}

    # A page of somebody who has logged in, and has the role for it
    auth = Auth(app, "/etc", None, {"idle": 86400, "absolute": 86400})
    auth.sessions.append(Session(SESSION, User("ann", ("user", "admin")), 0, -1))

    def mine(request):
        return "Hello, %s!" % request.user.name

    app.get("/mine")(guarded(mine, ("admin",)))

    @app.get("/mark")
    def measuring_point(request):
        return mark()

    def other(request, *args):
        return "other"

    # A third with a parameter, below paths of their own: /module7/state, /module8/<name>/value
    for number in range(4, routes):
        path = "/module%d/<name>/value" if number % 3 == 2 else "/module%d/state"
        app.get(path % number)(other)

    @websocket(app, "/echo")
    async def echo(request, ws):
        while True:
            message = await ws.receive()
            if message is None:
                break
            await ws.send(message)

    app.mount("/static", StaticFiles("/files", fixed=True))
    return app


def serve(settings, routes=ROUTES):
    """Serve with what the board's factory configuration says, and `settings` over it."""
    with open("/rom/etc/windup.json") as file:
        values = json.load(file)
    values.update(settings)
    asyncio.run(_main(make_app(routes), Limits(values)))


async def _main(app, limits):
    server = Server(app, limits)
    server.listen()
    await server.run()
