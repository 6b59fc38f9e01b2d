"""The measured routes on microdot."""

from mark import mark
from microdot import Microdot, send_file


def serve(settings):
    app = Microdot()

    @app.get("/")
    def hello(request):
        return "Hello, world!"

    @app.get("/user/<int:id>")
    def user(request, id):
        return "User %d" % id

    @app.post("/lamp")
    def lamp(request):
        level = request.json["level"]
        return {"level": level, "on": level > 0}

    @app.get("/static/<path:path>")
    def static(request, path):
        if ".." in path:
            return "Not found", 404
        return send_file("/files/" + path)

    @app.get("/mark")
    def measuring_point(request):
        return mark()

    app.run(port=settings["port"])
