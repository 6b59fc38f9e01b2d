"""Rendering what the template compiler made."""

import sys

from check import raises
from windup.pieces import Pieces
from windup.templates import Templates


class page_html:
    def render(_t, title, lines=0):
        yield b"<h1>"
        yield _t.text(title)
        yield b"</h1>"
        for n in range(lines):
            yield b"<p>%03d</p>" % n
        yield from _t.pieces("foot-note.html", "the end")


class foot_note_html:
    def render(_t, text):
        yield _t.plain(text)


class broken_html:
    def render(_t, after):
        for _ in range(after):
            yield b"0123456789" * 10
        yield "x" + None


def templates():
    # A class in place of a module: its functions are the module's
    sys.modules["made"] = page_html
    sys.modules["made.page_html"] = page_html
    sys.modules["made.foot_note_html"] = foot_note_html
    sys.modules["made.broken_html"] = broken_html
    return Templates("made")


def read(page, size):
    buf = bytearray(size)
    out = b""
    while True:
        count = page.readinto(memoryview(buf))
        if not count:
            return out
        out += bytes(buf[:count])


def long_page(lines):
    pieces = b"".join([b"<p>%03d</p>" % n for n in range(lines)])
    return b"<h1>a &amp; b</h1>" + pieces + b"the end"


def test_a_small_page_comes_whole():
    assert templates().render("page.html", "a & b") == long_page(0)
    assert templates().render("page.html", title="a & b", lines=3) == long_page(3)


def test_a_large_page_is_read_piece_by_piece():
    for size in (1, 7, 100, 1024, 5000):
        page = templates().render("page.html", "a & b", lines=200)
        assert isinstance(page, Pieces)
        assert read(page, size) == long_page(200)
    assert b"".join(templates().render("page.html", "a & b", lines=200)) == long_page(200)


def test_nothing_is_lost_around_one_kib():
    for lines in range(80, 100):
        page = templates().render("page.html", "a & b", lines=lines)
        whole = long_page(lines)
        assert (type(page) is bytes) == (len(whole) <= 1024), lines
        assert (page if type(page) is bytes else read(page, 64)) == whole


def test_closing_ends_the_template():
    ended = []

    def pieces():
        try:
            while True:
                yield b"0123456789"
        finally:
            ended.append(True)

    page = Pieces(b"", None, pieces())
    assert page.readinto(bytearray(25)) == 25
    page.close()
    assert ended
    assert read(Pieces(b"ab", b"", iter(())), 1) == b"ab"


def test_an_early_mistake_is_raised_at_once():
    assert raises(TypeError, templates().render, "broken.html", 0)
    assert raises(TypeError, templates().render, "page.html")
    page = templates().render("broken.html", 12)
    assert raises(TypeError, read, page, 100)


def test_an_unknown_template_says_what_to_do():
    text = str(raises(ValueError, templates().render, "other.html"))
    assert "no template other.html" in text and "modcore template" in text


def test_text_is_escaped():
    text = templates().text
    hostile = "<script>alert('1')</script>&\"\0"
    assert text(hostile) == ("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&#34;\ufffd")
    assert text(b"caf\xc3\xa9 <") == "caf\xe9 &lt;"
    assert text(12) == "12" and text(None) == "None" and text(["<"]) == "[&#39;&lt;&#39;]"
    assert text("") == ""


def test_addresses():
    url = templates().url
    for good in (
        "/a?b=1#c",
        "a:b/"[2:],
        "http://x/",
        "HTTPS://x/",
        "mailto:a@b",
        "#x:y",
        "/a:b",
        "?a:b",
        "",
        "x y",
    ):
        assert url(good) == good, good
    assert url("/?a=1&b='") == "/?a=1&amp;b=&#39;"
    for bad in (
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        ":x",
        b"javascript:alert(1)//http:",
    ):
        assert url(bad) == "about:invalid", bad


def test_another_engine():
    class Environment:
        autoescape = True

        def get_template(self, name):
            class Template:
                def generate(self, **values):
                    yield name + " "
                    yield values["title"]

            return Template()

    engine = Templates(Environment())
    assert engine.render("page.html", title="x") == b"page.html x"

    class Careless(Environment):
        autoescape = False

    assert "autoescape=True" in str(raises(ValueError, engine.use, Careless()))
