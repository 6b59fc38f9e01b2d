"""The boot loader around a firmware of one page."""

import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest
from chip_library import (
    ABORTED,
    NEW,
    OTADATA,
    SECTOR,
    SIZE,
    SLOT,
    TOP,
    VALID,
    app_image,
    ota_entry,
    partition_table,
)

# Nothing here takes this long; it ends a test that waits for what does not come.
PATIENCE = 20
CAUSE_POWER_ON, CAUSE_SOFTWARE, CAUSE_WATCHDOG, CAUSE_DEEP_SLEEP, CAUSE_PANIC = range(1, 6)
STOPPED, ERROR, USAGE, NOT_BOOTABLE, POWER_CUT = range(5)


def compile_c(output, *sources):
    command = [
        *("cc", "-std=c99", "-Os", "-Wall", "-Wextra", "-Werror", "-s"),
        *(f"-I{TOP / 'boards/HOST'}", f"-I{TOP / 'build/micropython'}", "-o", output),
        *sources,
    ]
    subprocess.run(command, check=True)
    return output


@pytest.fixture(scope="session")
def loader(tmp_path_factory):
    board = TOP / "boards/HOST"
    output = tmp_path_factory.mktemp("loader") / "loader"
    return compile_c(output, *board.glob("loader/*.c"), *board.glob("chip/*.c"))


@pytest.fixture(scope="session")
def image(tmp_path_factory):
    """The firmware of one page as an app image."""
    chip = TOP / "boards/HOST/chip"
    sources = [Path(__file__).with_name("tiny_firmware.c"), chip / "flash.c", chip / "registers.c"]
    program = compile_c(tmp_path_factory.mktemp("firmware") / "elf", *sources).read_bytes()
    return app_image(program.ljust((len(program) + 3) & ~3, b"\0"))


class Flash:
    """A flash file with the partition table, and the firmware in both slots."""

    def __init__(self, path, image):
        self.path = path
        self.content = bytearray(b"\xff" * SIZE)
        self.write(0x8000, partition_table())
        for slot in SLOT:
            self.write(slot, image)

    def write(self, address, data):
        self.content[address : address + len(data)] = data
        self.path.write_bytes(self.content)

    def read(self, address, length):
        return self.path.read_bytes()[address : address + length]


@pytest.fixture
def flash(tmp_path, image):
    return Flash(tmp_path / "flash.bin", image)


