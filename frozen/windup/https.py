"""What a server that speaks TLS says about it: the way there from plain HTTP, and that there is no other."""

from . import tok
from .app import WindUp
from .limits import Limits
from .response import HTTPError, redirect

_HOST = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_[]:"


def insist(app, seconds):
    """Have browsers use `app` over TLS alone for so long (RFC 6797); 0 or `None`: that is not said.

    A browser that has heard it lets nobody past a certificate that it does not trust: not even the device's owner.
    """
    if seconds and b"Strict-Transport-Security" not in app.fields:
        app.add_filter(_Field(b"Strict-Transport-Security: max-age=%d\r\n" % seconds))


def redirecting(limits, port):
    """Application and limits of a second server, on `port`, that leads to the one with `limits`."""
    settings = {"host": limits.host, "port": port, "connections": 2, "keep_alive": 5, "body": 0}
    return _Redirect(limits.port), Limits(settings)


class _Field:
    def __init__(self, fields):
        self.fields = fields


class _Redirect(WindUp):
    # All that plain HTTP is answered
    def __init__(self, port):
        super().__init__(body_max=0)
        self._port = b"" if port == 443 else b":%d" % port

    def handle(self, request):
        head = request.head
        host = head.get(tok.HOST) or b""
        end = host.find(b"]") + 1 or host.find(b":")
        if end > 0:
            host = host[:end]
        if not host or [byte for byte in host if byte not in _HOST] or head.path[:1] != b"/":
            raise HTTPError(400, "Ask for https://, with a host")
        target = b"https://%s%s%s" % (host, self._port, head.path)
        if head.query is not None:
            target += b"?" + head.query
        return redirect(target, 308)
