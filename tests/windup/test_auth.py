"""Users, sessions and roles on the booted HOST firmware, with clients that others wrote."""

import json
import re
import subprocess
import threading

import browser
import httpx
import pytest
from accounts import PASSWORD, users
from host import PATIENCE, TOP

from bench.web.board import compiled

APP = """
from gc import collect, mem_free

from modcore.module import Module
from windup.csrf import csrf_token
from windup.guard import Guard, guarded

class Safe(Module):
    depends = ("windup", "auth")
    subscribe = ("auth.*",)

    def mount(self):
        app = self.modc.modules["windup"].app
        app.get("/admin")(guarded(lambda request: "admin " + request.user.name, ("admin",)))
        app.post("/admin")(guarded(self.set, ("admin",)))
        app.get("/any")(guarded(lambda request: "any", ("*",)))
        app.get("/count")(self.count)
        app.mount("/closed", Guard(app, ("admin",)))
        app.get("/free")(self.free)

    def set(self, request):
        return {"level": request.json()["level"] + 1}

    def free(self, request):
        collect()
        collect()
        return str(mem_free())

    def count(self, request):
        request.session["count"] = request.session.get("count", 0) + 1
        return str(request.session["count"])

    def on_event(self, event):
        print("audit", event.name, sorted(event.data.items()))
"""

MODC = "from modcore import modc; "
ADD = MODC + "modc.modules['auth'].add_user({!r}, {!r}, {!r})"


@pytest.fixture
def boot(make_host):
    """Boots a device with users ann, an admin, and bob."""

    def boot(with_users=True, settings=None, **keywords):
        files = {"/etc/auth.json": json.dumps(settings or {}), "/apps/safe.py": APP}
        if with_users:
            files["/etc/users.json"] = users()
        if keywords.get("profile") == "esp8266":
            # As a device would have them, whose applications are not compiled in 38 KiB
            files["/apps/safe.mpy"] = compiled("safe.py", files.pop("/apps/safe.py").encode())
        return make_host(files=files, **keywords).start()

    return boot


def log_in(client, name="ann", password=PASSWORD, **more):
    return client.post("/login", json={"name": name, "password": password, **more})


