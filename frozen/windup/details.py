"""What few handlers ask of a request: these are attributes of `Request`, imported with their first use."""

from . import tok


def detail(request, name):
    """The attribute `name` of `request`. AttributeError: it has none of that name."""
    if name == "cookies":
        from .cookies import Cookies

        return Cookies(request.head.get(tok.COOKIE) or b"")
    if name == "host":
        return _host(request)
    if name == "url":
        return _url(request)
    if name == "accepts":
        return lambda *kinds: _accepts(request, kinds)
    raise AttributeError(name)


def _host(request):
    """What the client calls this device, `name` or `name:port`, a `str`; `""`: it does not say, as in HTTP/1.0.

    Nothing proves it: send nobody there who has not said it himself.
    """
    return str(request.head.get(tok.HOST) or b"", "utf-8")


def _url(request):
    """The address that the client asked for, a `str`, not decoded; without `host` the path and query alone."""
    head = request.head
    url = str(head.path, "utf-8")
    if head.query is not None:
        url += "?" + str(head.query, "utf-8")
    host = _host(request)
    if host:
        url = ("https://" if getattr(request, "secure", False) else "http://") + host + url
    return url


def _accepts(request, kinds):
    """`accepts("text/html", "application/json")`: which of the media types the client likes best, `None`: none of them.

    RFC 9110 section 12.5.1. Equally good ones go in the order given; a client that says nothing takes the first.
    """
    field = request.head.get("accept")
    if field is None:
        return kinds[0]
    best, most = None, 0
    for kind in kinds:
        quality = _quality(field.lower(), kind.encode())
        if quality > most:
            best, most = kind, quality
    return best


def _quality(field, kind):
    # The most exact range that fits says it: 2 the type itself, 1 `text/*`, 0 `*/*`. In thousandths
    exact = -1
    quality = 0
    for member in field.split(b",", 32)[:32]:
        parts = member.split(b";")
        media = parts[0].strip()
        if media == kind:
            rank = 2
        elif media[-2:] == b"/*" and kind.startswith(media[:-1]):
            rank = 1
        elif media == b"*/*":
            rank = 0
        else:
            continue
        if rank > exact:
            exact = rank
            quality = 1000
            for parameter in parts[1:]:
                parameter = parameter.strip()
                if parameter[:2] == b"q=":
                    quality = _thousandths(parameter[2:])
    return quality


def _thousandths(value):
    try:
        return max(0, min(1000, int(1000 * float(str(value, "utf-8")))))
    except (ValueError, OverflowError):
        return 0
