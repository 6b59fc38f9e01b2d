"""Whatever clients send, and whatever applications hand over: properties that hold for all of it."""

import json
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from unit_routing import guarded_app
from windup import WindUp
from windup.cookies import Cookies, find, header, pairs
from windup.urls import is_local
from wire import Wire, get, parse, post

COOKIE_OCTETS = "!#$%&'()*+-./0123456789:<=>?@ABCXYZ[]^_`abcxyz{|}~"
TOKENS = "!#$%&'*+-.0123456789ABCXYZ^_`abcxyz|~"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)

many = settings(max_examples=200, deadline=None)


def ask(app, data):
    wire = Wire(app, buffer=8192, head=8191, target=4096)
    return parse(wire.send(data) + wire.drive())[0]


def raw(path, *fields):
    """A request with `bytes` that the tokeniser lets pass."""
    return b"GET %s HTTP/1.1\r\nHost: device\r\n%s\r\n" % (
        path,
        b"".join(field + b"\r\n" for field in fields),
    )


# Cookies


@many
@given(st.binary(max_size=300))
@example(b"a;" * 5000)
def test_any_cookie_field_is_read(data):
    found = list(pairs(data))
    assert len(found) <= 64
    cookies = Cookies(data)
    for name, value in cookies.items():
        assert cookies[name] == value
        assert name in cookies
    for name, value in found:
        assert name
        assert b";" not in name + value
        assert find(data, name) is not None


@many
@given(st.dictionaries(st.text(TOKENS, min_size=1), st.text(COOKIE_OCTETS), max_size=64))
def test_cookies_come_back_as_they_were_set(cookies):
    sent = []
    for name, value in cookies.items():
        assume(not name.lower().startswith(("__host-", "__secure-")))
        # What a browser keeps: everything up to the first semicolon
        sent.append(header(name, value).split(";")[0])
    assert dict(Cookies("; ".join(sent).encode()).items()) == cookies


@many
@given(st.data())
def test_set_cookie_says_what_it_was_told_or_nothing(data):
    text = st.one_of(TEXT, st.text(COOKIE_OCTETS, max_size=10), st.just("x\r\nSet-Cookie: a=b"))
    given_ = {
        key: data.draw(text, key)
        for key in ("path", "domain", "expires")
        if data.draw(st.booleans())
    }
    name, value = data.draw(text, "name"), data.draw(text, "value")
    try:
        line = header(name, value, http_only=True, **given_)
    except ValueError:
        return
    assert line.isascii()
    assert line.isprintable()
    first, *attributes = line.split("; ")
    assert first == f"{name}={value}"
    expected = [
        f"{label}={given_[key]}"
        for key, label in (("path", "Path"), ("domain", "Domain"), ("expires", "Expires"))
        if given_.get(key)
    ]
    if "path" not in given_:
        expected.insert(0, "Path=/")
    assert attributes == expected + ["HttpOnly"]


@many
@given(st.text(TOKENS, min_size=1), st.text(COOKIE_OCTETS))
def test_python_s_own_cookies_read_ours(name, value):
    assume(not name.lower().startswith(("__host-", "__secure-")))
    jar = SimpleCookie()
    jar.load(header(name, value))
    if name in jar:  # it does not know names such as `path`, and few characters
        assert jar[name].value == value
        assert jar[name]["path"] == "/"


# Queries and forms


def values_app():
    app = WindUp(body_max=8000)
    app.get("/")(
        lambda request: [[str(k, "utf-8"), str(v, "utf-8")] for k, v in request.query.pairs]
    )
    app.post("/")(
        lambda request: [[str(k, "utf-8"), str(v, "utf-8")] for k, v in request.form().pairs]
    )
    return app


@many
@given(st.lists(st.tuples(TEXT, TEXT), max_size=10))
def test_values_arrive_as_they_were_sent(sent):
    sent = [pair for pair in sent if pair != ("", "")]
    encoded = urlencode(sent)
    for data in (
        get("/?" + encoded),
        post("/", encoded.encode(), "Content-Type: application/x-www-form-urlencoded"),
    ):
        status, _, body = ask(values_app(), data)
        assert (status, json.loads(body)) == (200, [list(pair) for pair in sent])


@many
@given(st.text("ab=&+%41c3a9ff;/?", max_size=60))
def test_any_query_is_read_as_python_reads_it_or_refused(query):
    status, _, body = ask(values_app(), get("/?" + query))
    try:
        unquote_to_bytes(query).decode()
        # What is no percent-encoding at all is refused here and passed over there
        good = all(len(bit) > 1 and bit[0] in HEX and bit[1] in HEX for bit in query.split("%")[1:])
        expected = [
            list(pair) for pair in parse_qsl(query, keep_blank_values=True, errors="strict")
        ]
    except UnicodeDecodeError:
        good = False
    assert status == (200 if good else 400)
    if good:
        assert json.loads(body) == expected