class Running:
    """A boot loader that runs."""

    def __init__(self, loader, flash, *options):
        self.link = flash.path.with_name("pty")
        command = [loader, "--flash", flash.path, "--pty-link", self.link, "--no-terminal"]
        self.process = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
        )
        self.seen = b""

    def wait_for(self, pattern):
        """Reads the output until the pattern comes, and what it has matched."""
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.seen)):
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            data = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert data and time.monotonic() < deadline, (pattern, self.seen[-2000:])
            self.seen += data
        self.seen = self.seen[found.end() :]
        return found

    def wait_ready(self):
        """Waits for the firmware. Returns why it runs, from where, and its RTC memory."""
        found = self.wait_for(rb"ready cause (\d+) app (\w+) memory (\d+)")
        return int(found[1]), int(found[2], 16), int(found[3])

    def open_pty(self):
        return os.open(self.link, os.O_RDWR | os.O_NOCTTY)

    def send(self, data):
        pty = self.open_pty()
        os.write(pty, data)
        os.close(pty)

    def pid(self):
        self.send(b"p")
        return int(self.wait_for(rb"pid (\d+)\n")[1])

    def end(self, number=signal.SIGTERM):
        """Sends a signal. Returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def start(loader, flash):
    """Starts a boot loader on the flash, and in the end makes sure that it is gone."""
    all_running = []

    def run(*options):
        all_running.append(Running(loader, flash, *options))
        return all_running[-1]

    yield run
    for running in all_running:
        running.process.kill()
        running.process.wait()
        running.process.stdout.close()


def has_gone(pid):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            # A zombie nobody has waited for yet has gone too.
            if " Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--flash"],
        ["--flash", "x", "--profile", "esp9"],
        ["--flash", "x", "--heap", "1"],
        ["--flash", "x", "--heap", "many"],
        ["--flash", "x", "--sockets", "0"],
        ["--flash", "x", "--sockets", "1001"],
        ["--flash", "x", "--sockets", "30", "--profile", "esp8266"],
        ["--flash", "x", "--cut", "0"],
        ["--flash", "x", "--cut", "-1"],
        ["--flash", "x", "more"],
        ["--what"],
    ],
)
def test_wrong_options(loader, options):
    done = subprocess.run([loader, *options], capture_output=True, text=True)
    assert done.returncode == USAGE
    assert done.stderr.startswith("loader: ") and "--help" in done.stderr


def test_help_has_examples(loader):
    done = subprocess.run([loader, "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    assert "Examples:" in done.stdout


def test_a_file_that_is_no_flash(loader, tmp_path):
    for content in (None, b"", b"odd"):
        path = tmp_path / "file"
        if content is not None:
            path.write_bytes(content)
        done = subprocess.run([loader, "--flash", path], capture_output=True, text=True)
        assert done.returncode == ERROR
        assert str(path) in done.stderr


def test_a_blank_flash_cannot_be_booted(start, flash):
    flash.write(0, b"\xff" * SIZE)
    running = start()
    assert running.process.wait(PATIENCE) == NOT_BOOTABLE
    running.wait_for(rb"no usable partition table")


def test_empty_slots_cannot_be_booted(start, flash):
    for slot in SLOT:
        flash.write(slot, b"\xff" * SECTOR)
    running = start()
    assert running.process.wait(PATIENCE) == NOT_BOOTABLE
    running.wait_for(rb"no bootable app")


def test_two_boot_loaders_cannot_share_a_flash(start):
    start().wait_ready()
    second = start()
    assert second.process.wait(PATIENCE) == ERROR
    second.wait_for(rb"in use")


def test_power_on(start, flash):
    assert start().wait_ready() == (CAUSE_POWER_ON, SLOT[0], 0)
    assert flash.read(OTADATA, 32) == ota_entry(1, VALID)


@pytest.mark.parametrize(
    ("options", "size"),
    [([], 4180000), (["--profile", "esp8266"], 38912), (["--heap", "20000"], 20000)],
)
def test_the_profile_sets_the_heap(start, options, size):
    assert int(start(*options).wait_for(rb"heap (\d+)")[1]) == size


@pytest.mark.parametrize(
    ("command", "cause", "message"),
    [
        (b"r", CAUSE_SOFTWARE, rb""),
        (b"d", CAUSE_DEEP_SLEEP, rb""),
        (b"w", CAUSE_WATCHDOG, rb"watchdog reset"),
        (b"a", CAUSE_PANIC, rb"crashed: Aborted"),
        (b"x", CAUSE_PANIC, rb"ended with status 7"),
    ],
)
def test_resets_have_causes_and_keep_the_rtc_memory(start, command, cause, message):
    running = start()
    running.wait_ready()
    running.send(b"m" + command)
    running.wait_for(message)
    assert running.wait_ready() == (cause, SLOT[0], 1)


def test_a_crash_loop_is_slowed_down(start):
    running = start()
    for _ in range(2):
        running.wait_ready()
        running.send(b"a")
    running.wait_for(rb"2 crashes in a row, waiting \d+ ms")
    running.wait_ready()


def test_an_update_that_does_not_confirm_itself_is_rolled_back(start, flash):
    flash.write(OTADATA, ota_entry(1, VALID))
    flash.write(OTADATA + SECTOR, ota_entry(2, NEW))
    running = start()
    assert running.wait_ready()[1] == SLOT[1]
    running.send(b"r")
    running.wait_for(rb"did not confirm itself")
    assert running.wait_ready()[1] == SLOT[0]
    assert flash.read(OTADATA + SECTOR, 32) == ota_entry(2, ABORTED)


@pytest.mark.parametrize(("selected", "other"), [(0, 1), (1, 0)])
def test_a_damaged_slot_gives_way_to_the_other(start, flash, selected, other):
    flash.write(OTADATA, ota_entry(selected + 1, VALID))
    flash.write(SLOT[selected] + 1000, b"\0\1\2\3")
    running = start()
    running.wait_for(b"ota_%d: the .* does not match" % selected)
    assert running.wait_ready()[1] == SLOT[other]


def test_bytes_pass_the_console_unchanged_and_reach_both_ends(start):
    running = start()
    running.wait_ready()
    pty = running.open_pty()
    commands = b"adfilmprtwx"
    data = bytes(set(range(256)) - set(commands))
    os.write(pty, data)
    expected = b"".join(b"<%02x>\n" % byte for byte in data)
    running.wait_for(re.escape(expected))
    seen = b""
    while len(seen) < len(expected):
        seen += os.read(pty, 4096)
    assert seen == expected
    os.close(pty)


def test_the_interrupt_character_interrupts(start):
    running = start()
    running.wait_ready()
    running.send(b"\x03")
    running.wait_for(rb"<03>")
    running.send(b"i")
    running.wait_for(rb"interruptible")
    running.send(b"1\x032")
    output = running.wait_for(rb"(?s)(.*interrupted.*<32>|.*<32>.*interrupted)")[0]
    assert b"<31>" in output and b"<03>" not in output


def test_the_port_outlives_its_users(start):
    running = start()
    running.wait_ready()
    for _ in range(3):
        running.pid()


def test_output_of_before_is_not_kept_for_the_next_user(start):
    running = start()
    running.wait_ready()
    running.send(b"l")
    running.wait_for(rb"flooded")
    pty = running.open_pty()
    os.write(pty, b"1")
    assert os.read(pty, 4096) == b"<31>\n"
    os.close(pty)


def test_a_user_who_does_not_read_holds_nothing_up_for_ever(start):
    running = start()
    running.wait_ready()
    pty = running.open_pty()
    os.write(pty, b"l")
    running.wait_for(rb"flooded")
    os.close(pty)


def test_a_reader_of_standard_output_who_stops_holds_nothing_up_for_ever(start):
    running = start()
    running.wait_ready()
    pty = running.open_pty()
    os.write(pty, b"l")
    seen = b""
    while b"flooded" not in seen:
        seen = seen[-20:] + os.read(pty, 65536)
    os.close(pty)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_it_stops_cleanly(start, number):
    running = start()
    running.wait_ready()
    pid = running.pid()
    assert running.link.is_symlink()
    assert running.end(number) == STOPPED
    assert has_gone(pid)
    assert not running.link.is_symlink()


def test_a_program_that_does_not_end_is_ended(start):
    running = start()
    running.wait_ready()
    pid = running.pid()
    running.send(b"t")
    running.wait_for(rb"stubborn")
    assert running.end() == STOPPED
    assert has_gone(pid)


def test_a_killed_boot_loader_takes_the_program_along(start):
    running = start()
    running.wait_ready()
    pid = running.pid()
    assert running.end(signal.SIGKILL) == -signal.SIGKILL
    assert has_gone(pid)


def test_power_cut_in_the_boot_loader(start, flash):
    flash.write(OTADATA, ota_entry(1, VALID))
    flash.write(OTADATA + SECTOR, ota_entry(2, NEW))
    running = start("--cut", "2")
    assert running.process.wait(PATIENCE) == POWER_CUT
    # Erased, and not written again: the old choice holds.
    assert flash.read(OTADATA + SECTOR, SECTOR) == b"\xff" * SECTOR
    assert start().wait_ready()[1] == SLOT[0]


def test_power_cut_in_the_program(start, flash):
    flash.write(OTADATA, ota_entry(1, VALID))
    for options, left in ((["--cut", "1"], b"\xff" * 4), (["--cut", "2"], b"done")):
        running = start(*options)
        running.wait_ready()
        running.send(b"ff")
        assert running.process.wait(PATIENCE) == POWER_CUT
        assert flash.read(SIZE - 4, 4) == left
