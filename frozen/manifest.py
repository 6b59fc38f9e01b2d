# Groups of frozen modules. A board's manifest picks from them:
#
#     include("$(BOARD_DIR)/../../frozen/manifest.py", console=True)
#
# opt=3 leaves out assertions and line numbers; opt=2 keeps the numbers, which a traceback in a log
# needs more than flash needs the bytes.

# esp8266_default=True is the named group that every figure for 38 KiB of heap speaks of: what an
# ESP8266 freezes. It leaves out what that chip never runs.

options.defaults(console=True, esp8266_default=False)

package("modcore", base_path=".", opt=2)
package(
    "windup",
    (
        "__init__.py",
        "answer.py",
        "app.py",
        "body.py",
        "connection.py",
        "exchange.py",
        "filters.py",
        "limits.py",
        "mount.py",
        "request.py",
        "response.py",
        "router.py",
        "segments.py",
        "server.py",
        "service.py",
        "static.py",
        "tasks.py",
        "values.py",
    )
    # The twin of httptok, which the ESP8266's firmware always has.
    + (() if options.esp8266_default else ("pytok.py",)),
    base_path=".",
    opt=2,
)
if options.console:
    package("console", base_path=".", opt=2)
    module("modcore_main.py", base_path=".", opt=2)
