"""One template to one Python module with a generator function `render`."""

import re

from .error import TemplateError
from .html_context import ContextError, Mode, Place
from .scanner import RAW, STATEMENT, TEXT, scan
from .statements import Names, PythonError

_HTML = ("html", "htm", "tpl", "svg", "xml")
_PLAIN = ("txt",)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9]+)")
_INCLUDE = re.compile(
    r"""(?:(?P<quote>["'])(?P<name>.+?)(?P=quote)|\{\{(?P<dynamic>.+?)\}\})\s*(?P<args>.*)""",
    re.DOTALL,
)
_STATEMENTS = "args, if, elif, else, for, while, set, include, raw, import, from"


def module_name(name):
    """The Python name of the module for template `name`, a file name: `page.html` is `page_html`.

    Raises:
        TemplateError: it is not a name for a template.
    """
    if not _NAME.fullmatch(name) or name.rpartition(".")[2].lower() not in _HTML + _PLAIN:
        endings = ", ".join("." + ending for ending in _HTML + _PLAIN)
        raise TemplateError(
            name,
            1,
            f"name a template with letters, digits, _ and -, a letter first, and one of {endings}",
        )
    return name.replace(".", "_").replace("-", "_")


def compile_template(name, source, names=None):
    """The Python source of the module for one template.

    Args:
        name: its file name; `.txt` is not escaped, everything else is HTML.
        source: its text.
        names: file names of the templates that it may include; `None`: any.

    Raises:
        TemplateError: with file, line, and what to do.
    """
    module_name(name)
    return _Compiler(name, names).compile(source)


class _Block:
    # One of `if`, `for`, `while` that is open
    def __init__(self, kind, line, place):
        self.kind = kind
        self.line = line
        self.start = place
        self.ends = []  # of the branches before
        self.has_else = False


class _Compiler:
    def __init__(self, name, names):
        self._name = name
        self._others = names
        self._line = 1
        self._place = Place() if name.rpartition(".")[2].lower() in _HTML else None
        self._blocks = []
        self._lines = []
        self._literal = ""
        self._names = Names()
        self._arguments = None

    def compile(self, source):
        try:
            for token in scan(self._name, source):
                self._line = token.line or self._line
                self._token(token)
            self._literal_out()
            if self._blocks:
                block = self._blocks[-1]
                self._line = block.line
                raise PythonError(f"{{% {block.kind} %}} without {{% end{block.kind} %}}")
            if self._place and self._place.mode is not Mode.TEXT:
                raise ContextError(f"the template ends in {self._place.mode.value}: close it")
        except (PythonError, ContextError) as exc:
            raise TemplateError(self._name, self._line, str(exc)) from None
        body = "\n".join(self._lines) or "    yield b''"
        return (
            f"# Compiled from {self._name} by `modcore template`: change that file, not this one.\n\n\n"
            f"def render(_t{', ' + self._arguments if self._arguments else ''}):\n"
            f"{self._helpers(body)}{body}\n"
        )

    def _helpers(self, body):
        found = [name for name in ("text", "url", "plain") if f"yield _{name}(" in body]
        return "".join(f"    _{name} = _t.{name}\n" for name in found)

    def _token(self, token):
        if token.kind is TEXT:
            self._literal += token.content
            if self._place:
                self._place = self._place.after(token.content)
            self._line += token.content.count("\n")
        elif token.kind is STATEMENT:
            self._literal_out()
            self._statement(token.content)
        else:
            self._literal_out()
            self._names.expression(token.content)
            self._expression(token)

    def _expression(self, token):
        if token.kind is RAW or not self._place:
            self._emit(f"yield _plain({_flat(token.content)})")
        else:
            self._emit(f"yield _{self._place.escape()}({_flat(token.content)})")
        if self._place:
            self._place = self._place.after_expression()

    def _literal_out(self):
        if self._literal:
            self._emit(f"yield {self._literal.encode()!r}")
            self._literal = ""

    def _emit(self, line, depth=None):
        depth = len(self._blocks) if depth is None else depth
        self._lines.append("    " * (depth + 1) + line)

    def _statement(self, text):
        word, _, rest = text.partition(" ")
        rest = rest.strip()
        if word in ("if", "while", "for"):
            self._open(word, rest)
        elif word in ("elif", "else"):
            self._branch(word, rest)
        elif word in ("endif", "endwhile", "endfor"):
            self._close(word[3:])
        elif word == "set":
            self._names.assignment(rest)
            self._emit(_flat(rest))
        elif word == "include":
            self._include(rest)
        elif word == "args":
            self._args(rest)
        elif word in ("import", "from"):
            self._names.imports(text)
            self._emit(_flat(text))
        else:
            raise PythonError(f"{{% {word} %}} is not known; there are {_STATEMENTS}")

    def _args(self, rest):
        if self._arguments is not None or self._lines:
            raise PythonError("{% args %} stands once, before everything else")
        self._names.arguments(rest)
        self._arguments = _flat(rest)

    def _open(self, word, rest):
        if word == "for":
            self._names.loop(rest)
        else:
            self._names.expression(rest)
        self._emit(f"{word} {_flat(rest)}:")
        self._blocks.append(_Block(word, self._line, self._place))
        self._begin_branch()

    def _begin_branch(self):
        self._began = len(self._lines)

    def _branch(self, word, rest):
        block = self._blocks[-1] if self._blocks else None
        if block is None or block.kind != "if" or block.has_else:
            raise PythonError(
                f"{{% {word} %}} stands between {{% if %}} and {{% endif %}}, else last"
            )
        if word == "elif":
            self._names.expression(rest)
        elif rest:
            raise PythonError("nothing stands behind else; write {% elif condition %}")
        self._end_branch(block)
        block.has_else = word == "else"
        self._emit(f"{word} {_flat(rest)}:" if rest else "else:", len(self._blocks) - 1)
        self._begin_branch()
        self._place = block.start

    def _end_branch(self, block):
        if self._began == len(self._lines):
            self._emit("pass")
        block.ends.append(self._place)

    def _close(self, kind):
        block = self._blocks[-1] if self._blocks else None
        if block is None or block.kind != kind:
            opened = (
                f"{{% {block.kind} %}} of line {block.line} is open" if block else "nothing is open"
            )
            raise PythonError(f"{{% end{kind} %}} does not fit: {opened}")
        self._end_branch(block)
        if not block.has_else:
            block.ends.append(block.start)
        if self._place:
            for place in block.ends:
                self._place = self._place.joined(place)
        self._blocks.pop()

    def _include(self, rest):
        found = _INCLUDE.fullmatch(rest)
        if not found:
            raise PythonError(
                'write {% include "name.html" arguments %} or {% include {{expression}} arguments %}'
            )
        if self._place and self._place.mode is not Mode.TEXT:
            raise ContextError(f"an include cannot stand in {self._place.mode.value}")
        arguments = found["args"].lstrip(",").strip()
        self._names.arguments_of_call(arguments)
        if found["name"]:
            name = found["name"]
            try:
                module_name(name)
            except TemplateError as exc:
                raise PythonError(f"{name}: {exc.message}") from None
            if self._others is not None and name not in self._others:
                raise PythonError(
                    f"{name} is not there; there are {', '.join(sorted(self._others))}"
                )
            called = repr(name)
        else:
            self._names.expression(found["dynamic"].strip())
            called = _flat(found["dynamic"].strip())
        self._emit(f"yield from _t.pieces({called}{', ' + _flat(arguments) if arguments else ''})")


def _flat(text):
    # Tags may be written over several lines
    return " ".join(text.split("\n")) if "\n" in text else text
