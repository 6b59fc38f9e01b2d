"""The template compiler: syntax, mistakes, and what hostile values can do to a page."""

import sys
import types
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from modcore_cli.cli import app
from modcore_cli.problem import Problem
from modcore_cli.templates.compiler import compile_template
from modcore_cli.templates.error import TemplateError
from modcore_cli.templates.folder import compile_folder
from typer.testing import CliRunner
from windup.templates import Templates


def rendered(sources, name="page.html", **values):
    """What template `name` gives; `sources` is its text, or texts by name."""
    if isinstance(sources, str):
        sources = {name: sources}
    package = types.ModuleType("pages_in_test")
    package.__path__ = []
    modules = {"pages_in_test": package}
    for file, source in sources.items():
        module = types.ModuleType(file)
        exec(compile_template(file, source, sources), module.__dict__)
        modules["pages_in_test." + file.replace(".", "_")] = module
    before = dict(sys.modules)
    sys.modules.update(modules)
    try:
        return b"".join(
            piece.encode() if isinstance(piece, str) else piece
            for piece in Templates("pages_in_test").pieces(name, **values)
        ).decode()
    finally:
        for module in modules:
            del sys.modules[module]
        sys.modules.update(before)


def mistake(source, name="page.html", names=None):
    with pytest.raises(TemplateError) as caught:
        compile_template(name, source, names)
    return str(caught.value)


def test_expressions_and_arguments():
    page = "{% args text, times=2 %}\n{{ text }}{{text*times}} {{ '}}' }} {{ {'a': {'b': 3}}['a']['b'] }}"
    assert rendered(page, text="ab") == "ababab }} 3"


def test_statements():
    page = """{% args items %}
<ul>
{% for n, item in enumerate(items) %}
  {% if n == 0 %}
  <li>first {{ item }}
  {% elif n % 2 %}
  <li>odd {{ item }}
  {% else %}
  <li>even {{ item }}
  {% endif %}
{% endfor %}
</ul>
{% set count = len(items) %}
{% while count %}{{ count }}{% set count -= 1 %}{% endwhile %}
{# nothing
   of this #}
{% import sys %}
{{ sys.maxsize > 0 }}
"""
    assert rendered(page, items="abc") == (
        "<ul>\n  <li>first a\n  <li>odd b\n  <li>even c\n</ul>\n321\nTrue\n"
    )


def test_lines_of_tags_leave_nothing_and_others_stay():
    assert rendered("a\n  {% if 1 %} {# x #}\n  b\n\t{% endif %}\nc") == "a\n  b\nc"
    assert rendered("a {% if 1 %}\nb{% endif %}\n") == "a \nb\n"
    assert rendered("{{ 1 }}\n{% raw %}{{ x }} {% if %}{% endraw %}\n") == "1\n{{ x }} {% if %}\n"


def test_includes():
    pages = {
        "page.html": '{% set other = "b.txt" %}{% include "a.html" 1, n=2 %}|{% include {{other}} "<" %}',
        "a.html": "{% args m, n %}{{ m }}{{ n }}",
        "b.txt": "{% args t %}{{ t }}",
    }
    assert rendered(pages) == "12|<"


def test_values_are_escaped_unless_told_otherwise():
    page = "{% set x = '<&>\"' + chr(39) %}{{ x }} <a title=\"{{ x }}\" alt='{{ x }}'></a>{{! x }}"
    safe = "&lt;&amp;&gt;&#34;&#39;"
    assert rendered(page) == f"{safe} <a title=\"{safe}\" alt='{safe}'></a><&>\"'"
    assert rendered("{{ '<' }}", name="page.txt") == "<"


def test_addresses_run_no_script():
    assert rendered("<a href='{{ \"javascript:alert(1)\" }}'>") == "<a href='about:invalid'>"
    assert rendered("<a href=\"{{ '/x?a=1&b' }}\">") == '<a href="/x?a=1&amp;b">'
    assert rendered("<a href=\"/{{ 'javascript:x' }}\">") == '<a href="/javascript:x">'
    assert (
        rendered("<a href='{% if 1 %}{% endif %}{{ \"data:x\" }}'>") == "<a href='about:invalid'>"
    )
    assert (
        rendered("<a href='{% if 0 %}/a{% endif %}{{ \"data:x\" }}'>") == "<a href='about:invalid'>"
    )


