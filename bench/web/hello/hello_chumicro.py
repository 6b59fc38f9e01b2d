"""The smallest useful program on chumicro-http-server: one page."""

from chumicro_http_server import HttpServer, build_response
from chumicro_runner import Runner
from chumicro_sockets import listener

server = HttpServer(transport_factory=lambda: listener(host="0.0.0.0", port=18080))


@server.route("/")
def hello(request):
    return build_response(200, text="Hello, world!")


runner = Runner()
runner.add(server)
while True:
    runner.wait(runner.tick())
