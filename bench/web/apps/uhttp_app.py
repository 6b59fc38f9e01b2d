"""The measured routes on uhttp, which leaves routing to the program."""

from mark import mark
from uhttp.server import HttpServer

TEXT = {"content-type": "text/plain"}


def serve(settings):
    server = HttpServer(port=settings["port"], keep_alive_max_requests=1000000)
    while True:
        client = server.wait()
        if not client:
            continue
        path = client.path
        if path == "/":
            client.respond("Hello, world!", headers=TEXT.copy())
        elif path.startswith("/user/"):
            client.respond("User %d" % int(path[6:]), headers=TEXT.copy())
        elif path == "/lamp" and client.method == "POST":
            level = client.data["level"]
            client.respond({"level": level, "on": level > 0})
        elif path.startswith("/static/") and ".." not in path:
            client.respond_file("/files/" + path[8:])
        elif path == "/mark":
            client.respond(mark(), headers=TEXT.copy())
        else:
            client.respond("Not found", status=404)
