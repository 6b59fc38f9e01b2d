"""Applications: found in every place, started by themselves, and passed over when they are broken."""

import subprocess

from host import TOP

MAIN = """
from modcore import Controller, plugins
from modcore.repl import Repl
modc = Controller()
modc.add(Repl())
plugins.load(modc)
for app in plugins.report(modc):
    print("app:", app["name"], app["folder"], app["reason"], app["modules"])
print("modules:", list(modc.modules))
modc.run()
"""

BLINK = """
from modcore import Module
from modcore.sysinfo import SysInfo  # a Module too, but not of this application
from .part import Base

class Blink(Base):
    def start(self):
        from . import late
        print("blink runs", late.__name__)

class _Hidden(Module):
    pass
"""

GOOD = {
    "/apps/blink/__init__.py": BLINK,
    "/apps/blink/part.py": "from modcore import Module\nclass Base(Module):\n    pass\n",
    "/apps/blink/late.py": "",
}


def start(make_host, files, **keywords):
    host = make_host(files={"/main.py": MAIN} | files, **keywords).start(ready=False)
    host.wait_for("(?s)modules: .*>>> ")
    return host


def test_a_class_a_list_and_a_function(make_host):
    files = GOOD | {
        "/apps/listed.py": "from modcore import Module\nclass One(Module): pass\nclass Two(Module): pass\n"
        "one = One()\none.name = 'uno'\nmodules = (one, Two)\n",
        "/apps/made/__init__.py": "from modcore import Module\nclass Made(Module): pass\n"
        "def setup(modc):\n    modc.add(Made()).name = 'x'\n",
        "/apps/.hidden.py": "1 / 0",
        "/apps/_private.py": "1 / 0",
        "/apps/notes.txt": "",
    }
    for bits in (64, 32):
        host = start(make_host, files, bits=bits)
        assert "app: blink /apps None ('blink',)" in host.output
        assert "app: listed /apps None ('uno', 'two')" in host.output
        assert "app: made /apps None ('made',)" in host.output
        assert "modules: ['repl', 'blink', 'uno', 'two', 'made']" in host.output
        host.wait_for("blink runs apps.blink.late")


def test_a_broken_one_is_told_and_the_others_go_on(make_host, tmp_path):
    old = tmp_path / "old.py"
    old.write_text("x = 1\n")
    subprocess.run([TOP / "build/mpy-cross/mpy-cross", old], check=True)
    mpy = bytearray(old.with_suffix(".mpy").read_bytes())
    mpy[1] -= 1  # the version of the format
    one = "from modcore import Module\nclass One(Module): pass\n"
    files = GOOD | {
        "/apps/a_syntax/__init__.py": "def (",
        "/apps/b_import.py": "import nowhere",
        "/apps/c_old.mpy": bytes(mpy),
        "/apps/d_setup.py": one + "def setup(modc):\n    modc.add(One())\n    helper()\n"
        "def helper():\n    raise ValueError('no lamp')\n",
        "/apps/e_name.py": one.replace("One", "Repl"),
        "/apps/f_empty/readme.txt": "",
        "/apps/g_exit.py": "raise SystemExit",
        "/apps/h_heap.py": "x = bytearray(100000000)",
        "/apps/i_nothing.py": "",
        "/apps/i.two.py": one,
    }
    host = start(make_host, files)
    for line in (
        "a_syntax /apps SyntaxError: invalid syntax ()",
        "b_import /apps ImportError: no module named 'nowhere' ()",
        "c_old /apps ValueError: incompatible .mpy file; compile it with mpy-cross of MicroPython 1.26 ()",
        "d_setup /apps ValueError: no lamp ()",
        "e_name /apps ValueError: a module named 'repl' is there already ()",
        "g_exit /apps SystemExit:  ()",
        "h_heap /apps MemoryError: memory allocation failed",
        "i_nothing /apps ImportError: it has no setup(modc), no modules and no class",
        "f_empty /apps ImportError: it has no setup(modc), no modules and no class",
        "i.two /apps ImportError: 'i.two' is no name for a package: it has a dot",
    ):
        assert f"app: {line}" in host.output, host.output
    assert "modules: ['repl', 'blink']" in host.output
    assert "plugins: /apps/d_setup is not started: ValueError: no lamp" in host.output
    assert 'File "/apps/d_setup.py", line 7, in helper' in host.output
    host.wait_for("blink runs")
    kept = host.mpremote("exec", "from modcore import retained; print(retained.last_exception())")
    assert "apps.i_nothing" in kept or "apps.i.two" in kept
    assert (
        host.mpremote("exec", "from modcore import retained; print(retained.get('blame'))")
        == "b''\r\n"
    )


def test_disabled_ones_are_not_imported(make_host):
    files = GOOD | {
        "/apps/loud.py": "print('loud')",
        "/etc/plugins.json": '{"disabled": ["loud", "ghost"]}',
    }
    host = start(make_host, files)
    assert "app: loud /apps disabled ()" in host.output
    assert "plugins: etc/plugins.json: disabled: there is no application 'ghost'" in host.output
    assert "\nloud" not in host.output
    host.wait_for("blink runs")


def test_the_image_may_bring_some_and_the_user_replace_them(make_host):
    pack = {
        "/apps/blink/__init__.py": "from modcore import Module\nclass Factory(Module): pass\n",
        "/apps/clock.py": "from modcore import Module\nclass Clock(Module): pass\n",
    }
    host = start(make_host, {}, image=pack)
    assert "app: blink /rom/apps None ('factory',)" in host.output
    host = start(make_host, GOOD, image=pack)
    assert "app: blink /apps None ('blink',)" in host.output
    assert "app: clock /rom/apps None ('clock',)" in host.output


def test_safe_mode_starts_none(make_host):
    files = {
        "/main.py": MAIN.replace("load(modc)", "load(modc, 'a test')"),
        "/apps/loud.py": "print('loud')",
    }
    host = start(make_host, files)
    assert "app: loud /apps safe mode ()" in host.output
    assert "\nloud" not in host.output


def test_frozen_ones_are_listed_and_imported(make_host):
    # None is frozen here: packages that are stand in for them
    look = """
from frozen_names import children
print("children:", children("apps"), children("mod"), children("console"), "boot.py" in children("modcore"))
plugins.FOLDERS = (".frozen/windup",)
print("found:", ("router", ".frozen/windup") in plugins.discover())
modc.applications = []
plugins._load(modc, "version", ".frozen/modcore")
"""
    host = start(make_host, {"/main.py": MAIN.replace("for app", look + "for app")})
    assert "children: [] [] ['__init__.py', 'banner.py'] True" in host.output
    assert "found: True" in host.output
    assert "app: version .frozen/modcore ImportError: it has no setup" in host.output
