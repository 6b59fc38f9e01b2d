"""aioweb's greeting, and its page that grows by a line each second for as long as somebody looks at it.

Run as: /main.py
"""

from asyncio import sleep

from windup import WindUp

app = WindUp()


@app.get("/")
def hello(request):
    return "Hello world!"


@app.get("/count")
def count(request):
    number = 0
    while True:
        number += 1
        yield f"<div>Hello world #{number}!</div>"
        yield from sleep(1)


app.run(port=80)
