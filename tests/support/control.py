"""The control channel of a HOST board: plays the world around the chip. Its commands: `loader --help`."""

import contextlib
import socket


class ControlError(Exception):
    """The board refused a command; the text says what to do."""


class Control:
    """One connection to the channel, made when it is first used and again after the board was off.

    Args:
        path: of the boot loader's socket (`--control`).
        timeout: seconds of real time that an answer may take.
    """

    def __init__(self, path, timeout=60):
        self.path = path
        self.timeout = timeout
        self._file = None

    def close(self):
        """Let go of the connection."""
        file, self._file = self._file, None
        if file:
            with contextlib.suppress(OSError):
                file.close()

    def _connect(self):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(self.timeout)
        sock.connect(str(self.path))
        self._file = sock.makefile("rw", newline="\n")
        sock.close()

    def command(self, *words):
        """Send one command; what follows `ok`, a `str`. ControlError: the answer is an error."""
        line = " ".join(str(word) for word in words)
        answer = ""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if self._file is None:
                self._connect()
            self._file.write(line + "\n")
            self._file.flush()
            answer = self._file.readline().rstrip("\n")
        if answer != "ok" and not answer.startswith("ok "):
            if not answer:
                self.close()
            raise ControlError(f"{line}: {answer or 'the board is off'}")
        return answer[3:]

    def _values(self, *words):
        pairs = (pair.split("=", 1) for pair in self.command(*words).split())
        return {key: int(value) if value.lstrip("-").isdigit() else value for key, value in pairs}

    def drive(self, pin, level):
        """Drive `pin` from outside: 0, 1, or "z" to let go of it."""
        self.command("pin", pin, level)

    def pin(self, pin):
        """What `pin` is like now: a dict with level, mode, pull, outside, irq, freq, duty_u16."""
        return self._values("pin", pin)

    def pulses(self, pin, count, hz):
        """A flow sensor: `count` pulses at `hz` hertz, in the board's time. Returns at once."""
        self.command("pulses", pin, count, hz)

    def press(self, pin, ms):
        """A button to ground, for `ms` of the board's time. Returns at once."""
        self.command("press", pin, ms)

    def adc(self, pin, microvolts):
        """The voltage at `pin`; an ESP8266's ADC is 0."""
        self.command("adc", pin, microvolts)

    def clock(self):
        """The time: a dict with ticks_us, rtc_us (since 2000-01-01), state ("real", "run" or "hold")."""
        return self._values("clock")

    def set_rtc(self, seconds):
        """Set the RTC to seconds since 2000-01-01 00:00."""
        self.command("clock", "set", seconds)

    def hold(self):
        """Hold the fast clock: time stands still, also while the program waits."""
        self.command("clock", "hold")

    def run(self):
        """Let time pass again."""
        self.command("clock", "run")

    def step(self, ms):
        """Let `ms` pass and hold again; returns when all that was due has happened."""
        self.command("clock", "step", ms)

    @contextlib.contextmanager
    def held(self):
        """A context in which time passes by `step` alone."""
        self.hold()
        yield self
        self.run()

    def reset(self):
        """Press the reset button."""
        self.command("reset")

    def brownout(self):
        """Let the supply sag until the chip resets itself."""
        self.command("brownout")