HEX = "0123456789abcdefABCDEF"


# Routes


def round_trip_app():
    app = WindUp()
    app.get("/s/<one>/<two>", name="str")(lambda request, one, two: [one, two])
    app.get("/i/<int:one>/<signed:two>", name="int")(lambda request, one, two: [one, two])
    app.get("/f/<float:one>", name="float")(lambda request, one: [one])
    app.get("/p/<path:one>", name="path")(lambda request, one: [one])
    inner = WindUp()
    inner.get("/ü b/<one>", name="inner")(lambda request, one: [one])
    app.mount("/m ä/x", inner, name="m")
    return app


def comes_back(name, **values):
    app = round_trip_app()
    url = app.url_for(name, **values)
    assert url.isascii()
    assert is_local(url)
    status, _, body = ask(app, get(url))
    assert (status, json.loads(body)) == (200, list(values.values())), url
    assert ask(app, get(url.replace("%2F", "%2f")))[2] == body


@many
@given(st.integers(min_value=0), st.integers())
def test_numbers_round_trip(one, two):
    comes_back("int", one=one, two=two)


@many
@given(st.floats(min_value=-1e15, max_value=1e15, allow_nan=False))
def test_floats_round_trip_or_are_refused(one):
    if "e" in repr(one):
        with pytest.raises(ValueError):
            round_trip_app().url_for("float", one=one)
    else:
        comes_back("float", one=one)


@many
@given(TEXT, TEXT)
def test_text_round_trips_or_is_refused(one, two):
    def no_segment(text):
        return (
            text in ("", ".", "..") or "\0" in text or "/../" in f"/{text}/" or "/./" in f"/{text}/"
        )

    if no_segment(one) or no_segment(two):
        with pytest.raises(ValueError):
            round_trip_app().url_for("str", one=one, two=two)
    else:
        comes_back("str", one=one, two=two)
        comes_back("m.inner", one=one)


@many
@given(st.text("ab./ä%", min_size=1, max_size=12))
def test_paths_round_trip_or_are_refused(one):
    if one[0] == "/" or {".", ".."} & set(one.split("/")):
        with pytest.raises(ValueError):
            round_trip_app().url_for("path", one=one)
    else:
        comes_back("path", one=one)


@many
@given(st.lists(st.tuples(TEXT, TEXT), max_size=5, unique_by=lambda pair: pair[0]))
def test_queries_of_url_for_come_back(sent):
    assume(all(name and name not in ("router", "name") for name, _ in sent))
    app = values_app()
    app.get("/q", name="q")(
        lambda request: {name: request.query.get(name) for name in request.query}
    )
    status, _, body = ask(app, get(app.url_for("q", **dict(sent))))
    assert (status, json.loads(body)) == (200, dict(sent))


# Guards

SEGMENTS = [
    "admin",
    "%61dmin",
    "adm%69n",
    "Admin",
    "",
    ".",
    "..",
    "%2e%2e",
    "own",
    "a",
    "%2f",
    "%2F",
    "%5c",
    "admin%2f",
    "%",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(SEGMENTS), max_size=5), st.booleans())
@example(["admin%2fown"], False)
@example(["%61dmin", "own"], False)
def test_nothing_gets_around_a_guarded_mount(segments, query):
    path = "/" + "/".join(segments)
    status, _, body = ask(guarded_app(), get(path + ("?a" if query else "")))
    below = (unquote_to_bytes(path) + b"/").startswith(b"/admin/")
    if below:
        assert status in (400, 401, 404), path
    assert status in (200, 400, 401, 404), path
    assert (body == b"secret") == (status == 200)
    # Who means nothing below it gets what he asks for, whatever it is like
    if not below and "%" not in segments:
        assert status == 200, path


@many
@given(st.binary(max_size=60))
def test_any_path_is_answered(data):
    path = b"/" + quote(data, safe="/").encode()
    assert ask(guarded_app(), raw(path))[0] in (200, 400, 401, 404)
    assert ask(round_trip_app(), raw(path))[0] in (200, 400, 404)


# Fields that handlers ask for


@many
@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=80))
@example("text/html;q=1e400, */*;q=nan;q=inf")
@example("text/html;q=")
def test_any_accept_field_is_read(field):
    app = WindUp()
    app.get("/")(
        lambda request: [request.accepts("text/html", "application/json"), dict(request.cookies)]
    )
    data = raw(b"/", b"Accept: " + field.encode("latin-1"), b"Cookie: " + field.encode("latin-1"))
    status, _, body = ask(app, data)
    assert status == 200
    assert json.loads(body)[0] in ("text/html", "application/json", None)
