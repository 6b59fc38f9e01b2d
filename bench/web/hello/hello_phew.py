"""The smallest useful program on phew: one page."""

import asyncio
import sys

sys.modules["uasyncio"] = asyncio
from phew import logging, server

logging.disable_logging_types(logging.LOG_ALL)


@server.route("/")
def hello(request):
    return "Hello, world!"


server.run("0.0.0.0", 18080)
