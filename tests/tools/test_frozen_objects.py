"""What of frozen bytecode becomes constant objects, and that these are what the bytecode would have made."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

TOP = Path(__file__).resolve().parents[2]
HERE = TOP / "firmware/usermods/frozen_objects"
MICROPYTHON = TOP / "build/micropython"


def load(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def constants():
    return load(HERE / "constants.py", "frozen_objects_constants")


@pytest.fixture
def tool(monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path, str(MICROPYTHON / "py")])
    tool = load(MICROPYTHON / "tools/mpy-tool.py", "mpy_tool")
    tool.config.MICROPY_LONGINT_IMPL = tool.config.MICROPY_LONGINT_IMPL_MPZ
    tool.config.MICROPY_QSTR_BYTES_IN_HASH = 2
    tool.config.MPZ_DIG_SIZE = 16
    tool.config.native_arch = tool.MP_NATIVE_ARCH_NONE
    tool.global_qstrs = tool.GlobalQStrList()
    return tool


@pytest.fixture
def read(constants, tool, tmp_path):
    def read(source):
        (tmp_path / "part.py").write_text(source)
        mpy = tmp_path / "part.mpy"
        command = [TOP / "build/mpy-cross/mpy-cross", "-s", "pack/part.py", "-o", mpy, "part.py"]
        subprocess.run(command, cwd=tmp_path, check=True)
        return constants.read(tool, tool.read_mpy(str(mpy)))

    return read


def names(functions):
    return [function.code.simple_name.str for function in functions]


def test_functions_are_constant_wherever_they_stand(read):
    part = read(
        "def plain(): return lambda x: x\n"
        "def outer():\n def inner(): yield 1\n return inner\n"
        "async def later(a, b=1, c='x', d=(1, b'y'), e=(), f=None): pass\n"
    )
    assert names(part.functions) == ["<lambda>", "plain", "inner", "outer", "later"]
    assert part.name == "pack.part"
    assert part.names == {"plain", "outer", "later"}
    defaults = part.functions[-1].defaults
    assert len(defaults) == 5
    assert [part.module.obj_table[d.index[0]] for d in defaults if hasattr(d, "index")] == [
        (1, b"y")
    ]


@pytest.mark.parametrize(
    "source",
    [
        "x = []\ndef f(a=x): pass",
        "def f(a=[]): pass",
        "def f(*, a=1): pass",
        "import sys\ndef f(a=sys): pass",
        "def f(a=1 if C else 2): pass",
        "x = 1\nx = 2\ndef f(a=x): pass",
        "if C:\n x = 1\ndef f(a=x): pass",
        "x = 1\ndef g():\n global x\n x = 2\ndef f(a=x): pass",
        "x = 1\ndel x\ndef f(a=x): pass",
    ],
)
def test_a_default_that_is_not_sure_is_none(read, source):
    assert "f" not in names(read(source).functions)


def test_a_name_that_is_set_once_is_sure(read):
    (function,) = read("x = 5\ndef f(a=x): pass").functions
    assert [value.text for value in function.defaults] == ["MP_ROM_INT(5)"]


def test_what_stands_behind_a_condition_is_sure(read):
    part = read("if C:\n a = 1\nelse:\n b = 1\nx = 5\ndef f(c=x): pass\ndef g(c=a): pass")
    assert names(part.functions) == ["f"]


@pytest.mark.parametrize(
    ("source", "bases"),
    [
        ("class A: pass", []),
        ("class A(OSError): pass", ["OSError"]),
        ("class B: pass\nclass A(B): pass", ["B"]),
        ("class B: pass\nclass C: pass\nclass A(B, C): pass", ["B", "C"]),
        ("from .other import B\nclass A(B): pass", ["B"]),
        ("from pack.other import B as C\nclass A(C): pass", ["B"]),
        ("from .again import B\nclass A(B): pass", ["B"]),
        ("from .missing import B\nclass A(B): pass", None),
        ("from .other import unknown\nclass A(unknown): pass", None),
        ("if C:\n from .other import B\nclass A(B): pass", None),
        ("OSError = 5\nclass A(OSError): pass", None),
        ("class A(list): pass", None),
        ("class B(list): pass\nclass A(B): pass", None),
        ("class A(metaclass=M): pass", None),
    ],
)
def test_the_bases_of_a_class(constants, read, source, bases):
    other = read("class B: pass\nunknown = f()")
    again = read("from .other import B")
    part = read(source)
    (a,) = (members for members in part.classes if members.code.simple_name.str == "A")
    found = constants.bases_of(a, {"pack.other": other, "pack.again": again})
    told = found and [base if type(base) is str else base.code.simple_name.str for base in found]
    assert told == bases


def test_a_base_that_is_imported_in_a_circle_is_not_known(constants, read):
    parts = {"pack.a": read("from .b import B"), "pack.b": read("from .a import B")}
    (members,) = read("from .a import B\nclass A(B): pass").classes
    assert constants.bases_of(members, parts) is None


def test_a_function_may_run_when_the_name_is_something_else(read):
    assert names(read("x = 5\ndef f():\n def g(a=x): pass\n return g").functions) == ["f"]


def test_closures_are_made_when_they_run(read):
    part = read("def f(x):\n def g():\n  def h(): pass\n  return x, h\n return g")
    assert sorted(names(part.functions)) == ["f", "h"]


def test_members_of_a_class_are_constant(read):
    part = read(
        "def helper(self): pass\n"
        "class A(Exception):\n"
        " name = b'a'\n x = y = 1.5\n z = (1, 'two')\n also = helper\n"
        " def __init__(self, a=(1, 2)): pass\n"
        " @property\n def p(self): pass\n"
        " @staticmethod\n def s(): pass\n"
        " t = s\n"
        " def gen(self): yield\n"
    )
    (a,) = part.classes
    assert list(a.members) == [
        *("__module__", "__qualname__", "name", "x", "y", "z", "also"),
        *("__init__", "p", "s", "t", "gen"),
    ]
    assert a.members["x"] is a.members["y"]
    assert a.members["also"] is part.functions[0]
    assert (a.members["p"].kind, a.members["s"].kind) == ("property", "staticmethod")
    assert a.members["t"] is a.members["s"]


@pytest.mark.parametrize(
    "body",
    [
        "x = []",
        "x = other",
        "if C:\n  x = 1",
        "for x in (1, 2): pass",
        "x = 1 + y",
        "def __new__(cls): pass",
        "def f(self): return super().f()",
        "@decorated\n def f(self): pass",
        "@property\n def f(self): pass\n @f.setter\n def f(self, x): pass",
        "x = property",
        "print(1)",
        "x = 1\n del x",
        "class B: pass",
    ],
)
def test_members_that_are_not_sure_are_made_when_the_class_is(read, body):
    part = read(f"class A:\n {body}\n")
    assert "A" not in names(part.classes)


def test_a_wrapper_of_another_name_is_not_the_builtin(read):
    assert not read("def property(f): return 5\nclass A:\n @property\n def f(self): pass").classes


@given(hashes=st.lists(st.integers(1, 0xFFFF), max_size=60))
def test_each_key_stands_where_it_is_looked_for(constants, hashes):
    table = constants.slots(hashes)
    assert sorted(key for key in table if key is not None) == list(range(len(hashes)))
    for key, value in enumerate(hashes):
        at = value % len(table)
        while table[at] != key:
            assert table[at] is not None
            at = (at + 1) % len(table)
