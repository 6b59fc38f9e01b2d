"""Configuration: what may be wrong with a file, and nothing is lost."""

import json
import os

from check import raises
from config_files import ROM, USER, content, fresh, quietly, text_of, write
from modcore.borrow import forget
from modcore.config import ConfigError
from modcore.port import MICROPYTHON

SCHEMA = (
    ("port", "int", 80, (1, 65535), "TCP port"),
    ("name", "str", "device", (1, 8), "Name"),
    ("ratio", "float", 0.5, None, "Ratio"),
    ("items", "list", None, None, "Items"),
    ("key", "secret", None, None, "Key"),
)
PATH = USER + "/x.json"


def load(config):
    return quietly(config.load, "x", SCHEMA)


def test_every_truncation_falls_back_and_says_so():
    config = fresh()
    config.save("x", SCHEMA, {"port": 81})
    whole = json.dumps({"port": 82, "name": "ok", "ratio": 0.25, "items": [1, [2, {"a": "b"}]]})
    for length in range(len(whole)):
        write(PATH + ".bak", '{"port": 81}')
        write(PATH, whole[:length])
        values, lines = load(config)
        assert values["port"] == 81, length
        assert PATH + " is not JSON" in lines and "Mend or remove it" in lines, length
    write(PATH, whole)
    assert load(config) == (
        {"port": 82, "name": "ok", "ratio": 0.25, "items": [1, [2, {"a": "b"}]], "key": ""},
        "",
    )


def test_what_is_no_configuration_falls_back_and_survives_the_next_save():
    deep = b'{"items": ' + b"[" * 3000 + b"]" * 3000 + b"}"
    nearly = b'{"items": ' + b"[" * 17 + b"]" * 17 + b"}"
    for bad, said in (
        (b"", "is not JSON"),
        (b"[1]", "expected an object {…}, found list"),
        (b"null", "expected an object {…}, found NoneType"),
        (b"\0\0\0", "is not JSON"),
        (b'{"port": 8\0', "is not JSON"),
        (b'{"name": "\xff\xfe"}', "is not JSON"),
        (b"\xef\xbb\xbf{", "is not JSON"),
        (deep, "nested deeper than 16"),
        (nearly, "nested deeper than 16"),
    ):
        config = fresh()
        config.save("x", SCHEMA, {"port": 81})
        os.rename(PATH, PATH + ".bak")
        write(PATH, bad)
        values, lines = load(config)
        assert values["port"] == 81, bad[:20]
        assert said in lines and PATH in lines, lines
        _, lines = quietly(config.save, "x", SCHEMA, {"name": "new"})
        assert "kept as " + PATH + ".bad" in lines
        assert load(config)[0]["name"] == "new" and load(config)[0]["port"] == 81
        with open(PATH + ".bad", "rb") as file:
            assert file.read() == bad


def test_wrong_values_of_every_kind_keep_the_default():
    for value in (None, True, [], {}, "x" * 1000, -1, 1e30, 10**30, [[[[]]]], {"a": {"b": []}}):
        for key in ("port", "name", "ratio", "key", "colour", "version"):
            config = fresh()
            write(PATH, json.dumps({key: value, "items": [1]}))
            values, lines = load(config)
            assert values["items"] == [1]
            if key == "port":
                assert values["port"] == 80
            assert (
                (value is None and key != "version")
                or (key == "ratio" and type(value) in (int, float))
                or (key == "key" and type(value) is str)
                or PATH in lines
            ), (key, value, lines)
            assert all(len(line) <= 200 for line in lines.split("\n"))
    fresh()  # no other test's log loses what was a secret here


class FullJson:
    """`json` in a heap that is full."""

    dumps = json.dumps

    @staticmethod
    def load(file):
        raise MemoryError


def test_how_deep_a_file_may_be():
    for depth, taken in ((15, True), (16, False)):
        config = fresh()
        for bad in (
            '{"items": ' + "[" * depth + "]" * depth + "}",
            '{"items": [' + '{"a": ' * (depth - 1) + "1" + "}" * (depth - 1) + "]}",
        ):
            write(PATH, bad)
            values, lines = load(config)
            assert (len(values["items"]) > 0, "nested" not in lines) == (taken, taken), depth


