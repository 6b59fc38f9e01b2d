"""Valves that are added, changed and removed.

Shows: JSON in and out, forms, redirect, status, body_max, an answer without content.
Run as: /main.py
"""

from windup import HTTPError, WindUp, redirect

app = WindUp()
valves = {1: {"name": "Roses", "minutes": 0}}

FORM = (
    """<form method="post"><input name="name" maxlength="20" required><button>Add</button></form>"""
)


@app.get("/valves/<int:number>")
def valve(request, number):
    if number not in valves:
        raise HTTPError(404, f"There is no valve {number}")
    return valves[number]


@app.put("/valves/<int:number>", body_max=200)
def change(request, number):
    found = valve(request, number)
    wanted = request.json()
    minutes = wanted.get("minutes") if type(wanted) is dict else None
    if type(minutes) is not int or not 0 <= minutes <= 120:
        raise HTTPError(422, 'Send {"minutes": 0 to 120}')
    found["minutes"] = minutes
    return found


@app.delete("/valves/<int:number>")
def remove(request, number):
    valves.pop(number, None)


@app.get("/valves/new")
def form(request):
    return FORM


@app.post("/valves/new")
def add(request):
    name = request.form().get("name", "").strip()
    if not name:
        return FORM + "<p>A valve needs a name.", 422
    number = max(valves, default=0) + 1
    valves[number] = {"name": name, "minutes": 0}
    return redirect(f"/valves/{number}")


app.run(port=80)
