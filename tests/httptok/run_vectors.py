"""Runs the vectors on CPython or MicroPython: run_vectors.py MODULE FOLDER [FILE ...]

Every vector is given whole, byte by byte, and in two parts for every place to cut; each time the
result must be the one in the file. Prints what differs, then one line with the count; the exit
status is 1 when something differed.

A vector is a JSON object: name, reason, rfc (section), kind, input, expect, and the arguments of
its kind. Text stands for bytes as in Latin-1; ["GET /", ["a", 9], "\\r\\n"] joins pieces, of which
a pair is a text and how often it comes.

kind      arguments         expect
head      target_max        {"status"} or {"length", "method", "path", "query", "version",
                            "content_length", "flags", "fields", "slots"}; 0 is incomplete
chunked                     {"error": true} or {"data", "rest", "done"}
unquote   plus              text, or null for ValueError
pairs     sep, decode       list of [name, value], or null for ValueError
boundary  boundary          [index or -1, index of the tail]
unmask    key, offset       text
"""

import json
import sys

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
FLAGS = ("KEEP_ALIVE", "CHUNKED", "EXPECT_100", "UPGRADE_WEBSOCKET", "ACCEPT_GZIP")
SLOTS = (
    "HOST",
    "CONNECTION",
    "COOKIE",
    "CONTENT_TYPE",
    "ACCEPT_ENCODING",
    "IF_NONE_MATCH",
    "IF_MODIFIED_SINCE",
    "IF_RANGE",
    "RANGE",
    "ORIGIN",
    "AUTHORIZATION",
    "UPGRADE",
    "EXPECT",
    "TRANSFER_ENCODING",
    "CONTENT_LENGTH",
    "SEC_WEBSOCKET_KEY",
    "SEC_WEBSOCKET_VERSION",
    "SEC_WEBSOCKET_PROTOCOL",
    "SEC_WEBSOCKET_EXTENSIONS",
    "SEC_FETCH_SITE",
    "IF_MATCH",
    "IF_UNMODIFIED_SINCE",
)


def octets(text):
    """Bytes of a text of a vector."""
    if isinstance(text, list):
        return b"".join(
            octets(piece) if isinstance(piece, str) else octets(piece[0]) * piece[1]
            for piece in text
        )
    return None if text is None else bytes([ord(c) for c in text])


def text(data):
    """The reverse of `octets`."""
    return None if data is None else "".join([chr(c) for c in data])


def cuts(length):
    """Lists of the ends of the parts: whole, byte by byte, and every two-way split."""
    yield [length]
    if length > 1:
        yield range(1, length + 1)
    for cut in range(1, length):
        yield [cut, length]


def head_result(head, n, module):
    """What the interface tells of a head, in the form of a vector."""
    if n < 0:
        return {"status": -n}
    result = {"length": n}
    if n > 0:
        result["method"] = METHODS[head.method - 1]
        result["path"] = text(head.path)
        result["query"] = text(head.query)
        result["version"] = head.version
        result["content_length"] = head.content_length
        result["flags"] = [name for name in FLAGS if head.flags & getattr(module, name)]
        result["fields"] = [[text(part) for part in head.item(i)] for i in range(head.count)]
        slots = [(name, head.get(getattr(module, name))) for name in SLOTS]
        result["slots"] = {name: text(value) for name, value in slots if value is not None}
    return result


# The head before on the same connection: nothing of it may remain.
BEFORE = (
    b"POST http://h/p?q HTTP/1.1\r\nHost: h\r\nConnection: close\r\nUpgrade: websocket\r\n"
    b"Accept-Encoding: gzip\r\nExpect: 100-continue\r\nCookie: c\r\nContent-Length: 7\r\n\r\n"
)


def run_head(module, vector, data, ends):
    buf = bytearray(max(len(data), len(BEFORE)) + 2)
    head = module.Head(buf, target_max=vector.get("target_max", 2048))
    if len(ends) == 1:
        buf[: len(BEFORE)] = BEFORE
        head.parse(0, len(BEFORE))
        head.reset()
    for end in ends:
        buf[1 : 1 + end] = data[:end]  # not at the start: an offset that is not relative shows
        n = head.parse(1, 1 + end)
        if n:
            break
    return head_result(head, n - 1 if n > 0 else n, module)


def run_chunked(module, vector, data, ends):
    decoder, body, start, done, buf = module.Chunked(), b"", 0, False, bytearray(data)
    for end in ends:
        if done:
            break
        try:
            used, data_end, done = decoder.decode(buf, start, end)
        except ValueError:
            return {"error": True}
        body += bytes(buf[start:data_end])
        start = used
    return {"data": text(body), "rest": text(data[start:]), "done": done}


def run_unquote(module, vector, data, ends):
    try:
        return text(module.unquote(data, vector["plus"]))
    except ValueError:
        return None


def run_pairs(module, vector, data, ends):
    try:
        pairs = module.split_pairs(data, octets(vector["sep"]), vector["decode"])
        return [[text(part) for part in pair] for pair in pairs]
    except ValueError:
        return None


def run_boundary(module, vector, data, ends):
    """The search as a streaming reader does it: drop what is surely no boundary, then go on."""
    buf, boundary, start = bytearray(data), octets(vector["boundary"]), 0
    for end in ends:
        at = module.find_boundary(buf, start, end, boundary)
        if at >= 0:
            return [at, at]
        start = module.boundary_tail(buf, start, end, boundary)
    return [-1, start]


def run_unmask(module, vector, data, ends):
    buf, start, key = bytearray(data), 0, octets(vector["key"])
    for end in ends:
        module.unmask(buf, start, end, key, vector["offset"] + start)
        start = end
    return text(buf)


RUNNERS = {
    "head": run_head,
    "chunked": run_chunked,
    "unquote": run_unquote,
    "pairs": run_pairs,
    "boundary": run_boundary,
    "unmask": run_unmask,
}


def expected(vector):
    """The result in the file, with texts in pieces put together."""
    expect = vector["expect"]
    if not isinstance(expect, dict):
        return expect
    if vector["kind"] == "head" and "path" in expect:
        expect = dict(expect)
        expect["path"] = text(octets(expect["path"]))
        expect["fields"] = [[text(octets(part)) for part in field] for field in expect["fields"]]
    elif vector["kind"] == "chunked" and "data" in expect:
        expect = dict(expect)
        expect["data"] = text(octets(expect["data"]))
    return expect


def check(module, vector, whole=False):
    """First difference as a text, or None. `whole`: do not cut."""
    data, expect = octets(vector["input"]), expected(vector)
    for ends in [[len(data)]] if whole else cuts(len(data)):
        result = RUNNERS[vector["kind"]](module, vector, data, ends)
        if result != expect:
            at = list(ends) if len(ends) < 3 else "every byte"
            return "{} at {}: {} instead of {}".format(vector["name"], at, result, expect)
        if vector["kind"] in ("unquote", "pairs"):
            return None  # these take all of their input at once
    return None


def load(path):
    with open(path) as file:
        return json.load(file)


def run(module, paths, show=print):
    """(vectors, failures) of these files."""
    count = failures = 0
    for path in paths:
        for vector in load(path):
            count += 1
            problem = check(module, vector)
            if problem:
                failures += 1
                show(problem)
    return count, failures


def main(name, folder, *files):
    import os

    module = __import__(name)
    paths = [folder + "/" + f for f in files or sorted(os.listdir(folder)) if f.endswith(".json")]
    count, failures = run(module, paths)
    print(count, "vectors,", failures, "differ")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
