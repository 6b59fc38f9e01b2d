"""WindUp: a web server of filters and content generators."""

# The HTTP tokeniser is a C module where the firmware has it, else its twin
try:
    import httptok as tok
except ImportError:
    from . import pytok as tok

from .app import WindUp


def __getattr__(name):
    # Imported when it is asked for: a program does not pay for the parts that it does not use
    if name in ("HTTPError", "Response", "redirect"):
        from . import response as module
    elif name == "send_file":
        from . import files as module
    elif name == "Router":
        from . import router as module
    elif name == "Mount":
        from . import mount as module
    elif name == "Request":
        from . import request as module
    elif name == "StaticFiles":
        from . import static as module
    else:
        try:
            __import__("windup." + name)
        except ImportError:
            raise AttributeError(name)
        return globals()[name]
    value = getattr(module, name)
    globals()[name] = value
    return value
