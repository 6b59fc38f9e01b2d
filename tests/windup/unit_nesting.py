"""JSON that is nested too deep is refused before it is parsed."""

from check import raises
from windup import HTTPError, WindUp
from windup.nesting import DEPTH, check
from wire import Wire, one, post

TYPE = "Content-Type: application/json"


def lists(depth):
    return b"[" * depth + b"]" * depth


def objects(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


def refused(body):
    return raises(HTTPError, check, body).status


def test_the_deepest_that_is_taken():
    for make in (lists, objects):
        check(make(DEPTH))
        check(bytearray(make(DEPTH)))
        assert refused(make(DEPTH + 1)) == 400
        assert refused(bytearray(make(DEPTH + 1))) == 400
    assert refused(b'{"a":[' * (DEPTH // 2) + b"[" + b"]" + b"]}" * (DEPTH // 2)) == 400


def test_what_stands_beside_each_other_or_in_strings_does_not_count():
    check(b"[" + b"[]," * 500 + b"{}]")
    check(b'["' + b"[{" * 100 + b'"]')
    check(b'["\\"' + b"[" * 100 + b'\\\\"]')
    assert refused(b'["\\\\",' + lists(DEPTH) + b"]") == 400


def test_a_request_with_it_is_a_400():
    app = WindUp()

    @app.post("/")
    def take(request):
        return {"kind": type(request.json()).__name__}

    for body, status in (
        (lists(DEPTH), 200),
        (lists(DEPTH + 1), 400),
        (b"[" * 4096, 400),
        (b'{"a":' * 800, 400),
        (b"[" * 30, 400),  # no JSON
        (b"[]" * 2000, 400),
    ):
        for at_a_time in (100, 65536):
            answer = one(Wire(app).send(post("/", body, TYPE), at_a_time))
            assert answer[0] == status, body


def test_what_memory_does_not_hold_is_a_413():
    from windup import request

    def loads(body):
        raise MemoryError

    app = WindUp()
    app.post("/")(lambda request: request.json())
    real = request.loads
    request.loads = loads
    try:
        assert one(Wire(app).send(post("/", b"[]", TYPE)))[0] == 413
    finally:
        request.loads = real
