"""Cookies of requests, and Set-Cookie."""

from check import raises
from windup import Response, WindUp
from windup.cookies import Cookies, find, header, pairs
from wire import Wire, get, parse


def ask(handler, *fields):
    app = WindUp()
    app.get("/")(handler)
    return parse(Wire(app).send(get("/", *fields)))[0]


def test_cookies_of_a_request():
    def handler(request):
        cookies = request.cookies
        return [
            cookies.get("a"),
            cookies["b"],
            cookies.get("c", "none"),
            "a" in cookies,
            "c" in cookies,
            len(cookies),
            list(cookies),
            list(cookies.items()),
        ]

    body = ask(handler, 'Cookie: a=1; b="two"; a=3')[2]
    assert body == b'["1", "two", "none", true, false, 2, ["a", "b"], [["a", "1"], ["b", "two"]]]'
    assert ask(lambda request: str(len(request.cookies)))[2] == b"0"


def test_grammar():
    for data, expected in (
        (b"", []),
        (b";;; ;", []),
        (b"a=b", [(b"a", b"b")]),
        (b" a = b ;\tc=d;", [(b"a", b"b"), (b"c", b"d")]),
        (b"a=b=c", [(b"a", b"b=c")]),
        (b"a=", [(b"a", b"")]),
        (b"=b; c; =; d=1", [(b"d", b"1")]),
        (b'a="x y"', [(b"a", b'"x y"')]),
        (b"a=%41;b=\xe4", [(b"a", b"%41"), (b"b", b"\xe4")]),
    ):
        assert list(pairs(data)) == expected, data


def test_quotation_marks():
    for data, expected in (
        (b'a="b"', "b"),
        (b'a=""', ""),
        (b'a="', '"'),
        (b'a="b', '"b'),
        (b'a=b"', 'b"'),
    ):
        assert Cookies(data).get("a") == expected


def test_names_are_exact_and_the_first_counts():
    cookies = Cookies(b"session=1; Session=2; session=3; xsession=4; session2=5")
    assert (cookies["session"], cookies["Session"], cookies["session2"]) == ("1", "2", "5")
    raises(KeyError, lambda: cookies["SESSION"])
    assert find(b"ab=1; b=2", b"b") == b"2"
    assert find(b"ab=1", b"b") is None


def test_values_that_are_not_utf_8():
    assert Cookies(b"a=\xe4")["a"] == "\xe4"
    assert Cookies(b"a=\xc3\xa4")["a"] == "\xe4"


def test_only_64_are_looked_at():
    data = b"; ".join([b"c%d=%d" % (number, number) for number in range(1000)])
    assert Cookies(data).get("c63") == "63"
    assert Cookies(data).get("c64") is None
    assert len(Cookies(data)) == 64


def test_set_cookie():
    def handler(request):
        response = Response("x")
        response.set_cookie("a", "1")
        response.set_cookie("b", "2", max_age=60, http_only=True, same_site="Lax")
        response.delete_cookie("c", path="/x")
        return response

    app = WindUp()
    app.get("/")(handler)
    data = Wire(app).send(get("/"))
    assert b"\r\nSet-Cookie: a=1; Path=/\r\n" in data
    assert b"\r\nSet-Cookie: b=2; Path=/; Max-Age=60; HttpOnly; SameSite=Lax\r\n" in data
    assert b"\r\nSet-Cookie: c=; Path=/x; Max-Age=0\r\n" in data


def test_every_attribute():
    assert header(
        "__Secure-a",
        "b",
        path="/p",
        max_age=-1,
        expires="Thu, 01 Jan 2026 00:00:00 GMT",
        domain="example.org",
        secure=True,
        http_only=True,
        same_site="none",
        partitioned=True,
    ) == (
        "__Secure-a=b; Path=/p; Domain=example.org; Max-Age=-1; Expires=Thu, 01 Jan 2026 00:00:00 GMT; Secure; HttpOnly;"
        " SameSite=None; Partitioned"
    )
    assert header("a", "b", path=None) == "a=b"
    assert header("__Host-a", "b", secure=True) == "__Host-a=b; Path=/; Secure"


def test_dates():
    from modcore.port import MICROPYTHON

    # 2026-01-01, in seconds of the interpreter's epoch
    seconds = 820540800 if MICROPYTHON else 1767225600
    line = header("a", "b", expires=seconds)
    assert line == "a=b; Path=/; Expires=Thu, 01 Jan 2026 00:00:00 GMT"


def test_what_is_refused():
    for name in ("", "a b", "a=b", "a;b", 'a"', "ä", "a\n", "a\0", "a,b", "(a)", "a/b"):
        assert "make a name" in str(raises(ValueError, header, name, "x"))
    for value in ("a b", "a;b", 'a"', "ä", "a\r\nSet-Cookie: x=y", "a,b", "a\\b", "\x7f", "\0"):
        assert "encode it" in str(raises(ValueError, header, "a", value))
    for options in (
        {"path": "/a;b"},
        {"path": "/a\r\nb"},
        {"domain": "x;y"},
        {"domain": "ä.de"},
        {"expires": "x; Secure"},
        {"same_site": "Sometimes"},
        {"same_site": "None"},
        {"partitioned": True},
    ):
        raises(ValueError, lambda: header("a", "b", **options))
    raises(ValueError, header, "__Secure-a", "b")
    raises(ValueError, header, "__host-a", "b")
    raises(ValueError, lambda: header("__Host-a", "b", path="/x", secure=True))
    raises(ValueError, lambda: header("__Host-a", "b", domain="x.org", secure=True))
