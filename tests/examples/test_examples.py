"""Every example runs on the booted firmware, configured as its docstring says, and does what docs/modcore.md says of it."""

import json
import re
import socket
import subprocess

import pytest
import websockets.sync.client
from host import PATIENCE, TOP, free_port

FOLDER = TOP / "examples" / "modcore"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.py"))
FILE = re.compile(r"^    (/etc/\w+\.json) +(\{.*\})$", re.MULTILINE)

# What an ESP8266 runs them with: the dashboard would leave little of its 38 KiB
MAIN = """
from modcore import Controller, boot, devices, plugins
from modcore.repl import Repl

boot.count()
modc = Controller()
modc.add(Repl())
devices.add(modc)
plugins.load(modc)
modc.subscribe("healthy", boot.healthy)
modc.subscribe("safe_mode", boot.safe_mode)
modc.run()
"""
# What they use is not frozen there, its pins are others, or it is about the dashboard in safe mode
NOT_ON_ESP8266 = ("logs", "measures", "own_main", "held_button")

BUTTON = 5
VALVE = 4
LIGHT = 2


def read(name):
    """The text of an example, where it goes on the device, and the files that its docstring shows, by path."""
    text = (FOLDER / f"{name}.py").read_text()
    docstring = text.split('"""')[1]
    (path,) = re.findall(r"^Run as: (/\S+)$", docstring, re.MULTILINE)
    return text, path, {path: json.loads(values) for path, values in FILE.findall(docstring)}


def compiled(text, folder):
    """`text` as an `.mpy`: an ESP8266 has little heap for compiling."""
    source = folder / "garden.py"
    source.write_text(text)
    subprocess.run([TOP / "build/mpy-cross/mpy-cross", source], check=True)
    return source.with_suffix(".mpy").read_bytes()


def pytest_generate_tests(metafunc):
    if "run" in metafunc.fixturenames:
        name = metafunc.function.__name__
        small = not any(name.endswith(example) for example in NOT_ON_ESP8266)
        chips = ["esp32", "esp8266"] if small else ["esp32"]
        metafunc.parametrize("run", chips, indirect=True)


@pytest.fixture
def run(make_host, tmp_path, request):
    """Starts a board with an example on it: `run("first")`. Time passes by `step` alone once it is `held`."""
    chip = request.param

    def start(name, changes=None, held=True, files=None):
        text, path, settings = read(name)
        for file, values in (changes or {}).items():
            settings[file] |= values
        if chip == "esp8266":
            path = path.replace(".py", ".mpy")
            text = compiled(text, tmp_path)
            files = {"/main.py": MAIN} | (files or {})
        content = {path: text} | {file: json.dumps(values) for file, values in settings.items()}
        host = make_host(
            files=content | (files or {}),
            options=("--fast-clock",),
            bits=32 if chip == "esp8266" else 64,
            profile=chip,
        )
        host.control.timeout = PATIENCE
        host.start(ready=False)
        host.wait_for(">>> " if "/main.py" in (files or (path,)) else re.escape(f":{host.port}/"))
        if held:
            host.control.hold()
            host.control.step(1)
        return host

    return start


def click(host, pin=BUTTON, ms=100):
    host.control.press(pin, ms)
    host.control.step(ms + 1000)


def double_click(host):
    for _ in range(2):
        host.control.press(BUTTON, 80)
        host.control.step(160)
    host.control.step(1000)


def level(host, pin):
    return host.control.pin(pin)["level"]


def steps_until(host, pattern, seconds, count=1):
    """Let up to `seconds` pass until the console has shown `pattern` `count` times."""
    step = 1 + seconds // 60
    for _ in range(0, seconds, step):
        if len(re.findall(pattern, host.output)) >= count:
            break
        host.control.step(1000 * step)
    return host.wait_for(pattern, count, patience=2)


def test_there_is_a_test_of_each_example():
    tests = {name.removeprefix("test_example_") for name in globals()}
    assert not set(EXAMPLES) - tests


def test_example_first(run):
    host = run("first", held=False)
    host.wait_for("garden: one watering takes 20 minutes")
    host = run("first", {"/etc/garden.json": {"minutes": 2000}}, held=False)
    host.wait_for("garden: one watering takes 10 minutes")
    message = "/etc/garden.json: minutes: expected 1 to 120, found 2000; keeping 10"
    assert message in host.output


def test_example_events(run):
    host = run("events")
    click(host)
    assert (level(host, VALVE), level(host, LIGHT)) == (1, 1)
    click(host)
    assert (level(host, VALVE), level(host, LIGHT)) == (0, 0)
    click(host)
    host.control.press(BUTTON, 900)
    host.control.step(1000)
    assert (level(host, VALVE), level(host, LIGHT)) == (0, 0)


