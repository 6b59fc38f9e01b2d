"""What must hold of configuration files, whenever the power goes; see `power_cut`."""

import json

from modcore import log
from modcore.config import Config
from power_cut import MOUNT, prove

ROWS = (
    ("number", "int", -1, None, ""),
    ("text", "str", "", None, ""),
    ("key", "secret", "", None, ""),
)
config = Config(MOUNT + "/etc", "/none")
troubles = []


def trouble(line):
    if line[1] >= log.WARNING:
        troubles.append(line[3])


def text_of(number):
    # Some files are kept inline by littlefs, others in blocks of their own
    return "%d " % number * (number * 37 % 400)


def name_of(number):
    return "ab"[number % 3 == 2]


def save(number):
    changes = {"number": number, "text": text_of(number)}
    if number % 2:
        changes["key"] = "secret %d" % number
    config.save(name_of(number), ROWS, changes)


def whole(path):
    """The object in the file `path`, which is one whole version, or not there."""
    try:
        with open(path) as file:
            values = json.load(file)
    except OSError:
        return None
    if "number" in values:
        assert values["text"] == text_of(values["number"]), path
        assert sorted(values) == ["number", "text"], path
    else:
        for key in values:
            assert key in ("a.key", "b.key") and values[key].startswith("secret "), path
    return values


def last(name, number):
    """The newest save of `name` up to `number`, -1 without one."""
    while number >= 0 and name_of(number) != name:
        number -= 1
    return number


def last_key(name, number):
    number = last(name, number)
    while number >= 0 and number % 2 == 0:
        number = last(name, number - 1)
    return "secret %d" % number if number >= 0 else ""


def check(number, done):
    for name in ("a", "b"):
        values = config.load(name, ROWS)
        found = values["number"], values["key"]
        assert values["text"] == (text_of(found[0]) if found[0] >= 0 else ""), name
        # The secrets' file is written first
        new = last(name, number), last_key(name, number)
        old = last(name, number - 1), last_key(name, number - 1)
        allowed = (new,) if done else (old, new, (old[0], new[1]))
        assert found in allowed, (number, done, name, found, allowed)
    for name in ("a", "b", "secrets"):
        for end in (".json", ".json.bak"):
            whole("%s/%s%s" % (config.user, name, end))
    assert not troubles, troubles


def saves(steps, share, seed):
    """Prove it of `steps` saves one after the other."""
    log.sinks[:] = [trouble]
    operations, erased, cuts = prove(steps, save, check, share, seed)
    print("saves: %d operations, %d sectors erased, %d cuts" % (operations, erased, cuts))


def fill():
    for number in range(12):
        save(number)
    config.save("c", ROWS, {"number": 5, "text": text_of(5), "key": "secret 5"})


def reset(step):
    config.reset("a" if step == 0 else None)


def check_reset(step, done):
    for name in ("a", "b", "c"):
        values = config.load(name, ROWS)
        full = (5, "secret 5") if name == "c" else (last(name, 11), last_key(name, 11))
        before = (-1, "") if step and name == "a" else full
        after = (-1, "") if step or name == "a" else full
        # Secrets go first
        allowed = (after,) if done else (before, (before[0], ""), after)
        found = values["number"], values["key"]
        assert found in allowed, (step, done, name, found, allowed)


def resets(share, seed):
    """Prove that the device starts whenever a factory reset is cut, and that the next one ends it."""
    log.sinks[:] = []
    operations, erased, cuts = prove(2, reset, check_reset, share, seed, prepare=fill)
    print("resets: %d operations, %d sectors erased, %d cuts" % (operations, erased, cuts))


def full():
    """Prove that a full file system costs no configuration, and that the error tells what to do."""
    import os

    import vfs
    from power_cut import SECTOR, Chip, mounted

    log.sinks[:] = [trouble]
    chip = Chip(bytearray(b"\xff" * SECTOR * 12))
    vfs.VfsLfs2.mkfs(chip)
    mounted(chip)
    refused = 0
    for number in range(60):
        before = [config.load(name, ROWS) for name in "ab"]
        fill_up(number * 97 % 1500)
        try:
            save(number)
        except OSError as exc:
            refused += 1
            assert exc.errno == 28, exc
            assert "not saved: the file system is full, remove files" in str(exc), exc
            for name, values in zip("ab", before):
                now = config.load(name, ROWS)
                assert now["number"] == values["number"] and now["text"] == values["text"]
        files = os.listdir(config.user)
        assert not [name for name in files if name.endswith(".new")], files
        for name in os.listdir(MOUNT):
            if name != "etc":
                os.remove(MOUNT + "/" + name)
        save(number)
        values = config.load(name_of(number), ROWS)
        assert (values["number"], values["key"]) == (number, last_key(name_of(number), number))
    assert not troubles, troubles
    print("full: %d saves refused" % refused)


def fill_up(spare):
    # Leave less than a block, and about `spare` bytes of the folder
    try:
        for number in range(100):
            with open("%s/junk%d" % (MOUNT, number), "w") as file:
                for _ in range(2 if spare else 400):
                    file.write("x" * 1000)
    except OSError:
        pass
