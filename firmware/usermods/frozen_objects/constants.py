"""What the bytecode of a frozen module is sure to make: its functions and classes.

The bytecode is read, not run: each instruction whose result is the same whenever it runs leaves a value on a stack, any other
one empties it. A function is constant if its defaults are, a class's members if its whole body is.
"""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Literal:
    """`text` is the value as C has it."""

    text: str


@dataclass(frozen=True)
class Items:
    """A tuple that is made when the code runs, of values that are constant."""

    items: tuple


@dataclass(frozen=True)
class Constant:
    """Entry `index[0]` of the module's table of constants, or an item of that."""

    index: tuple


@dataclass(frozen=True)
class Name:
    """A name that nothing in the module has set: a builtin, or the module's own."""

    name: str


@dataclass
class Function:
    """`code` is mpy-tool's raw code, `defaults` are constants."""

    code: object
    defaults: tuple


@dataclass
class Members:
    """What a class's body makes, `code`: constants by name. `bases` are those of the class, `None` where one is not known."""

    code: object
    members: dict
    bases: tuple | None = None


@dataclass(frozen=True)
class Imported:
    """`name` of the module `module`; the module itself if it is empty."""

    module: str
    name: str = ""


@dataclass
class Wrapped:
    """`kind` is the builtin that wraps `function`: property or staticmethod."""

    kind: str
    function: Function


@dataclass
class Part:
    """The constant objects of one module. It sets `names` in its globals; of some it is `known` what they are."""

    module: object
    name: str
    names: set = field(default_factory=set)
    known: dict = field(default_factory=dict)
    functions: list = field(default_factory=list)
    classes: list = field(default_factory=list)


_UNKNOWN = None
_EMPTY_TUPLE = "MP_ROM_PTR(&mp_const_empty_tuple_obj)"
_WRAPPERS = ("property", "staticmethod")
_EXCEPTIONS = ("BaseException", "Exception", "OSError", "RuntimeError", "ValueError")
_BUILTINS = (*_WRAPPERS, *_EXCEPTIONS)
# MicroPython does something about these when it makes a class
_SPECIAL = ("__new__", "__setattr__", "__delattr__")


def read(tool, module):
    """The `Part` of `module`, which mpy-tool (`tool`) has read."""
    path = module.source_file.str.removesuffix(".py").removesuffix("/__init__")
    part = Part(module, path.replace("/", "."))
    _Reader(tool, part).read(module.raw_code)
    return part


