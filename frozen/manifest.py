# Groups of frozen modules. A board's manifest picks from them:
#
#     include("$(BOARD_DIR)/../../frozen/manifest.py", console=True)
#
# opt=3 leaves out assertions and line numbers; opt=2 keeps the numbers, which a traceback in a log
# needs more than flash needs the bytes.

options.defaults(console=True)

package("modcore", base_path=".", opt=2)
package(
    "windup",
    (
        "__init__.py",
        "answer.py",
        "app.py",
        "body.py",
        "connection.py",
        "filters.py",
        "limits.py",
        "request.py",
        "response.py",
        "router.py",
        "server.py",
        "service.py",
        "static.py",
        "tok.py",
        "pytok.py",
        "values.py",
    ),
    base_path=".",
    opt=2,
)
if options.console:
    package("console", base_path=".", opt=2)
    module("modcore_main.py", base_path=".", opt=2)