def curl(host, *words):
    out = subprocess.run(
        ["curl", "-s", "-S", "-w", "\n%{http_code}", "--max-time", str(PATIENCE), *words],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    body, _, status = out.rpartition("\n")
    return int(status), body


def test_the_first_user_is_made_on_the_console(boot):
    host = boot(with_users=False)
    answer = host.get("/admin")
    assert answer.status_code == 401
    line = re.search(r"from modcore import modc.*", answer.text)[0]
    host.mpremote("resume", "exec", line.replace("PASSWORD", PASSWORD))
    assert host.get("/admin", auth=("admin", PASSWORD)).text == "admin admin"
    assert host.get("/api/v1/status").status_code == 200
    listing = host.mpremote("resume", "exec", "import os; print(os.listdir('/etc'))")
    assert "users.json" in listing


def test_without_its_file_the_device_has_no_users(make_host):
    host = make_host(files={"/apps/safe.py": APP}).start()
    names = [module["name"] for module in host.get("/api/v1/status").json()["modules"]]
    assert "auth" not in names and "safe" in names
    assert host.get("/login").status_code == 404


@pytest.mark.parametrize(("bits", "profile"), [(64, "esp32"), (32, "esp8266")])
def test_a_day_in_the_life(boot, bits, profile):
    host = boot(bits=bits, profile=profile)
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        assert client.get("/admin").status_code == 401
        answer = log_in(client)
        assert answer.json() == {"name": "ann", "roles": ["admin", "user"]}
        assert client.get("/admin").text == "admin ann"
        assert client.post("/admin", json={"level": 1}).status_code == 403  # no Origin, no token
        own = {"Origin": host.url}
        assert client.post("/admin", json={"level": 1}, headers=own).json() == {"level": 2}
        assert client.get("/closed/none").status_code == 404
        assert [client.get("/count").text for _ in range(3)] == ["1", "2", "3"]
        assert client.post("/logout", headers=own).status_code == 204
        assert client.get("/any").status_code == 401
        assert client.get("/closed/none").status_code == 401
        assert log_in(client, "bob").status_code == 200
        assert client.get("/admin").status_code == 403
        assert client.get("/closed/none").status_code == 403
        assert client.get("/any").text == "any"
    for event in (r"auth\.login .*'password'.*'ann'", r"auth\.logout", r"auth\.denied .*'bob'"):
        host.wait_for("audit " + event)
    assert PASSWORD not in host.output
    host.stop()
    host.start()
    assert host.get("/admin", auth=("ann", PASSWORD)).text == "admin ann"
    assert "MemoryError" not in host.output


def test_curl(boot):
    host = boot()
    url = host.url + "/admin"
    assert curl(host, "-u", f"ann:{PASSWORD}", url) == (200, "admin ann")
    assert curl(host, "--anyauth", "-u", f"ann:{PASSWORD}", url) == (200, "admin ann")
    assert curl(host, "-u", "ann:wrong horse", url)[0] == 401
    data = ("--json", '{"level": 1}')
    assert curl(host, "-u", f"ann:{PASSWORD}", *data, url) == (200, '{"level": 2}')
    token = host.mpremote(
        "resume", "exec", MODC + "print(modc.modules['auth'].add_token('backup', ('admin',)))"
    ).strip()
    assert curl(host, "--oauth2-bearer", token, url) == (200, "admin token:backup")
    host.mpremote("resume", "exec", MODC + "modc.modules['auth'].remove_token('backup')")
    assert curl(host, "--oauth2-bearer", token, url)[0] == 401
    # A body that comes when it is asked for, with a password that was not looked at yet
    body = json.dumps({"level": 1, "more": "x" * 3000})
    words = ("-H", "Expect: 100-continue", "-H", "Content-Type: application/json", "-d", body)
    assert curl(host, "-u", f"ann:{PASSWORD}", *words, url) == (200, '{"level": 2}')


def test_guessing_is_slowed_down(boot):
    host = boot()
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        answers = [log_in(client, "ann", "wrong horse") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1


@pytest.mark.parametrize(("bits", "profile"), [(64, "esp32"), (32, "esp8266")])
def test_others_are_served_while_a_password_is_looked_at(boot, bits, profile):
    host = boot(bits=bits, profile=profile, settings={"iterations": 1000000})
    statuses = []

    def knock():
        with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
            statuses.append(log_in(client).status_code)

    thread = threading.Thread(target=knock)
    thread.start()
    served = 0
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        while not statuses:
            assert client.get("/any").status_code == 401
            served += 1
    thread.join()
    assert statuses == [200]
    assert served > 5


def test_many_rounds_in_38_kib(boot):
    host = boot(bits=32, profile="esp8266")
    own = {"Origin": host.url}
    free = []
    with httpx.Client(base_url=host.url) as one, httpx.Client(base_url=host.url) as other:
        # What each of the two connections keeps for ever is there then
        for client in (one, other, one, other):
            assert log_in(client).status_code == 200
            assert client.get("/any").status_code == 200
    for number in range(200):
        with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
            name = ("ann", "bob")[number % 2]
            answer = log_in(client, name)
            assert answer.status_code == 200, (number, answer.text, host.output)
            assert client.get("/any").text == "any"
            status = client.get("/admin").status_code
            assert status == (200 if name == "ann" else 403)
            answer = client.post("/admin", json={"level": number}, headers=own)
            assert answer.status_code == status
            if status == 200:
                assert answer.json() == {"level": number + 1}
            assert client.get("/count").text == "1"
            if number % 3 == 0:
                assert client.post("/logout", headers=own).status_code == 204
        if number % 50 == 49:
            free.append(int(host.get("/free").text))
    assert "MemoryError" not in host.output and "no memory" not in host.output
    assert min(free) > free[0] - 512, free


def test_the_pages_in_a_browser(boot):
    host = boot()
    folder = TOP / "build" / "screenshots"
    folder.mkdir(exist_ok=True)
    seen = browser.run("tests/windup/login.mjs", host.url, folder, "ann", PASSWORD)
    assert len(seen["pages"]) == 4
    for page in seen["pages"]:
        assert page["wrong"] == "Wrong name or password"
        assert page["inside"] == {"url": host.url + "/admin?a=b", "text": "admin ann"}
        assert page["cookies"] == [
            ["remember", True, "Lax", "/", True],
            ["sid", True, "Lax", "/", False],
        ]
        assert page["button"] and page["left"] == []
        assert page["after"] == host.url + "/login?next=/admin"
    assert seen["outside"] == []
    assert seen["remembered"] == "admin ann"
