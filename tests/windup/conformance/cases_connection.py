"""Connections: RFC 9112 section 9, RFC 9110 sections 7.6 to 7.8, 9 and 10.1."""

from case import SENTINEL, answered, closing, post, refused, request

CLOSE = {"connection": "close"}
KEPT = {"connection": "keep-alive"}


def get(*fields, **more):
    return request("/hello", *fields, **more)


# fmt: off
CASES = [
    answered("9112 9.3", "HTTP/1.1 is kept", get("Accept: */*"), fields={"connection": None}),
    closing("9112 9.6", "close", get("Connection: close"), fields=CLOSE),
    closing("9110 7.6.1", "an option has no case", get("Connection: CLOSE"), fields=CLOSE),
    closing("9110 7.6.1", "close among others", get("Connection: x, close ,y"), fields=CLOSE),
    closing("9110 7.6.1", "close in a second field", get("Connection: x", "Connection: close"), fields=CLOSE),
    closing("9112 9.3", "close wins over keep-alive", get("Connection: keep-alive, close"), fields=CLOSE),
    answered("9112 9.3", "keep-alive in HTTP/1.1", get("Connection: keep-alive")),
    answered("9110 7.6.1", "an unknown option", get("Connection: x-thing")),
    answered("9110 7.6.1", "what only starts like close", get("Connection: closed")),
    answered("9110 5.6.1", "empty members", get("Connection: , ,")),
    closing("9112 9.3", "HTTP/1.0 is not kept", get(version="1.0"), fields=CLOSE),
    answered("9112 9.3", "HTTP/1.0 with keep-alive", get("Connection: keep-alive", version="1.0"), fields=KEPT),
    closing("9112 9.3", "HTTP/1.0 with close", get("Connection: close", version="1.0"), fields=CLOSE),
    closing("9112 C.2.2", "Proxy-Connection is not heeded", get("Proxy-Connection: keep-alive", version="1.0")),
    closing("9112 3.2", "HTTP/1.0 without Host", get(version="1.0", host=None), body=b"hello"),
    answered("9112 9.3", "a length in HTTP/1.0", post("/echo", b"12", "Connection: keep-alive", version="1.0"), body=b"12"),
    # Pipelining
    answered("9112 9.3.2", "three requests at once", get() * 3, 200, 200, 200),
    answered("9112 9.3.2", "twenty", get() * 20, *[200] * 20),
    answered("9112 9.3.2", "different kinds in order", get() + request("/empty") + request("/nothing") + request("/pieces") + post("/echo", b"1") + request("/later"), 200, 204, 404, 200, 200, 200),
    answered("9112 9.3.2", "behind a big answer", request("/big") + get(), 200, 200, body=b"x" * 20000),
    answered("9112 9.3.2", "behind a HEAD", get(method="HEAD") + get(), 200, 200, methods=("HEAD", "GET")),
    answered("9112 9.3.2", "behind an error", request("/crash") + get(), 500, 200),
    answered("9112 9.3.2", "behind a body", post("/echo", b"1" * 900) + get(), 200, 200),
    closing("9112 9.6", "nothing is answered behind close", get("Connection: close") + get() + get()),
    refused("9112 9.6", "nothing is answered behind an error", b"GET\r\n\r\n" + get() + get()),
    closing("9112 9.3.2", "the second one is refused", get() + b"GET\r\n\r\n" + get(), 200, 400),
    answered("9112 2.2", "an empty line between requests", get() + b"\r\n" + get(), 200, 200),
    closing("9112 6.3", "bytes behind a body are a request", post("/echo", b"1") + b"23 / HTTP/1.1\r\n\r\n", 200, 501),
    # Upgrade
    answered("9110 7.8", "an upgrade that is not offered", get("Connection: upgrade", "Upgrade: h2c", "HTTP2-Settings: AAAA")),
    answered("6455 4.2", "a page is no WebSocket", get("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")),
    answered("9110 7.6.3", "Via and Max-Forwards", get("Via: 1.1 proxy", "Max-Forwards: 0")),
    # Methods
    answered("9110 9.3.2", "HEAD", get(method="HEAD"), methods=("HEAD",), body=b"", fields={"content-length": "5"}),
    answered("9110 9.3.2", "HEAD of a big page", request("/big", method="HEAD"), methods=("HEAD",), fields={"content-length": "20000"}),
    answered("9110 9.3.2", "HEAD of a stream", request("/pieces", method="HEAD"), methods=("HEAD",), body=b""),
    answered("9110 9.3.2", "HEAD of a coroutine", request("/later", method="HEAD"), methods=("HEAD",), fields={"content-length": "5"}),
    answered("9110 9.3.2", "HEAD of a file", request("/file", method="HEAD"), methods=("HEAD",), fields={"content-length": "100", "etag": '"tag"'}),
    answered("9110 9.3.2", "HEAD of nothing", request("/nothing", method="HEAD"), 404, methods=("HEAD",), body=b""),
    answered("9110 9.3.2", "HEAD of an error", request("/error", method="HEAD"), 409, methods=("HEAD",), fields={"x-why": "test"}),
    closing("9110 9.3.2", "HEAD in HTTP/1.0", get(method="HEAD", version="1.0"), methods=("HEAD",), fields={"content-length": "5"}),
    answered("9110 9.3.7", "OPTIONS of a page", get(method="OPTIONS"), 204, fields={"allow": "GET, HEAD, OPTIONS"}),
    answered("9110 9.3.7", "OPTIONS of several methods", request("/echo", method="OPTIONS"), 204, fields={"allow": "GET, POST, PUT, DELETE, PATCH, HEAD, OPTIONS"}),
    answered("9110 9.3.7", "OPTIONS with a body", post("/hello", b"12345", method="OPTIONS"), 204),
    answered("9110 9.3.7", "OPTIONS of nothing", request("/nothing", method="OPTIONS"), 404),
    answered("9110 9.3.7", "OPTIONS of a static file", request("/static/plain.txt", method="OPTIONS"), 204, fields={"allow": "GET, HEAD, OPTIONS"}),
    answered("9110 15.5.6", "POST of a page", post("/hello", b""), 405, fields={"allow": "GET, HEAD, OPTIONS"}),
    answered("9110 15.5.6", "DELETE of a page", request("/hello", method="DELETE"), 405),
    answered("9110 15.5.6", "PATCH of a page with parameters", request("/pin/1", method="PATCH"), 405, fields={"allow": "GET, HEAD, OPTIONS"}),
    answered("9110 15.5.6", "GET of what takes POST", request("/small"), 405, fields={"allow": "POST, OPTIONS"}),
    answered("9110 15.5.6", "HEAD of what takes POST", request("/small", method="HEAD"), 405, methods=("HEAD",)),
    answered("9110 15.5.6", "PUT of a static file", post("/static/plain.txt", b"1", method="PUT"), 405, fields={"allow": "GET, HEAD, OPTIONS"}),
    answered("9110 9.3.4", "PUT", post("/echo", b"1", method="PUT"), body=b"1"),
    answered("5789 2", "PATCH", post("/echo", b"1", method="PATCH"), body=b"1"),
    # Expect
    answered("9110 10.1.1", "the body did not wait", post("/echo", b"hello", "Expect: 100-continue"), body=b"hello"),
    answered("9110 10.1.1", "without a body", get("Expect: 100-continue")),
    answered("9110 10.1.1", "in HTTP/1.0", post("/echo", b"1", "Expect: 100-continue", "Connection: keep-alive", version="1.0"), body=b"1"),
    answered("9110 10.1.1", "an expectation has no case", post("/echo", b"1", "Expect: 100-Continue"), body=b"1"),
    answered("9110 10.1.1", "an unknown expectation", post("/echo", b"1", "Expect: 200-ok"), body=b"1"),
    refused("9110 10.1.1", "a body over the limit is not asked for", request("/echo", "Content-Length: 2000", "Expect: 100-continue", method="POST"), 413, sentinel=False),
    refused("9110 10.1.1", "a body for nobody is not asked for", request("/nothing", "Content-Length: 20", "Expect: 100-continue", method="POST"), 404, sentinel=False),
    refused("9110 10.1.1", "a body for GET only is not asked for", request("/hello", "Content-Length: 20", "Expect: 100-continue", method="POST"), 405, sentinel=False),
    # Answers
    answered("9110 15.3.5", "204 has no body", request("/empty"), 204, body=b"", fields={"content-length": None, "transfer-encoding": None}),
    answered("9110 15.4.5", "304 has no body", request("/same"), 304, body=b"", fields={"content-length": None}),
    answered("9110 8.6", "an empty page", request("/nobody"), fields={"content-length": "0"}),
    answered("9112 7.1", "a stream in chunks", request("/pieces"), body=b"one,two", fields={"transfer-encoding": "chunked", "content-length": None}),
    answered("9112 7.1", "a file of unknown length", request("/unknown-length"), body=b"0123456789" * 10, fields={"transfer-encoding": "chunked"}),
    closing("9112 6.3", "a stream in HTTP/1.0", request("/pieces", version="1.0"), body=b"one,two", fields={"transfer-encoding": None, "connection": "close"}),
    closing("9112 6.3", "HTTP/1.0 cannot keep a stream", request("/pieces", "Connection: keep-alive", version="1.0"), body=b"one,two", fields=CLOSE),
    answered("9110 15.6.1", "a handler that raises", request("/crash"), 500),
    answered("9110 15.5.10", "an error on purpose", request("/error"), 409, fields={"x-why": "test"}),
    answered("9110 15.5.5", "an unknown path", request("/nothing"), 404),
    answered("9110 15.5.5", "a parameter of another kind", request("/pin/x"), 404),
    answered("9110 8.3", "a page", get("Accept: text/html"), fields={"content-type": "text/html; charset=utf-8"}),
    answered("8259 8.1", "JSON", request("/json"), body=b'{"a": 1}', fields={"content-type": "application/json"}),
    # Contents
    answered("9110 8.3", "JSON comes in", post("/json", b"[1]", "Content-Type: application/json"), body=b"[1]"),
    answered("9110 8.3", "with a charset", post("/json", b"[1]", "Content-Type: application/json; charset=utf-8"), body=b"[1]"),
    answered("6839 3.1", "+json", post("/json", b"[1]", "Content-Type: Application/Problem+JSON"), body=b"[1]"),
    answered("9110 15.5.16", "JSON by another name", post("/json", b"[1]", "Content-Type: text/plain"), 415),
    answered("9110 15.5.16", "JSON without a name", post("/json", b"[1]"), 415),
    answered("9110 15.5.1", "what is no JSON", post("/json", b"[1", "Content-Type: application/json"), 400),
    answered("HTML 4.10", "a form", post("/form", b"name=a+b%26", "Content-Type: application/x-www-form-urlencoded"), body=b"a b&"),
    answered("9110 15.5.16", "a form by another name", post("/form", b"name=a", "Content-Type: text/plain"), 415),
    answered("9110 15.5.1", "a form of broken escapes", post("/form", b"name=%zz", "Content-Type: application/x-www-form-urlencoded"), 400),
    answered("3986 3.4", "a query", request("/query?name=a+b%26c%C3%A4"), body="a b&cä".encode()),
    answered("3986 3.4", "a query of broken escapes", request("/query?name=%"), 400),
    answered("3629 3", "a query that is no UTF-8", request("/query?name=%ff"), 400),
    # Several at once
    answered("9112 9.3.2", "the sentinel itself", SENTINEL, body=b"last"),
]
# fmt: on
