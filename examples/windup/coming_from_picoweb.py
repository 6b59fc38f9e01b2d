"""picoweb's two pages: a link, and a table of squares that goes out row by row.

Run as: /main.py
"""

from windup import WindUp

app = WindUp()


@app.get("/")
def index(request):
    return "I can show you a table of <a href='squares'>squares</a>."


@app.get("/squares")
def squares(request):
    yield "<table>"
    for number in range(10):
        yield f"<tr><td>{number}<td>{number * number}"
    yield "</table>"


app.run(port=80)
