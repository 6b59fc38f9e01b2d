"""One application for a device, and for servers on a computer.

Shows: windup.wsgi, windup.asgi, WindUp.run on CPython, what each of them has.
Run as: garden.py: `python garden.py`, `gunicorn garden:wsgi`, `uvicorn garden:asgi`; with PYTHONPATH=frozen
"""

import sys
from asyncio import sleep

from windup import WindUp

app = WindUp()


@app.get("/")
def index(request):
    return {"server": "WindUp", "python": sys.implementation.name}


@app.post("/lines", stream=True, body_max=1000000)
async def lines(request):
    count = 0
    async for piece in request.stream:
        count += piece.count(b"\n")
    return {"lines": count}


@app.event_stream("/numbers")
async def numbers(request, stream):
    for number in range(3):
        await stream.send(number)
        await sleep(0.1)


@app.websocket("/echo")
async def echo(request, ws):
    while True:
        message = await ws.receive()
        if message is None:
            break
        await ws.send(message)


if sys.implementation.name == "cpython":
    import windup.asgi
    import windup.wsgi

    wsgi = windup.wsgi.application(app, body=100000)
    asgi = windup.asgi.application(app, body=100000)

if __name__ == "__main__":
    app.run(port=8080)
