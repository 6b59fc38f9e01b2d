"""The subcommands, in the order in which --help lists them. Each module has `register(app)`."""

from . import (
    appimage,
    budget,
    cert,
    flash_file,
    image,
    partitions,
    sdkconfig,
    size,
    source,
    template,
)

COMMANDS = (
    source,
    image,
    appimage,
    partitions,
    flash_file,
    sdkconfig,
    size,
    budget,
    template,
    cert,
)