@pytest.mark.parametrize(
    "page, line, text",
    [
        ("a\n{% if x %}", 2, "x is not known here"),
        ("a\n{% if 1 %}\nb", 2, "{% if %} without {% endif %}"),
        ("{% for n in 1 %}", 1, "{% for %} without {% endfor %}"),
        ("{% if 1 %}{% endfor %}", 1, "{% endfor %} does not fit: {% if %} of line 1 is open"),
        ("{% endif %}", 1, "nothing is open"),
        ("{% else %}", 1, "{% else %} stands between"),
        ("{% if 1 %}{% else %}{% elif 1 %}{% endif %}", 1, "else last"),
        ("{% if 1 %}{% else 1 %}{% endif %}", 1, "write {% elif condition %}"),
        ("{% args titel %}\n\n{{ title }}", 3, "did you mean titel?"),
        ("{{ open('x') }}", 1, "MicroPython does not have this builtin"),
        ("\n{{ 1 + }}", 2, "'1 +' is not Python"),
        ("{{ }}", 1, "an expression is missing"),
        ("{{ 1", 1, "no }}"),
        ("\n\n{% if", 3, "no %}"),
        ("{# x", 1, "no #}"),
        ("{% raw %}", 1, "{% raw %} without {% endraw %}"),
        ("{% blokc x %}", 1, "{% blokc %} is not known; there are args, if"),
        ("x{% args a %}", 1, "before everything else"),
        ("{% args a %}{% args b %}", 1, "stands once"),
        ("{% args a b %}", 1, "'args a b' is not Python"),
        ("{% args _t %}", 1, "names that begin with _"),
        ("{% set x %}", 1, "write {% set name = expression %}"),
        ("{% set x = 1; y = 2 %}", 1, "write {% set"),
        ("{% include x.html %}", 1, 'write {% include "name.html"'),
        ('{% include "x.html" %}', 1, "x.html is not there; there are page.html"),
        ('{% include "../x.html" %}', 1, "name a template with letters"),
        ("{{ await x }}", 1, "cannot wait"),
        ("{{ f'{1}' }}", 1, "no f-strings"),
        ("a\n\0", 2, "control character"),
        # Where escaping does not help
        (
            "<script>\nlet a = '{{ 1 }}'</script>",
            2,
            "an expression inside <script> would run as code",
        ),
        ("<STYLE>{{ 1 }}", 1, "an expression inside <style>"),
        ("<p class={{ 1 }}>", 1, 'put quotes around the value of class: class="{{ … }}"'),
        ("<p class=a{{ 1 }}>", 1, "put quotes around"),
        ("<p class = {{ 1 }}>", 1, "put quotes around"),
        ("<p {{ 1 }}>", 1, "cannot stand in a tag"),
        ("<p a{{ 1 }}>", 1, "cannot stand in the name of an attribute"),
        ("<{{ 1 }}>", 1, "cannot stand in a tag that has just begun"),
        ("<p{{ 1 }}>", 1, "cannot stand in the name of a tag"),
        ('<p onclick="{{ 1 }}">', 1, "an expression in onclick would run as code"),
        ("<p STYLE='a:{{ 1 }}'>", 1, "an expression in style"),
        ("<a href=' javascript:f({{ 1 }})'>", 1, "address of javascript: would run as code"),
        ("<p {% if 1 %}a='{% endif %}'>", 1, "one branch ends in"),
        (
            "<p {% if 1 %}on{% else %}hr{% endif %}ef='{{ 1 }}'>",
            1,
            "write the name of an attribute whole",
        ),
        ("{% for n in '12' %}<p {% endfor %}>", 1, "one branch ends in"),
        ("<p>{% if 1 %}<script>{% endif %}{{ 1 }}", 1, "one branch ends in"),
        ('<p {% include "page.html" %}>', 1, "an include cannot stand in a tag"),
        ("<p>a</p", 1, "the template ends in the name of a tag"),
        ("<!-- x", 1, "the template ends in a comment"),
    ],
)
def test_mistakes_name_file_line_and_what_to_do(page, line, text):
    message = mistake(page, names={"page.html"})
    assert message.startswith(f"page.html:{line}: ") and text in message


@pytest.mark.parametrize(
    "page",
    [
        "a < b <3 {{ 1 }}",
        "<p {% if 1 %}checked{% endif %} class='{{ 1 }}'>",
        "<p{% if 1 %} class='{{ 1 }}'{% else %} id='x'{% endif %}>",
        "<a href='{% if 1 %}/a{% else %}/b{% endif %}{{ 1 }}'>",
        "<textarea><a {{ 1 }}</textarea><title>{{ 1 }}</title>",
        "<!DOCTYPE html><br/><input a=b c checked/>{{ 1 }}",
        "<script>if (a < b) x = '<p '</script>{{ 1 }}",
        "<!-- <p -->{{ 1 }}<!-->{{ 1 }}<!-- a--!>{{ 1 }}",
        "<script src='{{ 1 }}'></script>",
        "<p a = 'b'c=\"{{ 1 }}\" data-on='{{ 1 }}'>",
        "{% if 1 %}<b>{% endif %}{{ 1 }}{% if 1 %}</b>{% endif %}",
    ],
)
def test_what_is_safe_compiles(page):
    assert "1" in rendered(page)


