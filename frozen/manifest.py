# Groups of frozen modules. A board's manifest picks from them:
#
#     include("$(BOARD_DIR)/../../frozen/manifest.py", console=True)
#
# opt=3 leaves out assertions and line numbers; opt=2 keeps the numbers, which a traceback in a log
# needs more than flash needs the bytes.

# esp8266_default=True is the named group that every figure for 38 KiB of heap speaks of: what an
# ESP8266 freezes. It leaves out what that chip never runs. esp8266_1mib=True leaves out more, for a chip
# with 1 MiB of flash.

options.defaults(console=True, esp8266_default=False, esp8266_1mib=False)

# Every board: what runs modules, events and fibers.
modcore = (
    "__init__",
    "address",
    "ask",
    "binding",
    "boot",
    "borrow",
    "change",
    "channel",
    "chip",
    "config",
    "controller",
    "controls",
    "devices",
    "event_faults",
    "events",
    "fiber",
    "greeting",
    "health",
    "interrupt",
    "jsonfile",
    "layers",
    "lifecycle",
    "lineedit",
    "log",
    "logbook",
    "loop",
    "module",
    "on_boot",
    "on_crash",
    "order",
    "overlay",
    "plugins",
    "poller",
    "port",
    "prompt",
    "repl",
    "retained",
    "schema",
    "secrets",
    "sha1",
    "status",
    "streams",
    "sysinfo",
    "task",
    "turns",
    "version",
)
# What brings a device into its network, and the time to it.
network = (
    "accesspoint",
    "clock",
    "discipline",
    "dns",
    "networks",
    "ntp",
    "ntp_config",
    "question",
    "sntp",
    "softap",
    "tz",
    "wlan",
)
# Pins, buttons and intervals.
devices = (
    "button",
    "callback",
    "gpio",
    "held",
    "interval",
    "pin",
    "pins",
    "presses",
    "timed",
    "timer",
    "watchdog",
)
# More of the chip, and of the clock.
more_devices = (
    "adc",
    "alarm",
    "collector",
    "counter",
    "cron",
    "metrics",
    "power",
    "timeout",
)
services = (
    "logfile",
    "sdcard",
    "sinks",
    "stamp",
    "syslog",
    "webrepl",
    "webrepl_files",
    "webrepl_session",
)
windup = (
    "__init__",
    "answer",
    "app",
    "auth",
    "auth_service",
    "body",
    "channel",
    "closed",
    "conditional",
    "connection",
    "cookies",
    "credentials",
    "csrf",
    "dates",
    "details",
    "disposition",
    "error_work",
    "errors",
    "exchange",
    "faults",
    "files",
    "filters",
    "guard",
    "hooks",
    "inflated",
    "intake",
    "limits",
    "login",
    "login_page",
    "login_work",
    "mime",
    "mount",
    "multipart",
    "nesting",
    "passwords",
    "pieces",
    "ranges",
    "refusal",
    "request",
    "response",
    "router",
    "segments",
    "server",
    "service",
    "session",
    "sessions",
    "static",
    "stopping",
    "stream",
    "tasks",
    "throttle",
    "urls",
    "user_changes",
    "users",
    "values",
)
# Pages that stay open: WebSockets and event streams.
live = (
    "bridge",
    "drive",
    "event_stream",
    "farewell",
    "frames",
    "handshake",
    "small_texts",
    "utf8",
    "websocket",
)
# What applications seldom ask for.
more_windup = (
    "converters",
    "cors",
    "gzipped",
    "pages",
    "remember",
    "resource",
    "session_file",
    "templates",
    "tokens",
    "vary",
)
if not options.esp8266_1mib:
    windup += live + more_windup
if not options.esp8266_default:
    # The test client, the page of metrics and TLS, neither of which it has, and the twin of httptok, which the ESP8266's firmware always has.
    windup += (
        "client",
        "client_link",
        "client_response",
        "https",
        "keypair",
        "metrics",
        "pytok",
        "tls",
    )

modcore += network + devices
if not options.esp8266_default:
    modcore += more_devices + services

package("modcore", tuple([name + ".py" for name in modcore]), base_path=".", opt=2)
package("windup", tuple([name + ".py" for name in windup]), base_path=".", opt=2)
if options.console:
    package("console", base_path=".", opt=2)
    module("modcore_main.py", base_path=".", opt=2)
