"""Cookies on the booted firmware, each attribute of them, as httpx sees them and as Chromium keeps them; with TLS and without."""

import contextlib
import json
import re
import ssl

import browser
import httpx
import pytest
from accounts import PASSWORD, users
from host import PATIENCE
from modcore_cli.certificate import make

APP = """
from modcore.module import Module
from windup import Response

class Kept(Module):
    depends = ("windup", "auth")

    def mount(self):
        app = self.modc.modules["windup"].app
        app.get("/who", roles=("*",))(lambda request: request.user.name)
        app.get("/count")(self.count)
        app.get("/set")(self.set)
        app.get("/delete")(self.delete)
        app.get("/cookies")(lambda request: dict(list(request.cookies.items())))

    def count(self, request):
        request.session["count"] = request.session.get("count", 0) + 1
        return str(request.session["count"])

    def set(self, request):
        secure = request.secure
        response = Response("set")
        response.set_cookie("language", "de", max_age=86400, same_site="Lax")
        response.set_cookie("place", "bed-3", path="/cookies", http_only=True, same_site="strict")
        if secure:
            response.set_cookie("__Host-choice", "a/b", secure=True, http_only=True)
            response.set_cookie("__Secure-wide", "1", secure=True, same_site="None", path="/")
        return response

    def delete(self, request):
        response = Response("deleted")
        response.delete_cookie("language", same_site="Lax")
        response.delete_cookie("place", "/cookies")
        if request.secure:
            response.delete_cookie("__Host-choice", secure=True)
            response.delete_cookie("__Secure-wide", secure=True)
        return response
"""

MONTH = 30 * 86400
SESSION = "[0-9J-O]{2}[0-9a-f]{32}"  # number and secret
BROWSER = "[0-9a-f]{16}[.][0-9a-f]{32}"  # selector and secret


class Device:
    """A board with users; `prefix` and `secure` are what its own cookies have besides under TLS."""

    def __init__(self, host, tls, verify):
        self.host = host
        self.url = host.url.replace("http:", "https:") if tls else host.url
        self.prefix, self.secure = ("__Host-", "; Secure") if tls else ("", "")
        self._verify = verify
        self._clients = contextlib.ExitStack()

    def client(self, **cookies):
        return self._clients.enter_context(
            httpx.Client(
                base_url=self.url,
                verify=self._verify,
                timeout=PATIENCE,
                cookies=cookies,
                headers={"Origin": self.url},
            )
        )

    def restart(self):
        self.close()
        self.host.stop()
        self.host.start()

    def close(self):
        self._clients.close()

    def session(self):
        """What the Set-Cookie of a new session looks like."""
        return f"{self.prefix}sid={SESSION}; Path=/; HttpOnly; SameSite=Lax{self.secure}"

    def browser(self):
        """What the Set-Cookie of a browser that stays logged in looks like."""
        return (
            f"{self.prefix}remember={BROWSER}; Path=/; HttpOnly; SameSite=Lax{self.secure}"
            f"; Max-Age={MONTH}"
        )

    def gone(self, name):
        """The Set-Cookie that ends one of these."""
        return f"{self.prefix}{name}=; Path=/; HttpOnly; SameSite=Lax{self.secure}; Max-Age=0"


@pytest.fixture(params=["plain", "tls"])
def boot(request, make_host):
    """`boot(**settings of auth.json)` boots a `Device`."""
    devices = []

    def boot(**settings):
        files = {
            "/apps/kept.py": APP,
            "/etc/users.json": users(),
            "/etc/auth.json": json.dumps(settings),
        }
        tls = request.param == "tls"
        verify = True
        if tls:
            cert, files["/etc/tls.key"] = make(["localhost", "127.0.0.1"], 10)
            files["/etc/tls.crt"] = cert
            verify = ssl.create_default_context(cadata=cert.decode())
        names = ("windup.tls_cert=tls.crt", "windup.tls_key=tls.key") if tls else ()
        devices.append(Device(make_host(files=files, settings=names).start(), tls, verify))
        return devices[-1]

    yield boot
    for device in devices:
        device.close()


