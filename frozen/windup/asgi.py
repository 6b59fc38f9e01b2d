"""ASGI 3 on CPython: `application(app)` runs under uvicorn, hypercorn and the like.

    # in garden.py; then: uvicorn garden:application
    application = windup.asgi.application(app)

WebSocket routes need WindUp's own server: a WebSocket is refused here.
"""

from .gateway import Gateway, target_of


def application(app, **settings):
    """The ASGI application for `app`.

    Args:
        app: a `WindUp`.
        settings: limits by their names in `windup.limits.schema`, `body=100000` for example; host, port and what else
            concerns sockets is the server's affair.
    """
    gateways = []

    async def run(scope, receive, send):
        kind = scope["type"]
        if not gateways:
            gateways.append(Gateway(app, settings))
        if kind == "lifespan":
            await _lifespan(gateways[0], receive, send)
        elif kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})  # before it was accepted: 403
        elif kind == "http":
            await _http(gateways[0], scope, receive, send)
        else:
            raise ValueError("ASGI scope %r is not known here" % kind)

    return run


async def _lifespan(gateway, receive, send):
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            gateway.start()
        else:
            await gateway.stop()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _http(gateway, scope, receive, send):
    fields = [(name, value) for name, value in scope["headers"]]
    target = scope.get("raw_path") or b""
    query = scope["query_string"]
    if target.startswith(b"/"):
        target = target + b"?" + query if query else target
    else:
        target = target_of(scope["path"].encode(), query)
    answer = gateway.answer(
        scope["method"].encode(),
        target,
        fields,
        tuple(scope.get("client") or ("", 0)),
        scope.get("scheme") == "https",
        _length(fields),
        _reader(receive),
    )
    try:
        async for item in answer:
            if isinstance(item, bytes):
                await send({"type": "http.response.body", "body": item, "more_body": True})
            else:
                status, _, fields = item
                await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": b""})
    finally:
        await answer.aclose()


def _length(fields):
    for name, value in fields:
        if name.lower() == b"transfer-encoding":
            return -1
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _reader(receive):
    ended = False  # and the end has still to be told

    async def read():
        nonlocal ended
        if ended:
            ended = False
            return b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            piece = message.get("body", b"")
            more = message.get("more_body")
            if piece or not more:
                ended = bool(piece) and not more
                return piece

    return read
