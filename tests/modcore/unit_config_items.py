"""Configuration: files whose keys are ids."""

from check import raises
from config_files import ROM, USER, content, fresh, quietly, write
from modcore.config import ConfigError

ROWS = (
    ("pin", "int", ..., (0, 39), "Pin"),
    ("pull", "str", "up", ("up", "down", ""), "Pull"),
    ("key", "secret", None, None, "Key"),
)
PATH = USER + "/button.json"


def test_items_are_laid_over_items():
    config = fresh()
    write(
        ROM + "/button.json",
        '{"boot": {"pin": 0, "on_press": ["gc"]}, "user": {"pin": 1}, "gone": {"pin": 2}}',
    )
    write(PATH, '{"user": {"pull": "down"}, "gone": null, "more": {"pin": 5, "key": "hunter22"}}')
    bindings = {}
    items, lines = quietly(config.load_items, "button", ROWS, bindings=bindings)
    assert lines == ""
    assert items == {
        "boot": {"pin": 0, "pull": "up", "key": ""},
        "user": {"pin": 1, "pull": "down", "key": ""},
        "more": {"pin": 5, "pull": "up", "key": "hunter22"},
    }
    assert bindings == {"boot.press": ("gc",)}


def test_what_is_wrong_with_one_item_leaves_the_others():
    config = fresh()
    write(
        PATH,
        '{"ok": {"pin": 1}, "no_pin": {"on_press": ["gc"]}, "Bad Id": {"pin": 1}, "a.b": {"pin": 1},'
        ' "list": [], "wrong": {"pin": 1, "pull": "sideways", "pni": 3}}',
    )
    bindings = {}
    items, lines = quietly(config.load_items, "button", ROWS, bindings=bindings)
    assert sorted(items) == ["ok", "wrong"]
    assert items["wrong"]["pull"] == "up"
    assert bindings == {}
    for text in (
        "no_pin: pin is missing; leaving the item out",
        "'Bad Id': expected an id of at most 32 of a-z, 0-9, _ and -, a letter first",
        "'a.b': expected an id",
        "list: expected an object {…}, found []",
        "wrong: pull: expected one of up, down, , found 'sideways'; keeping 'up'",
        "wrong: unknown key 'pni'; did you mean 'pin'?",
    ):
        assert PATH + ": " + text in lines, (text, lines)


def test_save():
    config = fresh()
    write(ROM + "/button.json", '{"boot": {"pin": 0}, "user": {"pin": 1}}')

    def save(changes):
        return config.save("button", ROWS, changes, items=True)

    assert save({"boot": {"pull": "down"}}) == ("boot.pull",)
    assert save({"more": {"pin": 5, "key": "hunter22", "on_press": ["gc"]}}) == (
        "more",
        "more.key",
        "more.on_press",
        "more.pin",
        "more.pull",
    )
    assert content(PATH) == {"boot": {"pull": "down"}, "more": {"pin": 5, "on_press": ["gc"]}}
    assert content(USER + "/secrets.json") == {"button.more.key": "hunter22"}
    assert config.load_items("button", ROWS)["more"]["key"] == "hunter22"
    assert save({"boot": {"key": "sesame12"}}) == ("boot.key",)
    assert config.load_items("button", ROWS)["boot"]["key"] == "sesame12"
    assert "more" in save({"more": None, "user": None})
    assert content(PATH) == {"boot": {"pull": "down"}, "user": None}
    assert content(USER + "/secrets.json") == {"button.boot.key": "sesame12"}
    assert sorted(config.load_items("button", ROWS)) == ["boot"]


def test_a_refused_save_writes_nothing():
    config = fresh()
    for changes in (
        {"Bad": {"pin": 1}},
        {"ok": {"pin": 100}},
        {"ok": {"pull": "up"}},
        {"ok": 5},
        {"ok": {"pni": 1}},
    ):
        exc = raises(ConfigError, lambda: config.save("button", ROWS, changes, items=True))
        assert PATH in str(exc), exc
    assert config.load_items("button", ROWS) == {}
