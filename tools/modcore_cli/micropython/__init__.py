"""The one release of MicroPython that the firmware is built from, and the ways to get its source.

Each way is a module with a function that unpacks the tree into an empty folder and returns one line that says
where it came from, or raises `Unavailable`.
"""

VERSION = "1.26.1"
GIT_TAG = f"v{VERSION}"
GIT_COMMIT = "647c8b96cae7e202c7a020395b7cfe65e5b8ce04"
# Debian's upstream tarball: the release without its git submodules.
TARBALL_SHA256 = "f5ad2ec89d3e921f753d448955af98b6005655f84ba26087dde6ba0e8d062f34"


class Unavailable(Exception):
    """This way does not lead to the source here; the text says why."""
