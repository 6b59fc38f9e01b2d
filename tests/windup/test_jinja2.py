"""An application on CPython that renders with Jinja2, through the call that renders compiled templates elsewhere."""

import pytest
from jinja2 import DictLoader, Environment, select_autoescape
from windup import WindUp
from windup.client import TestClient
from windup.templates import Templates

PAGES = {
    "page.html": "<h1>{{ title }}</h1>{% for n in range(lines) %}<p>{{ n }}</p>{% endfor %}",
    "broken.html": "{{ title.missing.more }}",
}


def make_app(environment):
    pages = Templates(environment)
    app = WindUp()

    @app.get("/<name>/<int:lines>")
    def page(request, name, lines):
        return pages.render(name, title="<Tom's>", lines=lines)

    return app


@pytest.mark.parametrize("autoescape", [True, select_autoescape()])
def test_pages(autoescape):
    app = make_app(Environment(loader=DictLoader(PAGES), autoescape=autoescape))
    with TestClient(app) as client:
        head = "<h1>&lt;Tom&#39;s&gt;</h1>"
        assert client.get("/page.html/0").text == head
        lines = "".join(f"<p>{n}</p>" for n in range(1000))
        long = client.get("/page.html/1000")
        assert long.text == head + lines and long.headers["transfer-encoding"] == "chunked"
        assert client.get("/broken.html/0").status == 500


def test_one_that_does_not_escape_is_refused():
    with pytest.raises(ValueError, match="autoescape=True"):
        Templates(Environment(loader=DictLoader(PAGES)))
