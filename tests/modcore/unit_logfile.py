"""The log on flash: what is written when, rotation, the quota, what is lost."""

import os

from modcore import log, stamp
from modcore.logfile import LogFile

FOLDER = "unit_logfile"
PATH = FOLDER + "/device.log"


def logfile(size=2048, count=2, level="info"):
    try:
        os.mkdir(FOLDER)
    except OSError:
        pass
    for name in os.listdir(FOLDER):
        try:
            os.remove(FOLDER + "/" + name)
        except OSError:
            os.rmdir(FOLDER + "/" + name)
    module = LogFile()
    configure(module, size, count, level)
    return module


def configure(module, size, count, level="info"):
    module.config({"path": PATH, "size": size, "count": count, "flush_s": 30, "level": level})


def running(body, module):
    log.console.held = True
    module.start()
    try:
        body(log.get("unit"))
    finally:
        module.stop()
        log.console.held = False


def content(number=0):
    try:
        with open("%s.%d" % (PATH, number) if number else PATH) as file:
            return file.read()
    except OSError:
        return None


def used():
    return sum([os.stat(FOLDER + "/" + name)[6] for name in os.listdir(FOLDER)])


def test_lines_are_collected_and_written_together():
    module = logfile()

    def body(logger):
        logger.info("one")
        logger.debug("not at this level")
        assert content() is None
        module.flush()
        assert content().endswith(" I unit: one\n")
        logger.warning("two")
        assert "two" not in content()
        logger.error("three\nand more")
        assert content().endswith("E unit: three and more\n")
        assert " W unit: two\n" in content()
        logger.info("last")

    running(body, module)
    assert content().endswith(" I unit: last\n")
    assert content().count("\n") == 4
    assert module.write not in log.sinks


def test_a_full_buffer_is_written():
    module = logfile()

    def body(logger):
        for number in range(10):
            logger.info("%d %s", number, "x" * 100)
        assert content() is not None
        assert len(module._buffer) < 1024

    running(body, module)
    assert [content().count(" unit: %d " % number) for number in range(10)] == [1] * 10


def test_rotation_keeps_the_newest_and_the_quota():
    for count in (1, 2, 3):
        module = logfile(2048, count)

        def body(logger):
            for number in range(200):
                logger.error("line %d %s", number, "x" * (number % 50))
                assert used() <= 2048 * count, number
                assert "line %d " % number in content()

        running(body, module)
        assert len(os.listdir(FOLDER)) == count
        text = "".join([content(number) for number in range(count - 1, -1, -1)])
        numbers = [int(line.split("line ")[1].split(" ")[0]) for line in text.split("\n")[:-1]]
        assert numbers == list(range(numbers[0], 200))
        assert len(text) > 2048 * (count - 1)


def test_fewer_files_than_before():
    module = logfile(2048, 4)
    running(lambda logger: [logger.error("x" * 150) for _ in range(60)], module)
    assert len(os.listdir(FOLDER)) == 4
    configure(module, 2048, 2)
    running(lambda logger: None, module)
    assert sorted(os.listdir(FOLDER)) == ["device.log", "device.log.1"]


def test_what_cannot_be_written_is_dropped_and_counted():
    module = logfile()

    def body(logger):
        os.rmdir(FOLDER)
        logger.error("lost")
        logger.info("lost too")
        module.flush()
        assert module.dropped == 2
        os.mkdir(FOLDER)
        logger.error("kept")

    running(body, module)
    assert module.dropped == 2
    assert content().endswith("E unit: kept\n") and "lost" not in content()


def test_level():
    module = logfile(level="error")
    running(lambda logger: (logger.warning("quiet"), logger.error("loud")), module)
    assert "quiet" not in content() and "loud" in content()


def test_stamp():
    ticks = stamp.ticks_ms()
    text = stamp.stamp(ticks)
    if text is None:
        return  # this clock was not set
    assert len(text) == len("2026-05-04T03:02:01.123Z")
    assert text[4] + text[7] + text[10] + text[13] + text[16] + text[19] + text[23] == "--T::.Z"
    assert stamp.stamp(ticks - 3600000) < text


class Clock:
    """`time` on a device whose clock shows `seconds` since 2000."""

    def __init__(self, when, ns):
        self._when = when
        self._ns = ns

    def time_ns(self):
        return self._ns

    def gmtime(self, seconds):
        return self._when


def test_stamp_of_a_clock():
    real = stamp.time
    try:
        stamp.time = Clock((2026, 5, 4, 3, 2, 1, 0, 124), 1123456789)
        assert stamp.stamp(stamp.ticks_ms())[:20] == "2026-05-04T03:02:01."
        stamp.time = Clock((2000, 1, 1, 0, 0, 7, 5, 1), 7000000000)
        assert stamp.stamp(stamp.ticks_ms()) is None
    finally:
        stamp.time = real
