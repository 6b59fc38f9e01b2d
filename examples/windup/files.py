"""A page with its stylesheet and pictures, from folders.

Shows: StaticFiles, mount, caching, compressed files.
Run as: /main.py
"""

from windup import StaticFiles, WindUp

app = WindUp()


@app.get("/valve")
def valve(request):
    return {"name": "Roses", "minutes": 0}


app.mount("/photos", StaticFiles("/photos", cache_control="max-age=3600"))
app.add_generator(StaticFiles("/site"))  # "/" is /site/index.html

app.run(port=80)
