"""What else a handler may return.

Shows: status and header fields, generators, coroutines, Response, cookies, files to download.
Run as: /main.py
"""

from asyncio import sleep

from windup import Response, WindUp, send_file

app = WindUp()

with open("/garden.log", "w") as file:
    file.write("06:00 Roses\n06:10 Lawn\n")


@app.get("/version")
def version(request):
    return "1.2", 200, {"Content-Type": "text/plain", "Cache-Control": "max-age=60"}


@app.get("/table")
def table(request):
    yield "<table>"
    for hour in range(24):
        yield f"<tr><td>{hour}:00<td>{hour % 6} l"
    yield "</table>"


def lines():
    yield "hour,litres\n"
    for hour in range(24):
        yield f"{hour},{hour % 6}\n"


@app.get("/table.csv")
def csv(request):
    return Response(lines(), content_type=b"text/csv; charset=utf-8")


@app.get("/flow")
async def flow(request):
    await sleep(0.2)  # others are served meanwhile
    return {"litres": 3}


@app.get("/log")
def log(request):
    return send_file(request, "/garden.log", download_name="Gießen.txt")


@app.post("/language/<re:de|en:language>")
def language(request, language):
    response = Response(None, 204)
    response.set_cookie("language", language, max_age=31536000, same_site="Lax")
    return response


@app.get("/greeting")
def greeting(request):
    return "Guten Tag" if request.cookies.get("language") == "de" else "Hello"


app.run(port=80)