def log_in(client, **more):
    answer = client.post("/login", json={"name": "ann", "password": PASSWORD, **more})
    assert answer.status_code == 200
    return given(answer)


def given(answer):
    return answer.headers.get_list("set-cookie")


def fit(lines, *patterns):
    """Whether each of `lines` is, as a whole, what the pattern in its place says."""
    return len(lines) == len(patterns) and all(
        re.fullmatch(pattern, line) for pattern, line in zip(patterns, lines, strict=True)
    )


def value(line):
    return re.match("[^=]+=([^;]*)", line)[1]


def test_the_cookies_of_a_session(boot):
    device = boot()
    client = device.client()
    assert given(client.get("/cookies")) == []
    lines = given(client.get("/count"))
    assert fit(lines, device.session()), lines
    assert given(client.get("/count")) == []
    before = client.cookies[device.prefix + "sid"]
    lines = log_in(client)
    assert fit(lines, device.session()), lines
    assert client.cookies[device.prefix + "sid"] == value(lines[0]) != before
    assert client.get("/count").text == "3"
    # The session from before the login is nobody's
    old = device.client(**{device.prefix + "sid": before})
    assert old.get("/who").status_code == 401
    answer = client.post("/logout")
    assert given(answer) == [device.gone("sid")]
    assert not client.cookies
    old = device.client(**{device.prefix + "sid": value(lines[0])})
    assert old.get("/who").status_code == 401
    client = device.client()
    lines = log_in(client, remember=True)
    assert fit(lines, device.session(), device.browser()), lines
    assert given(client.post("/logout")) == [device.gone("sid"), device.gone("remember")]
    old = device.client(**{device.prefix + "remember": value(lines[1])})
    assert old.get("/who").status_code == 401


