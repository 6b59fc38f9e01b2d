"""Valves by number, and a search.

Shows: parameters in the path, the query, HTTPError.
Run as: /main.py
"""

from windup import HTTPError, WindUp

app = WindUp()
valves = [
    {"name": "Roses", "minutes": 0},
    {"name": "Lawn", "minutes": 0},
    {"name": "Rosemary", "minutes": 5},
]


@app.get("/valves/<int:number>")
def valve(request, number):
    if number >= len(valves):
        raise HTTPError(404, f"The valves are 0 to {len(valves) - 1}")
    return valves[number]


@app.get("/valves")
def search(request):
    text = request.query.get("name", "").lower()
    most = request.query.get("most", 10, type=int)
    return [valve for valve in valves if text in valve["name"].lower()][:most]


app.run(port=80)
