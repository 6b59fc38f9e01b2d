"""Prints what modcore costs: `python -m bench.modcore`."""

import socket

from .dispatch import measure


def main():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    first, further = measure(port)
    print(
        f"fire to on_event: {first:,.0f} instructions for one subscriber, {further:,.0f} for each further one"
    )


main()
