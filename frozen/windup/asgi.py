"""ASGI 3 on CPython: `application(app)` runs under uvicorn, hypercorn and the like.

# in garden.py; then: uvicorn garden:application
application = windup.asgi.application(app)
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
            await _websocket(gateways[0], scope, receive, send)
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
    answer = gateway.answer(
        scope["method"].encode(),
        _target(scope),
        fields,
        _peer(scope),
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


async def _websocket(gateway, scope, receive, send):
    from .asgi_websocket import serve

    await serve(gateway, scope, _target(scope), _peer(scope), receive, send)


def _target(scope):
    target = scope.get("raw_path") or b""
    query = scope["query_string"]
    if target.startswith(b"/"):
        return target + b"?" + query if query else target
    return target_of(scope["path"].encode(), query)


def _peer(scope):
    return tuple(scope.get("client") or ("", 0))


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