def test_example_fibers(run):
    host = run("fibers")
    click(host)
    assert level(host, VALVE) == 1
    host.control.step(60000)
    host.wait_for("garden: minute 2 of 20")
    click(host)
    assert level(host, VALVE) == 0
    host.wait_for("garden: the valve is closed")
    click(host)
    host.control.step(19 * 60000)
    assert level(host, VALVE) == 1
    host.control.step(60000)
    assert level(host, VALVE) == 0
    host.wait_for("garden: the valve is closed", count=2)
    click(host)
    assert level(host, VALVE) == 1
    host.control.run()
    host.stop()


def test_example_channels(run):
    host = run("channels")
    for pin in (5, 14):
        host.control.press(pin, 100)
        host.control.step(200)
    assert (level(host, 4), level(host, 12)) == (1, 0)
    host.control.step(30000)
    assert (level(host, 4), level(host, 12)) == (0, 1)
    host.wait_for("garden: roses, 0 wait")
    # One gets water, two are in the channel, one in the handler, four in the queue: two of ten are lost
    for _ in range(10):
        host.control.press(5, 50)
        host.control.step(200)
    host.wait_for("events: garden is too slow: 1 of its events lost so far")
    host.wait_for("events: garden is too slow: 2 of its events lost so far")
    for _ in range(12):
        host.control.step(30000)
    assert host.output.count("garden: lawn, ") == 1 + 7
    assert (level(host, 4), level(host, 12)) == (0, 0)


def test_example_asking(run):
    host = run("asking")
    click(host)
    host.wait_for("garden: 120 litres, the valve is closed")
    host.wait_for("garden: nobody answers 'garden.weather'")


def test_example_times(run):
    host = run("times")
    assert "water at" not in host.output  # the clock is not set: alarms are silent
    # 2026-03-28 05:57:30 CET, the day before summer time begins; seconds since 2000
    host.control.set_rtc(827989050)
    steps_until(host, "garden: water at 06:00", 300)
    assert level(host, VALVE) == 1
    blinks = set()
    for _ in range(4):
        host.control.step(1000)
        blinks.add(level(host, LIGHT))
    assert blinks == {0, 1}
    steps_until(host, "garden: done at 06:10", 660)
    assert level(host, VALVE) == 0
    for _ in range(23):  # that night has one hour less
        host.control.step(3600_000)
    host.wait_for("garden: water at 06:00", count=2)


def test_example_networks(run):
    host = run("networks")
    steps_until(host, "garden: come and set me up: modcore-", 200)
    host.control.command(*["air", "add", "shed", "key=battery-staple", "rssi=-50"])
    steps_until(host, r"garden: in shed as 127\.0\.0\.1", 200)
    assert "correct-horse" not in host.output
    assert "battery-staple" not in host.output


def test_example_failure(run):
    host = run("failure")
    assert level(host, VALVE) == 1
    host.wait_for("garden: start number 1")
    host.control.pulses(5, 400, 100)
    steps_until(host, r"garden: \d+\.\d litres", 10)
    while "garden: the valve is closed" not in host.output:
        host.control.step(100)
    assert (level(host, VALVE), level(host, LIGHT)) == (0, 1)
    host.wait_for("garden failed in run: RuntimeError: the valve is open and no water flows")
    host.wait_for("garden: garden needs help: run: RuntimeError: ")
    steps_until(host, "garden: start number 4", 200)
    while not level(host, VALVE):
        host.control.step(100)


def test_example_health(run):
    host = run("health")
    host.control.step(20000)
    host.wait_for("garden: everything runs")
    click(host)
    host.wait_for("garden: healthy: True")
    host.wait_for("garden: weather: failed, needs barometer, which does not run")
    host.wait_for("garden: slow: running, None")
    double_click(host)
    host.wait_for(r"modcore: garden running, 0 restarts, 0 errors, longest \d+ ms, \d+ ms in all")


def test_example_settings(run):
    host = run("settings")
    host.wait_for(r"garden: 20 minutes, token \*\*\*")
    click(host)
    host.wait_for(r"garden: 25 minutes, token \*\*\*")
    host.wait_for(r"garden: changed: garden \('minutes',\)")
    double_click(host)
    host.wait_for("garden: /etc/garden.json: minutes: expected 1 to 120, found 999")
    host.control.run()
    saved = json.loads(host.mpremote("cat", ":/etc/garden.json"))
    assert saved == {"minutes": 25, "version": 2}
    assert json.loads(host.mpremote("cat", ":/etc/secrets.json")) == {"garden.token": "tulip-7781"}
    assert "tulip" not in host.output.split("raw REPL")[0]


