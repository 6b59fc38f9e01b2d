"""How much of the heap modules leave to an application."""

from small_set import FILES, FREE, HEAP, files, free


def test_the_default_set_leaves_12_kib(make_host):
    options = ["--heap", str(HEAP)]
    host = make_host(bits=32, profile="esp8266", files=files(FILES), options=options).start()
    assert free(host) >= FREE, host.output


EVERYTHING = FILES | {
    "power": {},
    "watchdog": {"timeout_ms": 60000},
    "pin": {"led": {"pin": 2}, "door": {"pin": 4, "mode": "in", "events": True}},
    "timeout": {"fan": {"after_ms": 1000}},
    "alarm": {"daily": {"at": "06:30"}},
    "counter": {"flow": {"pin": 5}},
    "adc": {"level": {"pin": 34}},
    "gc": {},
    "metrics": {},
    "webrepl": {"password": "secret"},
    "log": {"sinks": ["logfile", "syslog"]},
    "syslog": {"host": "127.0.0.1", "port": 9},
}


def test_everything_runs_in_200_kib(make_host):
    host = make_host(files=files(EVERYTHING), options=["--heap", str(200 * 1024)]).start()
    free(host)
    names = {module["name"] for module in host.get("/api/v1/status").json()["modules"]}
    assert names >= set(EVERYTHING) - {"log"} | {"logfile", "windup", "repl", "sysinfo"}
