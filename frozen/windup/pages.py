"""Pages that are an object's methods."""

from . import tok
from .request import decode, media_type
from .response import HTTPError
from .router import METHODS, NO_CONTENT
from .segments import other_method

_REQUIRED = object()
_FORM = b"application/x-www-form-urlencoded"


class Pages:
    """A content generator: each page is a method of `thing` that the author has named here, and nothing else is.

        class Garden:
            def index(self, request): …
            def greet(self, request, name): …
            def water(self, request, bed, minutes): …

        app.mount("/", Pages(Garden(), index="", greet="name=guest", water="POST bed:int minutes:int=10"))

    The text after a method's name says how it is called: first the HTTP methods, `GET` where there are none, with commas
    and no space between several. What changes something wants `POST`. Then its arguments in order, each `name`,
    `name:kind`, `name=default` or `name:kind=default`. Their values come from the rest of the path, segment by segment,
    then from the query, then from the form: `/water/3`, `/water?bed=3` and a form with a field `bed` all work. `index`
    answers for the path of the mount itself. A missing value, and one that its kind does not take, is a 400 that names it.
    JSON fills no arguments, whatever is at its top: a method that wants it asks `request.json()`.

    Args:
        thing: the object.
        kinds: a dict of functions for further kinds, which make a value from a `str` or raise `ValueError`; there are
            `str`, `int`, `float` and `bool` (`1`, `true`, `on`, `yes`, or `0`, `false`, `off`, `no` or nothing).
        pages: by name of a method, what is described above.

    Raises:
        ValueError: no such method, a private one, or a description that makes no sense.
    """

    def __init__(self, thing, kinds=None, **pages):
        self._pages = {}
        for name, text in pages.items():
            if name.startswith("_") or not callable(getattr(thing, name, None)):
                raise ValueError("page %s: it is no public method" % name)
            page = _Page(name, getattr(thing, name), text, kinds)
            self._pages[b"" if name == "index" else name.encode()] = page

    def handle(self, request):
        path = request.path_info
        if path == b"/":
            page, rest = self._pages.get(b""), ()
        else:
            segments = path[1:].split(b"/", 32)  # no long list out of slashes
            page = self._pages.get(decode(segments[0]).encode()) if segments[0] else None
            rest = segments[1:]
        if page is None or len(rest) > len(page.arguments) or b"" in rest:
            return None
        return page.answer(request, rest)


class _Page:
    def __init__(self, name, method, text, kinds):
        self._name = name
        self._method = method
        words = text.split()
        methods = ("GET",)
        if words and words[0].split(",")[0] in METHODS:
            methods = words.pop(0).split(",")
        # As a router keeps them
        self._routes = [None] * len(METHODS)
        for http_method in methods:
            if http_method not in METHODS:
                raise ValueError("page %s: unknown method %s" % (name, http_method))
            self._routes[METHODS.index(http_method)] = method
        self.arguments = tuple([_argument(name, word, kinds or {}) for word in words])

    def answer(self, request, segments):
        method = request.head.method
        if self._routes[method] is None and not (method == tok.HEAD and self._routes[tok.GET]):
            return other_method(self._routes, method)
        if request.body_pending:
            return request.later(self._call, (segments,))
        if request.body and request.too_long(-1):
            raise HTTPError(413, "At most %d bytes are taken here" % request.app.body_max)
        return self._call(request, segments)

    def _call(self, request, segments):
        values = []
        form = None
        for index, (name, convert, default) in enumerate(self.arguments):
            if index < len(segments):
                text = decode(segments[index])
            else:
                text = request.query.get(name)
                if text is None and request.body:
                    if form is None:
                        form = _form(request)
                    text = form.get(name)
            if text is None:
                if default is _REQUIRED:
                    raise HTTPError(
                        400, "%s is missing: send it in the path, the query or a form" % name
                    )
                values.append(default)
                continue
            try:
                values.append(convert(text))
            except ValueError:
                raise HTTPError(400, "%s: %r does not fit" % (name, text))
        result = self._method(request, *values)
        return NO_CONTENT if result is None else result


def _form(request):
    if media_type(request.head.get(tok.CONTENT_TYPE)) == _FORM:
        return request.form()
    return {}


def _argument(page, word, kinds):
    name, _, default = _cut(word, "=")
    name, colon, kind = _cut(name, ":")
    if not colon:
        kind = "str"
    convert = kinds.get(kind) or _KINDS.get(kind)
    if convert is None or not name:
        known = ", ".join(sorted(list(_KINDS) + list(kinds)))
        raise ValueError("page %s: %r is no argument; kinds are %s" % (page, word, known))
    if "=" not in word:
        return name, convert, _REQUIRED
    try:
        return name, convert, convert(default)
    except ValueError:
        raise ValueError("page %s: %r: the default does not fit" % (page, word))


def _cut(text, mark):
    at = text.find(mark)
    return (text, "", "") if at < 0 else (text[:at], mark, text[at + 1 :])


def _int(text):
    digits = text[1:] if text[:1] in "+-" else text
    if not digits.isdigit():
        raise ValueError
    return int(text)


def _float(text):
    # Neither "nan" nor "inf", and no exponent
    digits = text[1:] if text[:1] in "+-" else text
    if not digits.replace(".", "", 1).isdigit():
        raise ValueError
    return float(text)


def _bool(text):
    text = text.lower()
    if text in ("1", "true", "on", "yes"):
        return True
    if text in ("0", "false", "off", "no", ""):
        return False
    raise ValueError


_KINDS = {"str": str, "int": _int, "float": _float, "bool": _bool}