def test_a_form_gives_the_same_cookies(boot):
    device = boot()
    form = {"name": "ann", "password": PASSWORD, "remember": "1", "next": "/who"}
    answer = device.client().post("/login", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/who")
    assert fit(given(answer), device.session(), device.browser()), given(answer)


def test_a_cookie_counts_under_its_own_name_alone(boot):
    device = boot()
    session, remembered = map(value, log_in(device.client(), remember=True))
    good, bad = ("__Host-", "") if device.prefix else ("", "__Host-")
    assert device.client(**{good + "sid": session}).get("/who").text == "ann"
    for cookies in (
        {bad + "sid": session},
        {bad + "remember": remembered},
        {"__host-sid": session},
        {"SID": session},
        {good + "sid": session[:-1]},
        {good + "sid": "00" + session[2:-1] + ("1" if session[-1] == "0" else "0")},
        {good + "remember": remembered[:-1]},
    ):
        answer = device.client(**cookies).get("/who")
        assert answer.status_code == 401, cookies
        assert given(answer) == []
    assert device.client(**{good + "remember": remembered}).get("/who").text == "ann"


@pytest.mark.parametrize("keep", [True, False])
def test_sessions_that_are_kept_outlive_a_restart(boot, keep):
    device = boot(keep=keep)
    client = device.client()
    client.get("/count")
    lines = log_in(client)
    cookies = {device.prefix + "sid": value(lines[0])}
    secret = value(lines[0])[2:]
    device.restart()
    client = device.client(**cookies)
    answer = client.get("/who")
    if keep:
        assert answer.text == "ann"
        assert given(answer) == []
        assert client.get("/count").text == "2"
        # In flash there is nothing to log in with
        assert secret not in device.host.mpremote(
            "resume", "exec", "print(open('/etc/sessions.json').read())"
        )
        assert given(client.post("/logout")) == [device.gone("sid")]
        device.restart()
        answer = device.client(**cookies).get("/who")
    assert answer.status_code == 401


def test_a_browser_that_stays_logged_in(boot):
    device = boot()
    lines = log_in(device.client(), remember=True)
    first = value(lines[1])
    device.restart()
    client = device.client(**{device.prefix + "remember": first})
    answer = client.get("/who")
    assert answer.text == "ann"
    # Another secret each time, of the same browser
    lines = given(answer)
    order = sorted(lines, key=lambda line: "sid=" not in line)
    assert fit(order, device.session(), device.browser()), lines
    second = value(order[1])
    assert second[:17] == first[:17] and second != first
    assert given(client.get("/who")) == []
    device.restart()
    # The secret from before was stolen, or this one was: the browser has to log in again, and everybody
    assert device.client(**{device.prefix + "remember": first}).get("/who").status_code == 401
    assert device.client(**{device.prefix + "remember": second}).get("/who").status_code == 401


def test_what_nobody_wants_to_remember(boot):
    device = boot(remember=0)
    lines = log_in(device.client(), remember=True)
    assert fit(lines, device.session()), lines


def test_an_applications_own_cookies(boot):
    device = boot()
    client = device.client()
    lines = given(client.get("/set"))
    own = [
        "language=de; Path=/; Max-Age=86400; SameSite=Lax",
        "place=bed-3; Path=/cookies; HttpOnly; SameSite=Strict",
    ]
    if device.secure:
        own += [
            "__Host-choice=a/b; Path=/; Secure; HttpOnly",
            "__Secure-wide=1; Path=/; Secure; SameSite=None",
        ]
    assert lines == own
    sent = client.get("/cookies").json()
    assert sent == {line.partition("=")[0]: value(line) for line in own}
    lines = given(client.get("/delete"))
    assert lines[:2] == [
        "language=; Path=/; Max-Age=0; SameSite=Lax",
        "place=; Path=/cookies; Max-Age=0",
    ]
    assert len(lines) == len(own) and not client.cookies


def test_chromium(boot, tmp_path):
    device = boot()
    state = tmp_path / "state.json"
    arguments = ("tests/windup/cookies.mjs", "enter", device.url, state, "ann", PASSWORD)
    seen = browser.run(*arguments)
    assert seen["who"] == "ann"
    tls = bool(device.secure)

    def shape(cookie):
        return (
            cookie["name"],
            cookie["domain"],
            cookie["path"],
            cookie["httpOnly"],
            cookie["secure"],
            cookie["sameSite"],
            cookie["expires"] > 0,
        )

    def own(name, stays):
        return device.prefix + name, "127.0.0.1", "/", True, tls, "Lax", stays

    logged_in = [own("remember", True), own("sid", False)]
    assert [shape(cookie) for cookie in seen["cookies"]] == logged_in
    remembered, session = [cookie["value"] for cookie in seen["cookies"]]
    assert re.fullmatch(BROWSER, remembered) and re.fullmatch(SESSION, session)
    assert seen["script"] == ""
    more = [("language", "127.0.0.1", "/", False, False, "Lax", True)]
    visible = ["language=de"]
    if tls:
        more += [
            ("__Host-choice", "127.0.0.1", "/", True, True, "Lax", False),
            ("__Secure-wide", "127.0.0.1", "/", False, True, "None", False),
        ]
        visible.insert(0, "__Secure-wide=1")
    more.append(("place", "127.0.0.1", "/cookies", True, False, "Strict", False))
    # Of a path that the page does not have: it is kept, and goes to that path
    everything = sorted(logged_in + more)
    assert [shape(cookie) for cookie in seen["set"]] == everything
    assert seen["visible"] == visible
    assert sorted(seen["sent"]) == [cookie[0] for cookie in everything]
    assert seen["sent"]["place"] == "bed-3"
    assert [shape(cookie) for cookie in seen["left"]] == logged_in

    # The browser ends, and so do its sessions; the device, too
    device.restart()
    seen = browser.run("tests/windup/cookies.mjs", "again", device.url, state)
    assert seen["who"] == "ann"
    assert [shape(cookie) for cookie in seen["cookies"]] == logged_in
    assert seen["cookies"][0]["value"] != remembered
