"""modcore: life cycle, configuration and log for the modules of a device."""

from .controller import Controller
from .module import Module
from .version import VERSION
