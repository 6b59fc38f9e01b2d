"""The bounds of everything that comes from the network, and the clock that deadlines are measured by."""

schema = (
    ("host", "str", "0.0.0.0", (1, 64), "Address to listen on"),
    ("port", "int", 80, (1, 65535), "TCP port to listen on"),
    ("connections", "int", 4, (1, 256), "Connections open at once"),
    ("per_client", "int", 0, (0, 256), "Of these by one address (503); 0: no bound but that"),
    ("buffer", "int", 1024, (256, 8192), "Bytes of receive buffer that each connection keeps"),
    ("head", "int", 4096, (256, 8191), "Longest request head, bytes (431)"),
    ("target", "int", 1024, (64, 4096), "Longest request target, bytes (414)"),
    ("body", "int", 4096, (0, 1048576), "Longest body where a route says nothing, bytes (413)"),
    ("chunk", "int", 1024, (256, 16384), "Bytes of a file that are read and sent at once"),
    ("first_byte", "int", 10, (1, 3600), "Seconds until the first byte of the first request"),
    ("between_bytes", "int", 10, (1, 3600), "Seconds between bytes, either way (408)"),
    ("request", "int", 30, (1, 3600), "Seconds until a request has arrived whole (408)"),
    ("keep_alive", "int", 30, (1, 3600), "Seconds that a connection may stay idle"),
    ("stop", "int", 3, (0, 10), "Seconds for answers in progress when the server stops"),
    ("date", "bool", True, None, "Whether answers have a Date, while the clock is set"),
    ("tls_cert", "str", "", (0, 128), "Certificate, a file in etc/; with it only TLS is spoken"),
    ("tls_key", "str", "", (0, 128), "Its private key, a file in etc/"),
    ("tls_redirect_port", "int", 0, (0, 65535), "TCP port where HTTP is sent to https; 0: none"),
    (
        "tls_hsts",
        "int",
        0,
        (0, 63072000),
        "Seconds that browsers insist on TLS (HSTS); 0: not said",
    ),
)

# What a client gets that has `per_client` connections, or for whom there is no memory: to say this takes none
TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"Connection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
)


class Limits:
    """One server's limits; every connection of it holds the same object.

    Args:
        values: a dict by the keys of `schema`; a missing one has its default.

    Attributes:
        now: seconds, from any origin; the transport sets it about once a second.
        keep: whether connections are kept alive; not while others wait for one, nor when the server stops.
        chunk: the buffer that all connections read files with.
        tls: a dict of the `tls_` settings, where one of them is set.
    """

    tls = None

    def __init__(self, values=()):
        for key, _, default, _, _ in schema:
            value = values[key] if key in values else default
            if not key.startswith("tls_"):
                setattr(self, key, value)
            elif value:  # most servers have none: one attribute has to do for all
                self.tls = self.tls or {}
                self.tls[key] = value
        self.buffer = min(self.buffer, self.head)
        self.chunk = memoryview(bytearray(self.chunk))
        self.now = 0
        self.keep = True
