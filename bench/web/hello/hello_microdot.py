"""The smallest useful program on microdot: one page."""

from microdot import Microdot

app = Microdot()


@app.get("/")
def hello(request):
    return "Hello, world!"


app.run(port=18080)
