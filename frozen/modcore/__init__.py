"""modcore: life cycle, configuration and log for the modules of a device."""


def __getattr__(name):
    # Imported when it is asked for: a program does not pay for the parts that it does not use
    if name == "Controller":
        from .controller import Controller as value
    elif name == "Module":
        from .module import Module as value
    elif name == "safe_mode":
        from .boot import safe_mode as value
    elif name == "VERSION":
        from .version import VERSION as value
    else:
        try:
            __import__("modcore." + name)
        except ImportError:
            raise AttributeError(name)
        return globals()[name]
    globals()[name] = value
    return value
