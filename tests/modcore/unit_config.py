"""Configuration: overlay, validation, atomic saves, fall-back."""

import json
import os

from check import raises
from modcore import log
from modcore.config import Config, ConfigError
from modcore.schema import check

SCHEMA = (
    ("port", "int", 80, (1, 65535), "TCP port"),
    ("name", "str", "device", (1, 8), "Name"),
    ("ratio", "float", 0.5, (0, 1), "Ratio"),
    ("mode", "str", "fast", ("fast", "slow"), "Mode"),
    ("flag", "bool", False, None, "Flag"),
    ("items", "list", None, None, "Items"),
    ("table", "dict", None, None, "Table"),
)


def fresh():
    for folder in ("unit_config_user", "unit_config_rom"):
        try:
            os.mkdir(folder)
        except OSError:
            pass
        for name in os.listdir(folder):
            os.remove(folder + "/" + name)
    return Config("unit_config_user", "unit_config_rom")


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def logged():
    return "\n".join([line[3] for line in log.tail(6)])


def quietly(function, *args):
    log.console.held = True
    try:
        return function(*args)
    finally:
        log.console.held = False


def test_defaults_then_factory_then_user():
    config = fresh()
    values = config.load("x", SCHEMA)
    assert values == {
        "port": 80,
        "name": "device",
        "ratio": 0.5,
        "mode": "fast",
        "flag": False,
        "items": [],
        "table": {},
    }
    write("unit_config_rom/x.json", '{"port": 81, "name": "rom"}')
    write("unit_config_user/x.json", '{"port": 82}')
    values = config.load("x", SCHEMA)
    assert (values["port"], values["name"]) == (82, "rom")


def test_defaults_are_not_shared():
    config = fresh()
    config.load("x", SCHEMA)["items"].append(1)
    assert config.load("x", SCHEMA)["items"] == []


def test_messages_name_file_key_expected_and_found():
    for key, value, text in (
        ("port", "80", "f.json: port: expected int, found str '80'"),
        ("port", True, "f.json: port: expected int, found bool True"),
        ("port", 0, "f.json: port: expected 1 to 65535, found 0"),
        ("name", "", "f.json: name: expected a length of 1 to 8, found ''"),
        ("name", "123456789", "f.json: name: expected a length of 1 to 8, found '123456789'"),
        ("mode", "x", "f.json: mode: expected one of fast, slow, found 'x'"),
        ("flag", 1, "f.json: flag: expected bool, found int 1"),
        ("items", {}, "f.json: items: expected list, found dict {}"),
        (
            "prot",
            1,
            "f.json: unknown key 'prot'; did you mean 'port'?",
        ),
        (
            "colour",
            1,
            "f.json: unknown key 'colour'; known are port, name, ratio, mode, flag, items, table",
        ),
    ):
        assert str(raises(ConfigError, check, SCHEMA, key, value, "f.json")) == text


def test_good_values():
    for key, value in (
        ("port", 1),
        ("port", 65535),
        ("name", "12345678"),
        ("mode", "slow"),
        ("ratio", 1),
    ):
        assert check(SCHEMA, key, value, "f") == value
    assert type(check(SCHEMA, "ratio", 1, "f")) is float


def test_a_wrong_value_is_logged_and_passed_over():
    config = fresh()
    write("unit_config_user/x.json", '{"port": "eighty", "name": "ok", "nonsense": 1}')
    values = quietly(config.load, "x", SCHEMA)
    assert (values["port"], values["name"]) == (80, "ok")
    assert "unit_config_user/x.json: port: expected int, found str 'eighty'; keeping 80" in logged()
    assert "unknown key 'nonsense'" in logged()


def test_save_keeps_what_was_there_and_a_backup():
    config = fresh()
    write("unit_config_rom/x.json", '{"name": "rom"}')
    config.save("x", SCHEMA, {"port": 81})
    config.save("x", SCHEMA, {"flag": True})
    with open("unit_config_user/x.json") as file:
        assert json.load(file) == {"port": 81, "flag": True}
    with open("unit_config_user/x.json.bak") as file:
        assert json.load(file) == {"port": 81}
    assert config.load("x", SCHEMA)["name"] == "rom"


def test_a_refused_save_writes_nothing():
    config = fresh()
    config.save("x", SCHEMA, {"port": 81})
    raises(ConfigError, config.save, "x", SCHEMA, {"flag": True, "port": 0})
    assert sorted(os.listdir("unit_config_user")) == ["x.json"]
    with open("unit_config_user/x.json") as file:
        assert json.load(file) == {"port": 81}


def test_corrupt_file_falls_back_to_the_backup_then_to_the_factory():
    config = fresh()
    write("unit_config_rom/x.json", '{"port": 90}')
    config.save("x", SCHEMA, {"port": 81})
    config.save("x", SCHEMA, {"port": 82})
    for text in ("", "{", '{"port": 8', "[1]", "\0\0\0"):
        write("unit_config_user/x.json", text)
        assert quietly(config.load, "x", SCHEMA)["port"] == 81, text
    write("unit_config_user/x.json.bak", "{{")
    assert quietly(config.load, "x", SCHEMA)["port"] == 90
    assert "unit_config_user/x.json.bak is not JSON" in logged()


def test_a_cut_between_the_renames_loses_nothing():
    config = fresh()
    config.save("x", SCHEMA, {"port": 81})
    os.rename("unit_config_user/x.json", "unit_config_user/x.json.bak")
    assert config.load("x", SCHEMA)["port"] == 81
    config.save("x", SCHEMA, {"flag": True})
    assert config.load("x", SCHEMA)["port"] == 81


def test_a_corrupt_file_does_not_take_the_backups_place():
    config = fresh()
    config.save("x", SCHEMA, {"port": 81})
    config.save("x", SCHEMA, {"port": 82})
    write("unit_config_user/x.json", "{")
    quietly(config.save, "x", SCHEMA, {"flag": True})
    with open("unit_config_user/x.json.bak") as file:
        assert json.load(file) == {"port": 81}
    assert config.load("x", SCHEMA)["port"] == 81
    assert config.load("x", SCHEMA)["flag"] is True