def no_stack(file):
    raise RuntimeError("maximum recursion depth exceeded")


def test_without_stack_to_read_a_file_it_stays():
    from modcore import jsonfile

    if not MICROPYTHON:
        return
    config = fresh()
    config.save("x", SCHEMA, {"port": 81})
    kept, FullJson.load = FullJson.load, no_stack
    jsonfile.json = FullJson
    try:
        raises(RuntimeError, jsonfile.read, PATH)
    finally:
        jsonfile.json = json
        FullJson.load = kept
    assert load(config)[0]["port"] == 81


def test_without_memory_to_read_a_file_it_stays():
    from modcore import jsonfile  # now, for it is borrowed again and again

    config = fresh()
    config.save("x", SCHEMA, {"port": 81})
    with open(PATH) as file:
        before = file.read()
    jsonfile.json = FullJson
    try:
        exc = raises(MemoryError, jsonfile.read, PATH)
        assert PATH in str(exc)
        raises(MemoryError, config.load, "x", SCHEMA)
        raises(MemoryError, config.save, "x", SCHEMA, {"port": 82})
    finally:
        jsonfile.json = json
    with open(PATH) as file:
        assert file.read() == before
    assert load(config)[0]["port"] == 81


def test_a_folder_in_the_place_of_a_file():
    config = fresh()
    os.mkdir(PATH)
    values, lines = load(config)
    assert values["port"] == 80
    assert PATH + " cannot be read" in lines
    quietly(config.save, "x", SCHEMA, {"port": 81})
    assert load(config)[0]["port"] == 81
    os.mkdir(PATH + ".new")
    exc = raises(OSError, config.save, "x", SCHEMA, {"port": 82})
    assert PATH + ": not saved" in str(exc)
    assert load(config)[0]["port"] == 81


def test_a_missing_folder_is_made_and_an_impossible_one_told():
    config = fresh()
    os.rmdir(USER)
    config.save("x", SCHEMA, {"port": 81})
    assert load(config)[0]["port"] == 81
    config.user = PATH  # a file
    exc = raises(OSError, config.save, "x", SCHEMA, {"port": 82})
    assert "not saved: is " in str(exc)
    config.user = USER


def test_what_a_save_does_not_know_stays():
    config = fresh()
    write(PATH, '{"port": "eighty", "colour": "red", "on_up": ["gc"]}')
    quietly(config.save, "x", SCHEMA, {"name": "ok"})
    assert content(PATH) == {"port": "eighty", "colour": "red", "on_up": ["gc"], "name": "ok"}


def test_infinity_does_not_reach_a_file():
    config = fresh()
    config.save("x", SCHEMA, {"ratio": 1.5})
    for value in (float("inf"), float("nan")):
        raises(ConfigError, config.save, "x", SCHEMA, {"ratio": value})
    assert content(PATH) == {"ratio": 1.5}
    assert os.listdir(USER) == ["x.json"]


def test_save_tells_what_changed_and_writes_only_then():
    config = fresh()
    write(ROM + "/x.json", '{"port": 90}')
    assert config.save("x", SCHEMA, {"port": 90}) == ()
    assert config.save("x", SCHEMA, {"port": 91, "name": "n", "ratio": 0.5}) == ("name", "port")
    before = sorted(os.listdir(USER))
    assert config.save("x", SCHEMA, {"port": 91}) == ()
    assert sorted(os.listdir(USER)) == before
    assert config.save("x", SCHEMA, {"port": None}) == ("port",)
    assert load(config)[0]["port"] == 90
    assert config.save("x", SCHEMA, {"on_up": ["gc"]}) == ("on_up",)
    raises(ConfigError, config.save, "x", SCHEMA, {"colour": None})


def test_migration():
    rows = (("port", "int", 80, None, "Port"), ("key", "secret", None, None, "Key"))
    calls = []

    def migrate(values, version):
        calls.append(version)
        if version == 1:
            values["port"] = values.pop("prot")
            if "pass" in values:
                values["key"] = values.pop("pass")
        return values

    config = fresh()
    write(PATH, '{"prot": 81}')
    write(USER + "/secrets.json", '{"x.pass": "hunter22", "y.pass": "other"}')
    (values, lines) = quietly(config.load, "x", rows, 2, migrate)
    assert (values, lines, calls) == ({"port": 81, "key": "hunter22"}, "", [1])
    assert content(PATH) == {"prot": 81}
    assert config.save("x", rows, {}, 2, migrate) == ()
    assert content(PATH) == {"version": 2, "port": 81}
    assert content(USER + "/secrets.json") == {"x.key": "hunter22", "y.pass": "other"}
    del calls[:]
    assert quietly(config.load, "x", rows, 2, migrate)[0]["key"] == "hunter22"
    assert calls == []


