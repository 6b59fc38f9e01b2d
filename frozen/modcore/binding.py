"""What configuration binds to events: `on_WHAT` in a module's file lists the actions of its event WHAT.

An action is an event in one string, `NAME` or `NAME:ARG:ARG`: what follows the name is the event's data, a tuple of `str`.
"""


def binding(fire, bindings):
    """A handler that fires the actions of `bindings`, `{event: (action, …)}`, with `fire`, a controller's."""

    def handle(event):
        for action in bindings[event.name]:
            name, *arguments = action.split(":")
            fire(name, tuple(arguments) or None)

    return handle
