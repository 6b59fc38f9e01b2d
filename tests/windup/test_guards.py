"""`roles` of routes and mounts on the booted firmware, with real users: who gets in, by each way to say who one is."""

import contextlib
import subprocess

import httpx
import pytest
from accounts import PASSWORD, tokens, users
from host import PATIENCE, Host

APP = """
from modcore.module import Module
from windup import StaticFiles, WindUp

class Guarded(Module):
    depends = ("windup", "auth")

    def mount(self):
        app = self.modc.modules["windup"].app
        who = lambda request, *args: " ".join([request.user.name] + [repr(arg) for arg in args])
        app.get("/one", roles=("admin",))(who)
        app.get("/any", roles=("*",))(who)
        app.get("/either", roles=("gardener", "user"))(who)
        app.get("/beds/<int:number>", roles=("admin",))(who)
        app.route("/both", methods=("PUT", "DELETE"), roles=("admin",))(self.changed)
        app.get("/pieces", roles=("admin",))(self.pieces)
        app.get("/later", roles=("admin",))(self.later)
        app.post("/upload", roles=("admin",), stream=True, body_max=300000)(self.upload)
        app.get("/open")(lambda request: "open")
        # Ways around a mount that must not be any
        app.get("/part/own")(lambda request: "secret")
        app.get("/part")(lambda request: "secret")
        part = WindUp()
        part.get("/")(who)
        part.get("/page")(who)
        part.get("/user", roles=("user",))(who)
        part.put("/set")(self.changed)
        part.errorhandler(404)(lambda request, error: "not in the part")
        app.mount("/part", part, roles=("admin",))
        app.mount("/files", StaticFiles("/files"), roles=("admin",))
        app.add_generator(StaticFiles("/"))

    def changed(self, request):
        return {"by": request.user.name, "body": request.json()}

    def pieces(self, request):
        for number in range(3):
            yield str(number)

    async def later(self, request):
        from asyncio import sleep
        await sleep(0.01)
        return request.user.name

    async def upload(self, request):
        length = 0
        async for piece in request.stream:
            length += len(piece)
        return str(length)
"""

# What `roles` guards, and what an admin gets there; `{}` is the user's name
PAGES = {
    "/one": "{}",
    "/beds/3": "{} 3",
    "/pieces": "012",
    "/later": "{}",
    "/part/": "{}",
    "/part": "{}",
    "/part/page": "{}",
    "/part/user": "{}",
    "/%70art/page": "{}",
    "/part/p%61ge": "{}",
    "/files/a.txt": "in a file",
}
# What is below a guarded mount, and is not there: nobody else may learn that
NOWHERE = ("/part/nowhere", "/part/own", "/files/b.txt", "/files/")

FILES = {"/files/a.txt": "in a file", "/apps/guarded.py": APP}
# As it stands in the request, which clients would tidy up
AS_IT_IS = ("--path-as-is",)


@pytest.fixture(scope="module")
def device(tmp_path_factory):
    """A board with users and tokens: `(host, tokens by name)`."""
    content, given = tokens()
    files = {
        **FILES,
        "/etc/auth.json": "{}",
        "/etc/users.json": users(),
        "/etc/tokens.json": content,
    }
    host = Host(tmp_path_factory.mktemp("host"), files=files)
    try:
        yield host.start(), given
    finally:
        host.stop()


