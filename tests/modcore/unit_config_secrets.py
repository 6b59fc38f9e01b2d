"""Configuration: secrets, what changed, and the factory reset."""

import os

from check import raises
from config_files import ROM, USER, content, fresh, quietly, text_of, write
from modcore import log
from modcore.config import ConfigError

SCHEMA = (
    ("host", "str", "", None, "Host"),
    ("password", "secret", None, (8, 64), "Password"),
    ("networks", "secrets", None, (8, 64), "Passwords by network"),
)
PATH = USER + "/wlan.json"
SECRETS = USER + "/secrets.json"


def leaks(text):
    """Whether a file but secrets.json, or its backup, has `text` in it."""
    return [
        name
        for name in os.listdir(USER)
        if not name.startswith("secrets.json") and text in text_of(USER + "/" + name)
    ]


def test_one_written_by_hand_counts_and_moves_at_the_next_save():
    config = fresh()
    write(PATH, '{"host": "a", "password": "hunter22", "networks": {"home": "sesame12"}}')
    values = config.load("wlan", SCHEMA)
    assert values["password"] == "hunter22" and values["networks"] == {"home": "sesame12"}
    assert config.save("wlan", SCHEMA, {"host": "b"}) == ("host",)
    assert content(PATH) == {"host": "b"}
    assert content(SECRETS) == {
        "wlan.password": "hunter22",
        "wlan.networks": {"home": "sesame12"},
    }
    assert leaks("hunter22") == [] and leaks("sesame12") == []
    values = config.load("wlan", SCHEMA)
    assert values["password"] == "hunter22" and values["networks"] == {"home": "sesame12"}
    write(PATH, '{"password": "correct horse"}')
    assert config.load("wlan", SCHEMA)["password"] == "correct horse"


def test_a_save_of_secrets_only():
    config = fresh()
    assert config.save("wlan", SCHEMA, {"password": "hunter22"}) == ("password",)
    assert os.listdir(USER) == ["secrets.json"]
    config.save("x", SCHEMA, {"password": "another1"})
    assert config.load("wlan", SCHEMA)["password"] == "hunter22"
    assert config.save("wlan", SCHEMA, {"password": None}) == ("password",)
    assert content(SECRETS) == {"x.password": "another1"}


def test_factory_secrets():
    config = fresh()
    write(ROM + "/secrets.json", '{"wlan.password": "factory1"}')
    assert config.load("wlan", SCHEMA)["password"] == "factory1"
    config.save("wlan", SCHEMA, {"password": "hunter22"})
    assert config.load("wlan", SCHEMA)["password"] == "hunter22"


def test_errors_do_not_show_them():
    config = fresh()
    for bad in ('"hunter2"', "[1234567890]", "12345678901", '{"hunter22": 1}'):
        write(PATH, '{"password": %s}' % bad)
        _, lines = quietly(config.load, "wlan", SCHEMA)
        assert PATH + ": password: expected" in lines and "***" in lines
        assert "unter2" not in lines and "1234567" not in lines
    for changes in ({"password": "hunter2"}, {"networks": {"home": "hunter2"}}):
        assert "hunter2" not in str(raises(ConfigError, config.save, "wlan", SCHEMA, changes))
    assert "found int" in str(
        raises(ConfigError, config.save, "wlan", SCHEMA, {"networks": {"home": 1}})
    )


def test_no_line_of_the_log_shows_them():
    config = fresh()
    secret = 'it\'s "hünter" \\2\nand more'
    config.save(
        "wlan", SCHEMA, {"password": secret, "networks": {"home": "sesame12", "x": "same12ab"}}
    )
    logger = log.get("test")

    def say():
        logger.info("the key is sesame12!")
        logger.info("%s and %r", secret, secret)
        logger.info("%s", {"key": secret, "other": "sesame12"})
        logger.info("%r", secret.encode())
        logger.info("y" * 195 + "sesame12")
        logger.info("wrong %d", "sesame12")
        try:
            raise ValueError(secret)
        except ValueError as exc:
            logger.exception(exc, "no %s", "sesame12")
        logger.info("short")

    _, lines = quietly(say)
    for part in ("hünter", "nter", "and more", "sesame", "same12"):
        assert part not in lines, (part, lines)
    assert lines.count("***") >= 8
    assert lines.endswith("short")


def test_short_ones_do_not_blank_the_log():
    config = fresh()
    before = log.secrets
    config.save("y", (("key", "secret", None, None, ""),), {"key": "abc"})
    assert config.load("y", (("key", "secret", None, None, ""),))["key"] == "abc"
    assert log.secrets == before


def test_diff():
    class Wlan:
        name = "wlan"
        schema = SCHEMA
        items = ()

    class Button:
        name = "button"
        schema = ()
        items = (("pin", "int", ..., None, ""), ("key", "secret", None, None, ""))

    config = fresh()
    assert config.diff([Wlan, Button, log]) == {}
    write(ROM + "/wlan.json", '{"host": "factory", "on_up": ["gc"]}')
    config.save("wlan", SCHEMA, {"host": "mine", "password": "hunter22", "on_up": ["status"]})
    config.save("button", Button.items, {"b": {"pin": 1, "key": "sesame12"}}, items=True)
    quietly(log.set_level, "noisy", "debug", config)
    assert config.diff([Wlan, Button, log]) == {
        "wlan": {
            "host": ("factory", "mine"),
            "password": ("", "***"),
            "on_up": (("gc",), ("status",)),
        },
        "button": {
            "b": (None, True),
            "b.pin": (None, 1),
            "b.key": (None, "***"),
        },
        "log": {"levels": ({}, {"noisy": "debug"})},
    }, config.diff([Wlan, Button, log])


def test_factory_reset():
    config = fresh()
    config.save("wlan", SCHEMA, {"host": "a", "password": "hunter22"})
    config.save("wlan", SCHEMA, {"host": "b", "password": "hunter23"})
    config.save("x", SCHEMA, {"host": "c", "password": "another1"})
    os.mkdir(USER + "/tls")
    write(USER + "/tls/key.pem", "x")
    quietly(config.reset, "wlan")
    assert config.load("wlan", SCHEMA) == {"host": "", "password": "", "networks": {}}
    assert config.load("x", SCHEMA)["password"] == "another1"
    for name in os.listdir(USER):
        if name != "tls":
            assert "hunter2" not in text_of(USER + "/" + name), name
    quietly(config.reset)
    assert os.listdir(USER) == []
    quietly(config.reset)
    os.rmdir(USER)
    quietly(config.reset)
    assert config.load("x", SCHEMA)["host"] == ""