def test_example_plugin(run):
    broken = {"/apps/pond.py": "import nowhere", "/apps/fountain.py": "print('fountain')"}
    host = run("plugin", files=broken)
    host.wait_for("garden: garden from /apps: runs")
    host.wait_for("garden: fountain from /apps: disabled")
    assert "\nfountain" not in host.output
    host.wait_for("/apps/pond is not started: ImportError: no module named 'nowhere'")
    host.control.step(60000)
    host.wait_for("garden: the valve is closed")


def test_example_safe(run):
    host = run("safe")
    host.wait_for("garden: start 1 since power-on, reset by power-on")
    host.control.press(BUTTON, 100)
    host.control.run()
    host.wait_for("garden: start 2 since power-on, reset by ")


def test_example_safe_by_two_clicks_and_by_a_held_button(run):
    host = run("safe")
    host.control.drive(BUTTON, 1)
    host.control.press(BUTTON, 80)
    host.control.step(160)
    host.control.press(BUTTON, 80)
    host.control.run()
    host.wait_for("safe mode: asked for; a reset leaves it")
    host.wait_for(re.escape(f":{host.port}/"), count=2)
    host.control.drive(BUTTON, 0)
    host.control.reset()
    host.wait_for("safe mode: the button at pin 5 is held")
    host.wait_for(re.escape(f":{host.port}/"), count=3)
    assert host.output.count("garden: start") == 1
    # A touch is not enough
    host.control.hold()
    host.control.reset()
    host.control.step(500)
    host.control.drive(BUTTON, 1)
    host.control.run()
    host.wait_for("garden: start 2")
    assert host.output.count("safe mode: the button") == 1


def test_example_safe_factory_reset(run):
    host = run("safe")
    host.control.press(BUTTON, 11000)
    host.control.run()
    host.wait_for("config: factory reset: /etc is empty now")
    host.wait_for("garden: start 2 since power-on")
    assert host.mpremote("ls", ":/etc").strip() in ("ls :/etc", "")


def test_example_logs(run):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(PATIENCE)
        port = receiver.getsockname()[1]
        host = run("logs", {"/etc/syslog.json": {"port": port}})
        host.wait_for("D .* garden: debug is on")
        click(host)
        host.wait_for("garden: bad number")
        host.wait_for('File "/apps/garden.py", line')
        host.wait_for(r"D .* garden: \d+ lines kept, 4 errors")
        while b"] bad number" not in (message := receiver.recv(1000)):
            pass
        assert message.startswith(b"<131>1 ")  # local0, error
    double_click(host)
    click(host)
    host.wait_for("garden: bad number", count=2)
    assert len(re.findall("D .* garden: ", host.output)) == 2
    host.control.run()
    assert host.mpremote("cat", ":/log/garden.log").count("garden: bad number") == 2
    saved = json.loads(host.mpremote("cat", ":/etc/log.json"))
    assert saved["levels"] == {"garden": "warning"}


def test_example_own_main(run):
    port = free_port()
    host = run("own_main", {"/etc/webrepl.json": {"port": port}}, held=False)
    host.wait_for(f"webrepl: listens on port {port}")
    assert level(host, VALVE) == 1
    host.control.hold()
    with websockets.sync.client.connect(f"ws://127.0.0.1:{port}", open_timeout=PATIENCE) as browser:
        seen = ""
        while "Password: " not in seen:
            seen += browser.recv(PATIENCE)
    host.control.run()
    with open(host.pty.resolve(), "r+b", buffering=0) as console:
        console.write(b"from modcore import modc; modc.fire('exit')\r")
    host.wait_for("garden stops, the valve is 1")
    host.wait_for("all modules have stopped")
    assert level(host, VALVE) == 0


def test_example_sleeping(run):
    host = run("sleeping", held=False)
    host.wait_for("garden: awake, reset by power-on")
    host.wait_for("garden: going to a deep sleep")
    host.wait_for("garden: stops before pin does: the valve is 1")
    host.wait_for("power: asleep until 43200 s are over")
    host.wait_for("garden: awake, reset by deep sleep")


def test_example_measures(run):
    host = run("measures")
    host.control.adc(34, 1_650_000)
    host.control.step(2000)
    host.wait_for("garden: moisture 50")
    click(host)
    click(host)
    host.wait_for("garden: garden_clicks_total 2")
    host.wait_for(r"garden: garden_moisture (49|50)\.")
    host.wait_for(r'garden: modcore_busy_seconds_total\{module="garden"\} ')


def test_example_rain(run):
    host = run("rain")
    host.control.pulses(5, 5, 10)
    host.control.step(2000)
    host.wait_for(r"garden: 1\.0 mm")
