"""The Python inside templates: what of it is allowed, and which names it uses and makes."""

import ast
import builtins
import difflib

# MicroPython's, the boards' feature level
_BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bin",
        "bool",
        "bytes",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "getattr",
        "hasattr",
        "hash",
        "hex",
        "id",
        "int",
        "isinstance",
        "iter",
        "len",
        "list",
        "map",
        "max",
        "min",
        "next",
        "oct",
        "ord",
        "pow",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "type",
        "zip",
    ]
)


class PythonError(ValueError):
    """Python that cannot stand in a template; the text says what to do."""


class Names:
    """The names that a template may use, from its beginning to where the compiler is."""

    def __init__(self):
        self.known = set(_BUILTINS)

    def arguments(self, text):
        """Add the template's arguments, `name, other=0`."""
        tree = _parse(f"def template({text}): pass", "exec", f"args {text}")
        arguments = tree.body[0].args
        for argument in ast.walk(arguments):
            if isinstance(argument, ast.arg):
                self._make(argument.arg)
            elif isinstance(argument, ast.Name):
                self._use(argument.id)

    def expression(self, text):
        """Check an expression."""
        if not text:
            raise PythonError("an expression is missing between the braces")
        self._walk(_parse(text, "eval", text))

    def arguments_of_call(self, text):
        """Check what an included template is called with."""
        self._walk(
            _parse(f"f({text})", "eval", text).body.args,
            _parse(f"f({text})", "eval", text).body.keywords,
        )

    def assignment(self, text):
        """Check `name = expression`."""
        tree = _parse(text, "exec", text).body
        if len(tree) != 1 or not isinstance(tree[0], ast.Assign | ast.AugAssign):
            raise PythonError("write {% set name = expression %}")
        self._walk(tree[0].value)
        for target in getattr(tree[0], "targets", None) or [tree[0].target]:
            self._walk(target)

    def loop(self, text):
        """Check what stands behind `for`."""
        tree = _parse(f"for {text}: pass", "exec", f"for {text}").body[0]
        self._walk(tree.iter)
        self._walk(tree.target)

    def imports(self, text):
        """Check an `import` statement."""
        tree = _parse(text, "exec", text).body
        for alias in tree[0].names:
            self._make((alias.asname or alias.name).partition(".")[0])

    def _walk(self, *trees):
        nodes = []
        for tree in trees:
            for part in tree if isinstance(tree, list) else [tree]:
                nodes += ast.walk(part)
        for node in nodes:
            if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
                raise PythonError(
                    "a template cannot wait: get the value before, and give it as an argument"
                )
            if isinstance(node, ast.JoinedStr):
                raise PythonError('MicroPython has no f-strings on every board: write "%d" % value')
            if isinstance(node, ast.arg):
                self._make(node.arg)
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                self._make(node.id)
        for node in nodes:
            if isinstance(node, ast.Name):
                self._use(node.id)

    def _make(self, name):
        if name.startswith("_"):
            raise PythonError(f"{name}: names that begin with _ are the compiler's; take another")
        self.known.add(name)

    def _use(self, name):
        if name in self.known:
            return
        near = difflib.get_close_matches(name, self.known, 1)
        advice = f"did you mean {near[0]}? Else name it" if near else "name it"
        builtin = " (MicroPython does not have this builtin)" if hasattr(builtins, name) else ""
        raise PythonError(
            f"{name} is not known here{builtin}: {advice} in {{% args %}} or {{% set %}}"
        )


def _parse(text, mode, shown):
    try:
        return ast.parse(text, mode=mode)
    except (SyntaxError, ValueError) as exc:
        reason = getattr(exc, "msg", None) or exc
        raise PythonError(f"{shown!r} is not Python: {reason}") from None
