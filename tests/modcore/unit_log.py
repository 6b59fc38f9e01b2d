"""The log: levels, ring, sinks."""

import sys

from check import raises
from config_files import USER, content, fresh
from modcore import log


def quiet(function):
    log.console.held = True
    try:
        function()
    finally:
        log.console.held = False


def configure(level="info", ring=32, **levels):
    log.configure({"level": level, "levels": levels, "ring": ring})


def texts():
    return [line[3] for line in log.tail()]


def test_levels():
    def body():
        configure("warning", 8, noisy="debug")
        log.get("plain").info("hidden")
        log.get("plain").warning("shown %d", 1)
        log.get("noisy").debug("shown %s", "too")
        assert texts()[-2:] == ["shown 1", "shown too"]
        assert "hidden" not in texts()
        configure("info", 8)
        log.get("noisy").debug("hidden again")
        assert "hidden again" not in texts()

    quiet(body)


def test_ring_keeps_the_newest():
    def body():
        configure("info", 5)
        for number in range(12):
            log.get("x").info("line %d", number)
        assert texts() == ["line %d" % n for n in range(7, 12)]
        assert [line[3] for line in log.tail(2)] == ["line 10", "line 11"]
        configure("info", 3)
        assert texts() == ["line 9", "line 10", "line 11"]
        configure("info", 6)
        log.get("x").info("more")
        assert texts() == ["line 9", "line 10", "line 11", "more"]

    quiet(body)


def test_broken_sink_does_not_stop_the_others():
    got = []

    def broken(line):
        raise ValueError("this sink is broken on purpose")

    def body():
        log.sinks[1:] = [broken, got.append]
        try:
            log.get("x").warning("heard")
        finally:
            del log.sinks[1:]
        assert [line[3] for line in got] == ["heard"]

    quiet(body)


def test_wrong_format_and_long_lines():
    def body():
        configure("info", 8)
        log.get("x").info("%d apples", "no")
        assert texts()[-1] == "%d apples ('no',)"
        log.get("x").info("x" * 1000)
        assert len(texts()[-1]) == 200

    quiet(body)


def test_exception_has_its_traceback():
    def body():
        configure("info", 16)
        try:
            raise KeyError("k")
        except KeyError as exc:
            log.get("x").exception(exc, "went wrong")
        lines = texts()
        assert lines[-1].startswith("KeyError")
        assert "went wrong" in lines

    quiet(body)


def test_what_is_rarely_needed_does_not_stay():
    assert callable(log.set_level) and log.tail(0) == []
    assert "modcore.logbook" not in sys.modules
    raises(AttributeError, getattr, log, "nothing")


def test_odd_configuration_and_odd_texts():
    class Odd:
        def __str__(self):
            raise ValueError("no text")

    def body():
        configure("info", 8, x=[], y=5, z="loud")
        log.get("x").error(ValueError("as text"))
        assert texts()[-1] == "as text"
        log.get("x").error("%s", Odd())
        log.get("x").error("after")
        assert texts()[-1] == "after"

    quiet(body)


def test_levels_at_run_time():
    def body():
        configure("info", 8, own="error")
        logger, other, own = log.get("noisy"), log.get("other"), log.get("own")
        log.set_level("noisy", "debug")
        logger.debug("shown")
        other.debug("hidden")
        log.set_level("*", "warning")
        logger.debug("still shown")
        other.info("hidden")
        own.warning("hidden")
        log.get("new").info("hidden")
        log.set_level("noisy", None)
        logger.info("hidden")
        logger.warning("shown at last")
        assert texts()[-3:] == ["shown", "still shown", "shown at last"]
        assert "hidden" not in texts()

    quiet(body)


def test_a_level_that_is_none_is_told():
    for name, level in (("x", "loud"), ("x", 10), ("*", None)):
        assert "the level of %s is one of debug, info, warning, error, off" % name in str(
            raises(ValueError, log.set_level, name, level)
        )


def test_levels_are_kept():
    def body():
        config = fresh()
        log.set_level("wlan", "debug", config)
        log.set_level("ntp", "off", config)
        log.set_level("*", "error", config)
        assert content(USER + "/log.json") == {
            "levels": {"wlan": "debug", "ntp": "off"},
            "level": "error",
        }
        log.set_level("ntp", None, config)
        assert content(USER + "/log.json")["levels"] == {"wlan": "debug"}
        configure()
        log.configure(config.load("log", log.schema))
        log.get("wlan").debug("shown")
        log.get("ntp").warning("hidden")
        log.get("ntp").error("shown too")
        assert texts()[-2:] == ["shown", "shown too"]

    try:
        quiet(body)
    finally:
        configure()


def test_secrets_are_blanked_before_the_line_is_cut():
    def body():
        configure("info", 8)
        log.secrets = ("correct horse", "horse")
        try:
            log.get("x").info("%s %s", "correct horse", ["a horse"])
            log.get("x").info("z" * 195 + "correct horse")
        finally:
            log.secrets = ()
        assert texts()[-2] == "*** ['a ***']"
        assert texts()[-1] == "z" * 195 + "***"

    quiet(body)
