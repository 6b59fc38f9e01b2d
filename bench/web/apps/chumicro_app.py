"""The measured routes on chumicro-http-server, idling with chumicro-runner.

It sends a file at the pace of a timer, and time stands still here.
"""

from chumicro_http_server import HttpServer, build_response
from chumicro_runner import Runner
from chumicro_sockets import listener
from mark import mark


def serve(settings):
    port = settings["port"]
    server = HttpServer(transport_factory=lambda: listener(host="0.0.0.0", port=port))

    @server.route("/")
    def hello(request):
        return build_response(200, text="Hello, world!")

    @server.route("/user/<id>")
    def user(request):
        return build_response(200, text="User %d" % int(request.path_params["id"]))

    @server.route("/lamp", methods=["POST"])
    def lamp(request):
        level = request.json()["level"]
        return build_response(200, json={"level": level, "on": level > 0})

    @server.route("/mark")
    def measuring_point(request):
        return build_response(200, text=mark())

    runner = Runner()
    runner.add(server)
    while True:
        runner.wait(runner.tick())
