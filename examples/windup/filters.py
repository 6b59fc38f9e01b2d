"""What concerns every request: who is let in, what each answer says besides, pages for errors.

Shows: before_request, after_request, a filter, security, CORS, errorhandler.
Run as: /main.py
"""

from windup import WindUp
from windup.cors import CORS
from windup.filters import security

app = WindUp()
winter = {"closed": False}


class Counter:
    def __init__(self):
        self.statuses = {}

    def request(self, request):
        request.values["number"] = sum(self.statuses.values()) + 1

    def response(self, request, response):
        self.statuses[response.status] = self.statuses.get(response.status, 0) + 1


counter = Counter()
app.add_filter(counter)
app.add_filter(security())
app.add_filter(CORS(("https://garden.example",)))


@app.before_request
def closed_in_winter(request):
    if winter["closed"] and request.method == "POST":
        return "The water is off until spring", 503, {"Retry-After": "86400"}


@app.after_request
def not_stored(request, response):
    response.add_header("Cache-Control", "no-store")


@app.errorhandler(404)
def not_found(request, error):
    return {"error": f"There is no {request.path} here"}


@app.errorhandler(ZeroDivisionError)
def no_flow(request, error):
    return "No water flows", 503


@app.get("/number")
def number(request):
    return {"number": request.values["number"], "statuses": counter.statuses}


@app.get("/minutes/<int:litres>/<int:flow>")
def minutes(request, litres, flow):
    return {"minutes": litres / flow}


@app.post("/winter")
def close(request):
    winter["closed"] = True


app.run(port=80)
