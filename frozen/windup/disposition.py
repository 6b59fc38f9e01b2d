"""The header field that makes a browser save an answer as a file (RFC 6266)."""

from .urls import quote

_ATTR_CHARS = b"!#$&+^`|"  # RFC 8187 section 3.2.1, besides letters, digits and -._~


def attachment(name):
    """The pair `(header name, value)` for a download that is to be called `name`, a `str`.

        return log, 200, (attachment("Küche.txt"),)

    `send_file(…, download_name="Küche.txt")` does it for files.
    Folders in front of the name are left out.

    Raises:
        ValueError: nothing is left of the name, or there is a control character in it.
    """
    name = name.replace("\\", "/")
    name = name[name.rfind("/") + 1 :]
    if not name or name.strip(".") == "" or any(char < " " or char == "\x7f" for char in name):
        raise ValueError("download name %r: a file's name without control characters" % name)
    plain = "".join([char if char < "\x7f" and char not in '"%' else "_" for char in name])
    value = 'attachment; filename="%s"' % plain
    if plain != name:
        value += "; filename*=UTF-8''" + quote(name, _ATTR_CHARS)
    return "Content-Disposition", value
