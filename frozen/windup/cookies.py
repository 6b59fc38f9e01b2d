"""Cookies both ways (RFC 6265 and its revision, RFC 6265bis, for the newer attributes)."""

from modcore.port import const

_MOST = const(64)  # cookies of one request that are looked at

_SEPARATORS = b'()<>@,;:\\"/[]?={} \t'  # not in a name: RFC 9110 section 5.6.2


class Cookies:
    """The cookies of a request, by name; both are `str`. Of several of one name the first counts, the most exact one.

    Nothing is kept of what was asked: each look-up reads the header field. More than 64 cookies are not looked at.

    Args:
        data: the value of the Cookie header field, `bytes`.
    """

    def __init__(self, data):
        self._data = data

    def get(self, name, default=None):
        """The value of the cookie `name`, or `default`. A value in quotation marks is given without them."""
        value = find(self._data, name.encode())
        return default if value is None else _text(value)

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name):
        return find(self._data, name.encode()) is not None

    def __iter__(self):
        for name, _ in self.items():
            yield name

    def __len__(self):
        return len(list(self.items()))

    def keys(self):
        """The names, in the order in which they came."""
        return iter(self)

    def items(self):
        """Pairs of name and value, in the order in which they came."""
        seen = set()
        for name, value in pairs(self._data):
            if name in seen:
                continue
            seen.add(name)
            try:
                yield str(name, "utf-8"), _text(_bare(value))
            except UnicodeError:
                pass  # no name that an application could ask for


def pairs(data):
    """Each `(name, value)` in `data`, the value of a Cookie header field; all `bytes`, quotation marks included."""
    start = 0
    for _ in range(_MOST):
        end = data.find(b";", start)
        piece = data[start : end if end >= 0 else len(data)]
        at = piece.find(b"=")
        if at > 0:  # browsers send one without a name as its value alone: it is nobody's
            name = piece[:at].strip(b" \t")
            if name:
                yield name, piece[at + 1 :].strip(b" \t")
        if end < 0:
            break
        start = end + 1


def find(data, name):
    """The value of the first cookie `name` in `data`, without quotation marks; `None`: there is none. All `bytes`."""
    for key, value in pairs(data):
        if key == name:
            return _bare(value)
    return None


def header(
    name,
    value,
    path="/",
    max_age=None,
    expires=None,
    domain=None,
    secure=False,
    http_only=False,
    same_site=None,
    partitioned=False,
):
    """The value of a Set-Cookie header field, a `str`. `Response.set_cookie` tells what the arguments are.

    Raises:
        ValueError: something in it that would be cut off, would end it early, or that every browser refuses.
    """
    if not name or not all(
        0x20 < char < 0x7F and char not in _SEPARATORS for char in name.encode()
    ):
        raise ValueError("cookie %r: letters, digits and -_. make a name" % name)
    for char in value.encode():
        # RFC 6265 section 4.1.1
        if not 0x20 < char < 0x7F or char in b'",;\\':
            raise ValueError(
                "cookie %s: a space, quotation mark, comma, semicolon, backslash, control character or what is not ASCII"
                " cannot stand in its value; encode it, with windup.urls.quote for example" % name
            )
    if same_site is not None:
        same_site = same_site[:1].upper() + same_site[1:].lower()
        if same_site not in ("Strict", "Lax", "None"):
            raise ValueError("cookie %s: same_site is Strict, Lax or None" % name)
    lower = name.lower()
    if not secure and (
        same_site == "None" or partitioned or lower.startswith(("__secure-", "__host-"))
    ):
        raise ValueError("cookie %s: browsers take it with secure=True only" % name)
    if lower.startswith("__host-") and (path != "/" or domain):
        raise ValueError("cookie %s: a __Host- cookie has path / and no domain" % name)
    text = "%s=%s" % (name, value)
    if path:
        text += "; Path=" + _attribute(name, path)
    if domain:
        text += "; Domain=" + _attribute(name, domain)
    if max_age is not None:
        text += "; Max-Age=%d" % max_age
    if expires is not None and expires != "":
        if not isinstance(expires, str):
            from .dates import format_date

            expires = format_date(expires)
        text += "; Expires=" + _attribute(name, expires)
    if secure:
        text += "; Secure"
    if http_only:
        text += "; HttpOnly"
    if same_site:
        text += "; SameSite=" + same_site
    if partitioned:
        text += "; Partitioned"
    return text


def _attribute(name, value):
    for char in value:
        if not " " <= char < "\x7f" or char == ";":
            raise ValueError(
                "cookie %s: only ASCII, no semicolon and no control character in %r" % (name, value)
            )
    return value


def _bare(value):
    if len(value) > 1 and value[:1] == b'"' and value[-1:] == b'"':
        return value[1:-1]
    return value


def _text(data):
    try:
        return str(data, "utf-8")
    except UnicodeError:
        return "".join([chr(byte) for byte in data])
