"""What the tests of `windup.auth` share: an application with users, a browser that keeps cookies."""

import json
import os
from binascii import b2a_base64

from windup import WindUp, auth, passwords
from windup.auth import Auth
from windup.guard import guarded
from windup.login import Login
from wire import Wire, get, parse, post

FOLDER = "auth_files"
PASSWORD = "correct horse"


async def at_once(ms):
    pass


passwords.sleep_ms = at_once


class Clock:
    """In the place of `ticks_ms`."""

    def __init__(self):
        self.ms = 0

    def __call__(self):
        return self.ms & (1 << 30) - 1


def clear():
    for name in os.listdir(FOLDER) if FOLDER in os.listdir() else ():
        os.remove(FOLDER + "/" + name)


def make(with_users=True, **settings):
    """An application with users ann (admin), bob (user), and what a guard needs."""
    clear()
    app = WindUp()
    events = []
    settings.setdefault("iterations", 10)
    it = Auth(app, FOLDER, lambda name, data: events.append((name, data)), settings)
    clock = auth.ticks_ms = Clock()
    it._ticks = 0
    if with_users:
        it.add_user("ann", PASSWORD, ("admin", "user"))
        it.add_user("bob", PASSWORD, ("user",))
    app.get("/free")(lambda request: "free")
    app.get("/who")(lambda request: request.user.name if request.user else "nobody")
    app.get("/any")(guarded(lambda request: "any", ("*",)))
    app.get("/admin")(guarded(lambda request: "admin", ("admin",)))
    app.post("/admin")(guarded(lambda request: "set " + str(request.body, "ascii"), ("admin",)))
    app.get("/pin/<int:pin>")(guarded(lambda request, pin: str(pin), ("user",)))
    app.get("/danger")(guarded(lambda request: "done", ("admin",), fresh=True))
    del events[:]
    app.events = events
    app.clock = clock
    return app


class Browser:
    """One client that keeps cookies."""

    def __init__(self, app, address="192.0.2.1", secure=False):
        self.wire = Wire(app)
        self.wire.connection.open((address, 1234))
        self.wire.connection.secure = secure
        self.cookies = {}
        self.set_cookies = []

    def ask(self, data):
        if self.cookies:
            pairs = "; ".join(["%s=%s" % pair for pair in self.cookies.items()])
            data = data.replace(b"\r\n", b"\r\nCookie: " + pairs.encode() + b"\r\n", 1)
        out = self.wire.send(data)
        while self.wire.spawned:
            out += self.wire.drive()
        self.set_cookies = []
        for line in out.split(b"\r\n\r\n")[0].split(b"\r\n"):
            if line.startswith(b"Set-Cookie: "):
                line = line[12:].decode()
                self.set_cookies.append(line)
                name, value = line.split(";")[0].split("=", 1)
                if value:
                    self.cookies[name] = value
                else:
                    self.cookies.pop(name, None)
        return parse(out)[0]

    def get(self, path, *fields):
        return self.ask(get(path, *fields))

    def post(self, path, body=b"", *fields):
        origin = (
            "Origin: https://device" if self.wire.connection.secure else "Origin: http://device"
        )
        return self.ask(post(path, body, origin, *fields))

    def log_in(self, name="ann", password=PASSWORD, **more):
        values = {"name": name, "password": password}
        values.update(more)
        return self.post("/login", json.dumps(values).encode(), "Content-Type: application/json")


def basic(name, password):
    pair = ("%s:%s" % (name, password)).encode()
    return "Authorization: Basic " + b2a_base64(pair).strip().decode()


def with_login(**settings):
    app = make(**settings)
    Login(app)
    return app


def names(app):
    return [name for name, _ in app.events]


def note(request, text):
    request.session["note"] = request.session.get("note", "") + text
    return request.session["note"]


def clear_backup(name):
    if name + ".json.bak" in os.listdir(FOLDER):
        os.remove(FOLDER + "/%s.json.bak" % name)


def read(name):
    with open(FOLDER + "/%s.json" % name) as file:
        return file.read()


def write(name, text):
    with open(FOLDER + "/%s.json" % name, "w") as file:
        file.write(text)