class _Reader:
    def __init__(self, tool, part):
        self._tool = tool
        self._part = part
        self._stored = Counter(self._stores(part.module.raw_code, True))
        part.names.update(self._stored)

    def read(self, code, members=None, top=True):
        """Find the functions that `code` makes, the module's own code if `top`, else a function's.

        Args:
            members: a dict that takes what a class's body sets. Code that is none has none.

        Returns:
            False if the body does what is not constant, or sets such a thing.
        """
        instructions = list(self._instructions(code))
        targets = {end + argument for _, _, argument, end, jump in instructions if jump}
        made = Counter(
            argument for _, name, argument, _, _ in instructions if name.startswith("MAKE_")
        )
        stack = _Stack()
        straight = True
        joined = 0  # from here on the code runs whatever the jumps did
        for at, name, argument, end, jump in instructions:
            if jump:
                straight = False
                joined = max(joined, end + argument)
            if at in targets:
                stack.clear()
            if name == "STORE_NAME" and members is not None:
                value = members[code.qstr_table[argument].str] = stack.pop()
                kept = isinstance(value, (Literal, Constant, Function, Wrapped)) or value == Name(
                    "__name__"
                )
                straight = straight and kept
            elif name == "STORE_NAME":
                value, stored = stack.pop(), code.qstr_table[argument].str
                if top and at >= joined and self._stored[stored] == 1:
                    self._part.known[stored] = value
            elif name == "POP_TOP":
                stack.pop()
                straight = False
            elif name == "RETURN_VALUE":
                straight = straight and stack.pop() == Literal("MP_ROM_NONE")
            else:
                if name.startswith("MAKE_"):
                    value = self._make(code, name, argument, stack, made[argument] == 1, top)
                elif name in ("LOAD_NAME", "LOAD_GLOBAL"):
                    value = self._named(code.qstr_table[argument].str, members, top)
                else:
                    value = self._value(code, name, argument, stack)
                if value is _UNKNOWN:
                    straight = False
                    stack.clear()
                else:
                    stack.append(value)
        return straight

    def _stores(self, code, top):
        """The names that are set in the module's globals, as often as they are."""
        for _, name, argument, _, _ in self._instructions(code):
            if name in ("STORE_GLOBAL", "DELETE_GLOBAL") or (
                top and name in ("STORE_NAME", "DELETE_NAME")
            ):
                yield code.qstr_table[argument].str
        for child in code.children:
            yield from self._stores(child, False)

    def _instructions(self, code):
        tool = self._tool
        at = code.offset_opcodes
        while at < len(code.fun_data):
            form, size, argument, _ = tool.mp_opcode_decode(code.fun_data, at)
            name = tool.Opcode.mapping[code.fun_data[at]]
            yield at, name, argument, at + size, form == tool.MP_BC_FORMAT_OFFSET
            at += size

    def _value(self, code, name, argument, stack):
        if name == "LOAD_CONST_STRING":
            return Literal(f"MP_ROM_QSTR({code.qstr_table[argument].qstr_id})")
        if name == "LOAD_CONST_SMALL_INT":
            return Literal(f"MP_ROM_INT({argument})")
        if name.startswith("LOAD_CONST_SMALL_INT "):
            return Literal(f"MP_ROM_INT({name.split()[1]})")
        if name == "LOAD_CONST_OBJ":
            return Constant((argument,))
        if name.startswith("LOAD_CONST_"):
            return Literal("MP_ROM_" + name.removeprefix("LOAD_CONST_"))
        if name == "LOAD_NULL":
            return Name("")
        if name == "LOAD_BUILD_CLASS":
            return Name("__build_class__")
        if name == "BUILD_TUPLE":
            items = stack.take(argument)
            if all(isinstance(item, (Literal, Constant)) for item in items):
                return Items(items) if items else Literal(_EMPTY_TUPLE)
            return _UNKNOWN
        if name == "DUP_TOP":
            stack.append(stack.top())
            return stack.pop()
        if name == "CALL_FUNCTION":
            return self._call(*stack.take(argument + 1))
        if name == "IMPORT_NAME":
            level, _ = stack.take(2)
            return self._imported(level, code.qstr_table[argument].str)
        if name == "IMPORT_FROM" and isinstance(stack.top(), Imported):
            return Imported(stack.top().module, code.qstr_table[argument].str)
        return _UNKNOWN

    def _call(self, called, *arguments):
        if called == Name("__build_class__") and isinstance(arguments[0], Members):
            if _UNKNOWN not in arguments:
                arguments[0].bases = arguments[2:]
            return arguments[0]
        wraps = isinstance(called, Name) and called.name in _WRAPPERS and len(arguments) == 1
        if wraps and isinstance(arguments[0], Function):
            return Wrapped(called.name, arguments[0])
        return _UNKNOWN

    def _imported(self, level, name):
        if level == Literal("MP_ROM_INT(0)"):
            return Imported(name)
        if level == Literal("MP_ROM_INT(1)") and "." in self._part.name:
            package = self._part.name.rpartition(".")[0]
            return Imported(f"{package}.{name}" if name else package)
        return _UNKNOWN

    def _named(self, name, members, top):
        if members and name in members:
            return members[name]
        if name == "__name__" or (name in _BUILTINS and name not in self._stored):
            return Name(name)
        # A function may run when the name is something else
        return self._part.known.get(name) if top else _UNKNOWN

    def _make(self, code, name, index, stack, once, top):
        child = code.children[index]
        defaults = ()
        if name == "MAKE_FUNCTION_DEFARGS":
            positional, keywords = stack.take(2)
            defaults = self._items(positional) if keywords == Name("") else None
        body_of_class = stack.top() == Name("__build_class__")
        members = {} if body_of_class else None
        if not isinstance(child, self._tool.RawCodeBytecode):
            return _UNKNOWN
        constant = self.read(child, members, top and body_of_class)
        if "CLOSURE" in name or defaults is None or not once:
            return _UNKNOWN
        if constant and body_of_class and not any(name in members for name in _SPECIAL):
            self._part.classes.append(Members(child, members))
            return self._part.classes[-1]
        self._part.functions.append(Function(child, defaults))
        return self._part.functions[-1]

    def _items(self, value):
        """The items of a constant tuple, None if `value` is none."""
        if value in (Name(""), Literal(_EMPTY_TUPLE)):
            return ()
        if isinstance(value, Items):
            return value.items
        if isinstance(value, Constant):
            constant = self._part.module.obj_table[value.index[0]]
            if isinstance(constant, tuple):
                return tuple(Constant((*value.index, at)) for at in range(len(constant)))
        return None


class _Stack(list):
    """Below what is known lies what is not."""

    def pop(self):
        return super().pop() if self else _UNKNOWN

    def top(self):
        return self[-1] if self else _UNKNOWN

    def take(self, count):
        """The topmost `count`, the first of them the lowest."""
        return tuple(reversed([self.pop() for _ in range(count)]))


def bases_of(members, parts):
    """The bases of a class, each the name of a builtin exception or the `Members` of another class; `None`: not all are known.

    Args:
        parts: the modules by name.
    """
    found = None if members.bases is None else [_base(base, parts) for base in members.bases]
    return None if found is None or None in found else found


def _base(base, parts):
    for _ in parts:  # which may import from each other in a circle
        if isinstance(base, Imported):
            base = parts[base.module].known.get(base.name) if base.module in parts else None
    if isinstance(base, Name) and base.name in _EXCEPTIONS:
        return base.name
    return base if isinstance(base, Members) and bases_of(base, parts) is not None else None


def slots(hashes):
    """A table in which py/map.c finds keys of these `hashes` fast.

    Returns:
        Of each of its places the index of the hash that stands there, or None.
    """
    best = None
    for size in range(max(len(hashes), 1), 2 * len(hashes) + 2):
        table = [None] * size
        looks = 0
        for key, value in enumerate(hashes):
            while table[value % size] is not None:
                value += 1
                looks += 1
            table[value % size] = key
        # What is not there is looked for up to the next free place
        runs = "".join(" " if key is None else "x" for key in table * 2).split()
        misses = sum(len(run) ** 2 for run in runs) / 4 / size if None in table else size
        # A place is eight bytes of flash
        cost = looks / max(len(hashes), 1) + misses / 2 + size / 40
        if best is None or cost < best[0]:
            best = cost, table
    return best[1]
