"""A page, and what the valve does as JSON.

Shows: WindUp, routes, text and JSON as answers.
Run as: /main.py
"""

from windup import WindUp

app = WindUp()
valve = {"name": "Roses", "minutes": 0}


@app.get("/")
def index(request):
    return "<h1>Garden</h1>"


@app.get("/valve")
def state(request):
    return valve


app.run(port=80)
