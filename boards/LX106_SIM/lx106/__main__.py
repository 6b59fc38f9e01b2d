"""Runs the LX106_SIM firmware: `python -m lx106 --help`."""

import argparse
import signal
import sys
import time
from pathlib import Path

from . import flash
from .console import Console, Interrupted
from .machine import PANIC_STATUS, Machine
from .network import Loopback

_FOR_EVER = 2**31 - 1


def _arguments():
    parser = argparse.ArgumentParser(prog="lx106", description="Run the LX106_SIM firmware.")
    parser.add_argument("--build", type=Path, required=True, help="folder of firmware.elf")
    parser.add_argument("--flash", type=Path, required=True, help="flash chip; made if missing")
    parser.add_argument("--www", type=Path, help="read-only image, put into the flash chip")
    parser.add_argument("--fresh", action="store_true", help="start with a blank flash chip")
    parser.add_argument("--pty-link", type=Path, help="path that points to the console's pty")
    parser.add_argument("--no-terminal", action="store_true", help="the pty is the only console")
    parser.add_argument("--heap", type=int, default=0, help="bytes; default: the chip's 38 KiB")
    parser.add_argument("--still", action="store_true", help="time passes only while it waits")
    return parser.parse_args()


def _run(arguments, console):
    """From power-on to the end; the exit status."""
    cause = 0
    while True:
        network = Loopback()
        machine = Machine(
            *(arguments.build, arguments.flash, network, cause, arguments.heap, arguments.still)
        )
        try:
            console.carry(machine)
            status = machine.wait()
        finally:
            machine.stop()
            network.stop()
        if machine.failure:
            raise machine.failure
        if status == PANIC_STATUS or not machine.reset:
            return status
        cause, sleep_ms = machine.reset
        if sleep_ms == _FOR_EVER:
            return 0
        time.sleep(sleep_ms / 1000)


def _stop(_number, _frame):
    raise Interrupted


def main():
    """Take the command line apart, prepare the flash chip and run."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    www = arguments.www.read_bytes() if arguments.www else b""
    if arguments.fresh or not arguments.flash.exists():
        flash.create(arguments.flash, www)
    elif www:
        flash.update(arguments.flash, www)
    console = Console(arguments.pty_link, not arguments.no_terminal)
    try:
        with console.raw_terminal():
            sys.exit(_run(arguments, console))
    except Interrupted:
        sys.exit(0)
    finally:
        console.close()


main()