def test_secrets_alone_have_a_version_too():
    rows = (("key", "secret", None, None, "Key"),)

    def migrate(values, version):
        raise AssertionError("these are of now")

    config = fresh()
    assert config.save("x", rows, {}, 2, migrate) == ()
    assert os.listdir(USER) == []
    config.save("x", rows, {"key": "hunter22"}, 2, migrate)
    assert content(PATH) == {"version": 2}
    assert quietly(config.load, "x", rows, 2, migrate) == ({"key": "hunter22"}, "")


def test_a_newer_file_is_used_as_far_as_it_is_known_and_kept():
    config = fresh()
    write(PATH, '{"version": 3, "port": 81, "colour": "red"}')
    values, lines = quietly(config.load, "x", SCHEMA, 2)
    assert values["port"] == 81
    assert "version 3 is newer than this firmware's, 2" in lines
    assert "colour" not in lines
    quietly(config.save, "x", SCHEMA, {"name": "ok"}, 2)
    assert content(PATH) == {"version": 3, "port": 81, "colour": "red", "name": "ok"}


def test_a_migration_that_fails_is_logged_and_nothing_lost():
    config = fresh()
    write(PATH, '{"port": 81}')

    def migrate(values, version):
        return values["no such key"]

    values, lines = quietly(config.load, "x", SCHEMA, 2, migrate)
    assert values["port"] == 81
    assert PATH + ": version 1 does not migrate" in lines
    quietly(config.save, "x", SCHEMA, {"name": "ok"}, 2, migrate)
    assert content(PATH) == {"port": 81, "name": "ok"}


def test_bindings():
    config = fresh()
    write(ROM + "/x.json", '{"on_up": ["gc", "pin:led:on"], "on_down": ["gc"]}')
    write(PATH, '{"on_down": ["status"], "on_bad": "gc", "on_worse": [1], "on_": []}')
    bindings = {"other.event": ("kept",)}
    values, lines = quietly(config.load, "x", SCHEMA, bindings=bindings)
    assert sorted(values) == sorted([row[0] for row in SCHEMA])
    assert bindings == {
        "other.event": ("kept",),
        "x.up": ("gc", "pin:led:on"),
        "x.down": ("status",),
    }
    assert PATH + ": on_bad: expected a list of actions such as [\"restart\"], found 'gc'" in lines
    assert "on_worse" in lines and "'on_'" in lines


def test_a_file_with_bindings_only():
    config = fresh()
    write(PATH, '{"on_up": ["gc"], "port": 1}')
    bindings = {}
    values, lines = quietly(config.load, "x", (), bindings=bindings)
    assert (values, bindings) == ({}, {"x.up": ("gc",)})
    assert "unknown key 'port'; it has no keys but on_…" in lines


def test_a_key_that_must_be_there():
    rows = (("pin", "int", ..., (0, 39), "Pin"), ("led", "int", None, (0, 39), "Light"))
    config = fresh()
    exc = raises(ConfigError, config.load, "x", rows)
    assert str(exc) == PATH + ": pin: missing, and has no default"
    write(PATH, '{"pin": 2}')
    assert config.load("x", rows) == {"pin": 2, "led": None}


def test_nothing_of_the_borrowed_code_stays():
    import sys

    parts = ("layers", "overlay", "jsonfile", "schema", "secrets")
    for part in parts:
        forget(part)  # another test may have imported it
    config = fresh()
    config.save("x", SCHEMA, {"port": 81, "key": "hunter22"})
    config.reset("x")
    for part in parts:
        assert "modcore." + part not in sys.modules


def test_the_text_is_plain_json():
    config = fresh()
    config.save("x", SCHEMA, {"name": "Käse"})
    assert json.loads(text_of(PATH)) == {"name": "Käse"}
