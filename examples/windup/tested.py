"""An application and its tests, which need no network.

Shows: TestClient with JSON, a form, cookies, a redirect, and an error.
Run as: /main.py; or on the computer: `PYTHONPATH=frozen pytest examples/windup/tested.py`
"""

from windup import HTTPError, WindUp, redirect
from windup.client import TestClient


def make_app():
    app = WindUp()
    valves = {}

    @app.put("/valves/<int:number>")
    def change(request, number):
        wanted = request.json()
        if type(wanted) is not dict or "minutes" not in wanted:
            raise HTTPError(422, "minutes is missing")
        valves[number] = wanted["minutes"]
        return {"valves": len(valves), "minutes": wanted["minutes"]}

    @app.post("/language")
    def choose(request):
        response = redirect("/language")
        response.set_cookie("language", request.form().get("language", "en"))
        return response

    @app.get("/language")
    async def language(request):
        return request.cookies.get("language", "none")

    return app


def test_a_valve():
    client = TestClient(make_app())
    answer = client.put("/valves/3", json={"minutes": 20})
    assert (answer.status, answer.json()) == (200, {"valves": 1, "minutes": 20})
    answer = client.put("/valves/3", json={})
    assert (answer.status, answer.text) == (422, "422 Unprocessable Content\nminutes is missing\n")


def test_a_language_is_kept():
    with TestClient(make_app(), follow=True) as client:
        assert client.get("/language").text == "none"
        answer = client.post("/language", form={"language": "de"})
        assert (answer.text, answer.url, answer.history[0].status) == ("de", "/language", 303)
        assert client.cookies == {"language": "de"}


if __name__ == "__main__":
    test_a_valve()
    test_a_language_is_kept()
    print("2 tests passed")
