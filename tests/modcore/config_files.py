"""Two folders for a `Config` under test, on CPython and on the firmware's interpreter."""

import json
import os

from modcore import log
from modcore.config import Config

USER = "unit_config_user"
ROM = "unit_config_rom"


def fresh():
    """A `Config` whose folders are empty."""
    for folder in (USER, ROM):
        try:
            os.mkdir(folder)
        except OSError:
            pass
        empty(folder)
    log.secrets = ()
    return Config(USER, ROM)


def empty(folder):
    for name in os.listdir(folder):
        path = folder + "/" + name
        try:
            os.remove(path)
        except OSError:
            empty(path)
            os.rmdir(path)


def write(path, text):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def content(path):
    """The JSON in the file `path`."""
    with open(path) as file:
        return json.load(file)


def text_of(path):
    with open(path) as file:
        return file.read()


def quietly(function, *args, **keywords):
    """Call `function` with the console silent; what it returns, and the lines that it logged."""
    log.console.held = True
    lines = []

    def take(line):
        lines.append(line[3])

    log.sinks.append(take)
    try:
        return function(*args, **keywords), "\n".join(lines)
    finally:
        log.sinks.remove(take)
        log.console.held = False
