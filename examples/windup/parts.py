"""An application in parts.

Shows: an application mounted on another, its own error page, a resource, url_for, routes, a converter.
Run as: /main.py
"""

from windup import HTTPError, WindUp

beds = {"roses": 3, "lawn": 4}


def bed_of(text):
    if text not in beds:
        raise ValueError
    return text


garden = WindUp()
garden.converter("bed", bed_of)


@garden.resource("/beds/<bed:bed>", name="bed")
class Bed:
    def get(self, request, bed):
        return {"bed": bed, "pin": beds[bed]}

    def put(self, request, bed):
        pin = request.query.get("pin", type=int)
        if pin is None:
            raise HTTPError(400, "Which pin? ?pin=4")
        beds[bed] = pin
        return self.get(request, bed)


@garden.errorhandler(404)
def no_bed(request, error):
    return {"beds": [garden.url_for("bed", bed=bed) for bed in sorted(beds)]}


app = WindUp()
app.mount("/garden", garden)


@app.get("/")
def index(request):
    url = app.url_for("garden.bed", bed="roses")
    return f'<a href="{url}">Roses</a>'


@app.get("/routes")
def routes(request):
    return [{"method": route[0], "path": route[1], "name": route[2]} for route in app.routes()]


app.run(port=80)
