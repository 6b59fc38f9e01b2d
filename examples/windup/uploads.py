"""Photos of the garden, larger than memory, to the file system; and a body that is read as it comes.

Shows: stream, request.stream, Parts, save, limits of an upload.
Run as: /main.py
"""

import os

from windup import StaticFiles, WindUp
from windup.multipart import Parts

app = WindUp()

if "photos" not in os.listdir("/"):
    os.mkdir("/photos")

FORM = """<form method="post" enctype="multipart/form-data">
<input name="bed"><input type="file" name="photo" multiple><button>Send</button></form>"""


@app.get("/photos/new")
def form(request):
    return FORM


@app.post("/photos/new", stream=True, body_max=300000)
async def add(request):
    bed = ""
    saved = {}
    async for part in Parts(request, most=8):
        if part.name == "bed":
            bed = await part.text(most=40)
        elif part.filename:
            saved[part.filename] = await part.save("/photos/" + part.filename, most=250000)
    return {"bed": bed, "saved": saved}, 201


@app.put("/rain", stream=True, body_max=1000000)
async def rain(request):
    lines = 0
    async for piece in request.stream:
        lines += piece.count(b"\n")
    return {"lines": lines}


app.mount("/photos", StaticFiles("/photos"))

app.run(port=80)