@pytest.fixture(params=["session", "basic", "bearer"])
def enter(request, device):
    """`enter(name)` makes a client that says it is `name`; and how the device calls that user."""
    host, given = device
    clients = contextlib.ExitStack()

    def enter(name):
        client = clients.enter_context(
            httpx.Client(base_url=host.url, timeout=PATIENCE, headers={"Origin": host.url})
        )
        if request.param == "session":
            answer = client.post("/login", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200
            assert "sid" in client.cookies
        elif request.param == "basic":
            client.auth = (name, PASSWORD)
        else:
            client.headers["Authorization"] = "Bearer " + given[name]
            return client, "token:" + name
        return client, name

    with clients:
        yield enter


def test_who_has_the_role_gets_in(enter):
    client, name = enter("ann")
    for path, text in PAGES.items():
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (200, text.format(name)), path
        assert client.head(path).status_code == 200
    for path in NOWHERE:
        assert client.get(path).status_code == 404, path
    assert client.get("/part/nowhere").text == "not in the part"
    for path in ("/both", "/part/set"):
        assert client.put(path, json=[1]).json() == {"by": name, "body": [1]}
    assert client.delete("/part/set").status_code == 405
    assert client.post("/upload", content=b"x" * 200000).text == "200000"
    assert client.get("/any").text == client.get("/either").text == name


def test_who_lacks_the_role_is_told_403(enter):
    client, name = enter("bob")
    for path in [*PAGES, *NOWHERE]:
        # Of the mount what is there and what is not looks the same
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            if method in ("GET", "HEAD") or path.startswith(("/part", "/%70art", "/files/")):
                answer = client.request(method, path)
                assert answer.status_code == 403, (method, path, answer.text)
                assert "www-authenticate" not in answer.headers
                assert method == "HEAD" or answer.text == "403 Forbidden\nYou need the role admin\n"
    for path in ("/both", "/part/set"):
        assert client.put(path, json=[1]).status_code == 403
    assert client.post("/upload", content=b"x" * 200000).status_code == 403
    assert client.get("/any").text == client.get("/either").text == name
    # A login is enough for `*`, but for no other role
    client, name = enter("eve")
    assert client.get("/any").text == name
    assert client.get("/either").status_code == 403


def test_nobody_is_told_401_with_the_ways_to_log_in(device):
    host, _ = device
    with httpx.Client(base_url=host.url, timeout=PATIENCE) as client:
        for path in [*PAGES, *NOWHERE, "/any", "/either"]:
            answer = client.get(path)
            assert answer.status_code == 401, path
            # RFC 9110 section 11.6.1
            assert answer.headers.get_list("www-authenticate") == [
                'Basic realm="device", charset="UTF-8"',
                'Bearer realm="device"',
            ]
            assert client.head(path).status_code == 401
            if path not in ("/one", "/beds/3", "/pieces", "/later", "/any", "/either"):
                assert client.request("OPTIONS", path).status_code == 401
        for path in ("/both", "/part/set"):
            assert client.put(path, json=[1]).status_code == 401
        assert client.post("/upload", content=b"x" * 200000).status_code == 401
        assert client.get("/open").text == "open"
        answer = client.get("/one", headers={"Cookie": "sid=00" + "0" * 32})
        assert answer.status_code == 401


def test_a_browser_is_sent_to_the_login_page_and_back(device):
    host, _ = device
    page = {"Accept": "text/html,*/*;q=0.8", "User-Agent": "Mozilla/5.0"}
    with httpx.Client(base_url=host.url, timeout=PATIENCE, headers=page) as client:
        for path in [*PAGES, *NOWHERE]:
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/login?next=/")
            assert "www-authenticate" not in answer.headers
        # Only a page is worth coming back to; and a browser's own password dialogue would stay in the way
        answer = client.put("/part/set", json=[1])
        assert answer.status_code == 401
        assert answer.headers.get_list("www-authenticate") == ['Bearer realm="device"']
        answer = client.get("/beds/3?a=b")
        assert answer.headers["location"] == "/login?next=/beds/3%3Fa%3Db"
        form = {"name": "ann", "password": PASSWORD, "next": "/beds/3?a=b"}
        own = {"Origin": host.url}
        answer = client.post("/login", data=form, headers=own)
        assert (answer.status_code, answer.headers["location"]) == (303, "/beds/3?a=b")
        assert client.get(answer.headers["location"]).text == "ann 3"
        client.post("/logout", headers=own)
        assert client.get("/beds/3").status_code == 303
        # Whose role is another one would come back here for ever
        client.post("/login", data={**form, "name": "bob"}, headers=own)
        assert client.get("/beds/3").status_code == 403


def curl(*words):
    result = subprocess.run(
        ["curl", "-s", "-S", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}", *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return result.stdout.strip()


@pytest.mark.parametrize(
    "path",
    [
        "/part/set",
        "//part/set",
        "/part//set",
        "/part/../part/own",
        "/open/../part/own",
        "/part%2fown",
        "/%70%61%72%74/own",
        "/part/%2e%2e/main.py",
        "/files/../apps/guarded.py",
        "/files/%2e%2e/main.py",
        "/files%2fa.txt",
        "/files/a.txt?x=/open",
    ],
)
def test_no_spelling_of_a_path_leads_around_a_mount(device, path):
    host, given = device
    # 401: it is below the mount; 404: it is nobody's; 400: it is no path
    for words in ((), ("-H", "Authorization: Bearer " + given["bob"])):
        status = curl(*AS_IT_IS, *words, host.url + path)
        assert status in ("400", "403" if words else "401", "404"), status


def test_curl(device):
    host, given = device
    ann, bob = ("-u", "ann:" + PASSWORD), ("-u", "bob:" + PASSWORD)
    for path in ("/one", "/part/page", "/files/a.txt"):
        url = host.url + path
        assert curl(url) == "401"
        assert curl("-H", "Accept: text/html", url) == f"303 {host.url}/login?next={path}"
        assert curl(*ann, url) == curl("--anyauth", *ann, url) == "200"
        assert curl(*bob, url) == "403"
        assert curl("--oauth2-bearer", given["ann"], url) == "200"
        assert curl("--oauth2-bearer", given["bob"], url) == "403"


def test_credentials_that_are_wrong(make_host):
    content, given = tokens()
    files = {
        **FILES,
        "/etc/auth.json": "{}",
        "/etc/users.json": users(),
        "/etc/tokens.json": content,
    }
    url = make_host(files=files).start().url + "/part/page"
    for words in (
        ("-u", "ann:wrong"),
        ("-u", "nobody:" + PASSWORD),
        ("--oauth2-bearer", given["ann"][:-1]),
        ("--oauth2-bearer", "eve" + given["ann"][3:]),
        ("-H", "Authorization: Digest ann"),
        ("-H", "Authorization: Basic ann"),
    ):
        # A browser as well: the login page would hide that they are wrong
        assert curl(*words, "-H", "Accept: text/html", url) == "401", words


def test_without_users_nothing_that_is_guarded_opens(make_host):
    host = make_host(files=FILES).start()
    for path in [*PAGES, *NOWHERE, "/any"]:
        for auth in (None, ("ann", PASSWORD)):
            answer = host.get(path, auth=auth)
            assert answer.status_code == 403, path
            assert "/etc/auth.json" in answer.text
    assert host.get("/open").text == "open"
