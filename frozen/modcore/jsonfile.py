"""One JSON object in a file: read with a backup to fall back on, written so that a power cut leaves the old or the new."""

import errno
import json
import os

from . import log
from .config import ConfigError
from .port import MICROPYTHON, const

_DEPTH = const(
    16
)  # of lists and objects in each other; more than that could not be printed on a small stack

_ENOSPC = const(28)  # MicroPython's errno has no name for it

_log = log.get("config")


def read(path):
    """The object in the file `path`, or in its backup, and the name of the file that it came from.

    What cannot be used is logged. Without any it is `({}, None)`.

    Raises:
        MemoryError: what is there may be whole.
    """
    for source in (path, path + ".bak"):
        try:
            with open(source) as file:
                values = json.load(file)
            if not isinstance(values, dict):
                problem = ": expected an object {…}, found %s" % type(values).__name__
            elif _deep(values):
                problem = " is nested deeper than %d" % _DEPTH
            else:
                return values, source
        except OSError as exc:
            if exc.errno == errno.ENOENT:
                continue
            problem = " cannot be read (%s)" % exc
        except ValueError:  # UnicodeError too
            problem = " is not JSON"
        except RuntimeError:  # CPython's parser
            if MICROPYTHON:
                raise  # not its parser: the stack was full already, and the file may be whole
            problem = " is nested deeper than %d" % _DEPTH
        except MemoryError:
            # To go on as if it were not there would end in its place being taken
            raise MemoryError("no memory to read %s" % source)
        _log.error("%s%s; falling back. Mend or remove it", source, problem)
    return {}, None


def write(path, values, source):
    """Put the object `values` into the file `path`.

    Args:
        source: where `read` found what was there; the file `path` becomes the backup when it is that, `.bad` when it
            could not be used.

    Raises:
        OSError: the file system is full or missing; what was there is whole.
        ConfigError: JSON has no way to say this, such as infinity.
    """
    new = path + ".new"
    try:
        make_folder(path)
        # `json.dump` would have the file system on top of itself: no chip has that stack
        text = json.dumps(values)
        with open(new, "w") as file:
            file.write(text)
        del text
        with open(new) as file:
            if set(json.load(file)) != set(values):
                raise ValueError
        if source == path:  # a file that nobody can read must not take the place of a good backup
            os.rename(path, path + ".bak")
        elif exists(path):
            _log.warning("%s: kept as %s.bad", path, path)
            os.rename(path, path + ".bad")
        os.rename(new, path)
    except BaseException as exc:
        try:
            remove(new)
        except OSError:
            pass
        if isinstance(exc, ValueError):
            raise ConfigError("%s: holds what JSON cannot express" % path)
        if isinstance(exc, OSError):
            full = exc.errno == _ENOSPC
            hint = "the file system is full, remove files" if full else "is %s writable?" % path
            raise OSError(exc.errno, "%s: not saved: %s" % (path, hint))
        raise


def make_folder(path):
    """Make the folder that the file `path` goes into, if it is not there. What is wrong the next `open` tells."""
    try:
        os.mkdir(path.rsplit("/", 1)[0])
    except OSError:
        pass


def exists(path):
    """Whether there is a file or folder `path`."""
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def remove(path):
    """Remove the file `path`; without one it does nothing."""
    if exists(path):
        os.remove(path)


def _deep(values):
    # Level by level: who calls itself for each of them needs more stack than a chip has
    level = (values,)
    for _ in range(_DEPTH):
        below = []
        for outer in level:
            for inner in outer.values() if isinstance(outer, dict) else outer:
                if isinstance(inner, (dict, list)):
                    below.append(inner)
        if not below:
            return False
        level = below
    return True
