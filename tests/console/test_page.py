"""The dashboard in a real browser."""

import browser
import pytest
from host import TOP


def look(host):
    folder = TOP / "build" / "screenshots"
    folder.mkdir(exist_ok=True)
    return browser.run("tests/console/page.mjs", host.url, folder)


@pytest.mark.parametrize(("bits", "profile"), [(64, "esp32"), (32, "esp8266")])
def test_the_page_shows_the_device(make_host, bits, profile):
    host = make_host(bits=bits, profile=profile).start()
    seen = look(host)
    assert "MemoryError" not in host.output
    status = host.get("/api/v1/status").json()
    assert seen["messages"] == []
    assert seen["outside"] == []
    assert len(seen["pages"]) == 6
    for page in seen["pages"]:
        for word in (status["name"], status["board"], status["version"], status["micropython"]):
            assert word in page["text"], (word, page["text"])
        for module in status["modules"]:
            assert module["name"] in page["text"]
        assert page["text"].lower().count("running") >= len(status["modules"])
        assert not page["overflow"], page["width"]
    assert seen["missing"]["status"] == 404
    assert "404" in seen["missing"]["text"]
