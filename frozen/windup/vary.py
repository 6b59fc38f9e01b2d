"""The header field that tells caches what an answer depends on."""


def vary(response, name):
    """Name the request field `name`, `bytes`, in the Vary field of `response` (RFC 9110 section 12.5.5)."""
    headers = response.headers
    start = (b"\r\n" + headers.lower()).find(b"\r\nvary: ")
    if start < 0:
        response.headers = headers + b"Vary: %s\r\n" % name
        return
    end = headers.find(b"\r\n", start)
    members = [member.strip() for member in headers[start + 6 : end].lower().split(b",")]
    if name.lower() not in members and members != [b"*"]:
        response.headers = headers[:end] + b", " + name + headers[end:]
