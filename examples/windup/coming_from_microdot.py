"""microdot's greeting.

Run as: /main.py
"""

from windup import WindUp

app = WindUp()


@app.get("/")
async def index(request):
    return "Hello, world!"


app.run(port=80)
