"""What the prompt begins with."""

import sys


def greet():
    """Show who is there, and the first prompt."""
    sys.stdout.buffer.write(
        b"\r\n%s; %s\r\nCtrl-D restarts, Ctrl-E pastes, help() helps.\r\n>>> "
        % (sys.version.split("; ")[1].encode(), sys.implementation._machine.encode())
    )