PAGE = """{% args v %}
<!DOCTYPE html><html><head><title>{{ v }}</title></head><body class="{{ v }}" data-x='a{{ v }}b'>
<!-- {{ v }} --><p>{{ v }}<a href="{{ v }}" title="{{ v }}">{{ v }}</a><a href='/x/{{ v }}'>x</a>
<textarea name="t">{{ v }}</textarea></body></html>"""


class Structure(HTMLParser):
    """Everything that a page holds, values apart; and the values of its attributes."""

    def __init__(self, page):
        super().__init__()
        self.shape = []
        self.values = []
        self.text = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.shape.append((tag, [name for name, _ in attrs]))
        self.values += [value for _, value in attrs]

    def handle_endtag(self, tag):
        self.shape.append("/" + tag)

    def handle_data(self, data):
        self.text.append(data)


HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet="<>\"'&/!-= \t\n\0abcjs:;#{}%\ufeff\u2028"),
    st.sampled_from(
        [
            "</title><script>alert(1)</script>",
            "\"><img src=x onerror='x'>",
            "' onmouseover='alert(1)",
            "--><script>",
            "</textarea><script>",
            "javascript:alert(1)",
            "&#34;&lt;",
            "{{ v }}{% if %}",
        ]
    ),
)


@given(HOSTILE)
@example("</title></textarea>--!><script x='\">\0")
@settings(max_examples=300, deadline=None)
def test_no_value_changes_what_a_page_is(value):
    benign = Structure(rendered(PAGE, v="x"))
    page = rendered(PAGE, v=value)
    found = Structure(page)
    assert found.shape == benign.shape
    expected = value.replace("\0", "\ufffd")
    try:
        expected.encode()
    except UnicodeError:
        return
    # html.parser leaves character references in an attribute as they mean, line ends as they are
    assert found.values[0] == expected
    assert found.values[1] == f"a{expected}b"
    assert found.values[2] in (expected, "about:invalid")
    assert found.values[3] == expected
    assert found.values[4] == f"/x/{expected}"
    assert ":" in value or found.values[2] == expected


def test_a_folder_is_a_package(tmp_path):
    (tmp_path / "a.html").write_text('{% include "b.txt" %}')
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "notes.md").write_text("{{ not a template")
    modules = compile_folder(tmp_path)
    assert set(modules) == {"__init__.py", "a_html.py", "b_txt.py"}
    (tmp_path / "b_txt.html").write_text("")
    (tmp_path / "b-txt.html").write_text("")
    with pytest.raises(TemplateError, match="same module"):
        compile_folder(tmp_path)
    (tmp_path / "1.html").write_text("")
    with pytest.raises(TemplateError, match="a letter first"):
        compile_folder(tmp_path)


def run(*words):
    return CliRunner().invoke(app, ["template", *map(str, words)])


def test_the_command(tmp_path):
    source, out = tmp_path / "pages", tmp_path / "out" / "pages"
    source.mkdir()
    for name in ("a.html", "b.html"):
        (source / name).write_text("{{ 1 }}")
    assert run(source, out).output == f"2 templates in {out}\n"
    assert sorted(path.name for path in out.iterdir()) == ["__init__.py", "a_html.py", "b_html.py"]
    (out / "own.py").write_text("# somebody else's")
    (source / "a.html").unlink()
    first = (out / "b_html.py").stat().st_mtime_ns
    run(source, out)
    assert sorted(path.name for path in out.iterdir()) == ["__init__.py", "b_html.py", "own.py"]
    assert (out / "b_html.py").stat().st_mtime_ns == first  # `make` need not build again
    run(source, out, "--mpy")
    assert sorted(path.name for path in out.iterdir()) == ["__init__.mpy", "b_html.mpy", "own.py"]
    assert (out / "b_html.mpy").read_bytes().startswith(b"M\x06")


def test_the_command_tells_what_is_wrong(tmp_path):
    assert "no folder" in run(tmp_path / "x", tmp_path).exception.message
    assert "holds no templates" in run(tmp_path, tmp_path).exception.message
    (tmp_path / "a.html").write_text("\n{{ x }}")
    problem = run(tmp_path, tmp_path / "out").exception
    assert isinstance(problem, Problem)
    assert problem.message.startswith(f"{tmp_path}/a.html:2: x is not known")
    assert not (tmp_path / "out").exists()
    (tmp_path / "a.html").write_bytes(b"\xff")
    assert "not UTF-8" in run(tmp_path, tmp_path / "out").exception.message
    (tmp_path / "a.html").write_text("")
    problem = run(tmp_path, tmp_path / "out", "--mpy", "--mpy-cross", tmp_path / "none").exception
    assert "--mpy-cross" in problem.advice
    assert Path(tmp_path / "out" / "a_html.py").exists()
