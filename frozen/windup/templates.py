"""Pages from templates, piece by piece: `return render("page.html", title="Garden")`.

Templates have utemplate's syntax and are compiled on the computer, by `modcore template`, to modules with a generator
function: their text stays in flash, and no page is ever whole in memory. `{{ expression }}` is escaped for where it
stands, in text or in a quoted attribute, and the compiler refuses the places where escaping does not help; `{{! expression }}`
is put in as it is, and has to be HTML that the application made.

On CPython an application may `use` a Jinja2 environment in their place.
"""

from modcore.port import const

from .pieces import Pieces, as_bytes

_WHOLE = const(1024)  # up to so many bytes a page goes out with its length, in one piece

# & first: it is in the others
_ENTITIES = (
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ('"', "&#34;"),
    ("'", "&#39;"),
    ("\0", "\ufffd"),
)
_SCHEMES = ("http", "https", "mailto", "tel")


class Templates:
    """Where templates come from.

    Args:
        source: name of the package that `modcore template` made, such as `garden.pages`; or a Jinja2 environment.
    """

    def __init__(self, source="templates"):
        self.use(source)

    def use(self, source):
        """Take templates from `source` from now on; see the class.

        Raises:
            ValueError: a Jinja2 environment that does not escape.
        """
        if getattr(source, "autoescape", True) is False:
            raise ValueError("this environment does not escape: make it with autoescape=True")
        self._source = source

    def render(self, name, *args, **values):
        """The page of template `name`, called with the arguments that its `{% args %}` names.

        Returns:
            What a handler returns, or a `Response` takes as its body: `bytes`, or a stream where the page is longer than
            1 KiB, which is sent while it is made. What goes wrong in the first KiB is answered with status 500.

        Raises:
            ValueError: there is no such template.
            TypeError: the arguments are not the template's.
        """
        pieces = self.pieces(name, *args, **values)
        start = bytearray()
        for piece in pieces:
            piece = as_bytes(piece)
            if len(start) + len(piece) > _WHOLE:
                return Pieces(start, piece, pieces)
            start += piece
        return bytes(start)

    def pieces(self, name, *args, **values):
        """A generator of the page's pieces, `bytes` or `str`; for `{% include %}`, and tests."""
        source = self._source
        if type(source) is not str:
            return source.get_template(name).generate(**values)
        module = "%s.%s" % (source, name.replace(".", "_").replace("-", "_"))
        try:
            found = __import__(module, None, None, ("render",)).render
        except (ImportError, AttributeError):
            raise ValueError(
                "no template %s: compile its folder with `modcore template`, to %s" % (name, source)
            )
        return found(self, *args, **values)

    # What compiled templates call

    def text(self, value):
        """`value` for HTML text and quoted attributes, a `str`."""
        text = self.plain(value)
        for char, entity in _ENTITIES:
            if char in text:
                text = text.replace(char, entity)
        return text

    def url(self, value):
        """The same for the beginning of an address: what is no http, mailto, tel or local one is not let through."""
        text = self.plain(value)
        end = len(text)
        for mark in "/?#":
            at = text.find(mark)
            if 0 <= at < end:
                end = at
        scheme = text[:end].split(":")
        if len(scheme) > 1 and scheme[0].strip().lower() not in _SCHEMES:
            return "about:invalid"
        return self.text(text)

    def plain(self, value):
        """`value` as it is, a `str`; `bytes` are UTF-8."""
        if type(value) is bytes:
            return str(value, "utf-8")
        return value if type(value) is str else str(value)


_default = Templates()
render = _default.render
use = _default.use
