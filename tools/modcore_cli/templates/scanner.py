"""Cuts a template into text, expressions and statements."""

import ast
import re
from typing import NamedTuple

from .error import TemplateError

TEXT = "text"
EXPRESSION = "expression"
RAW = "raw expression"
STATEMENT = "statement"

_OPENER = re.compile(r"\{\{!?|\{%|\{#")
_VERBATIM = re.compile(r"\{%\s*endraw\s*%\}")
# A tag stands for itself as one of these characters and its number, while lines are looked at as a whole
_INLINE, _VANISHING = "\x01", "\x02"
_MARK = re.compile("[\x01\x02]([0-9]+)\x03")
_LINE_OF_TAGS = re.compile(r"(?m)^[ \t]*((?:\x02[0-9]+\x03[ \t]*)+)(?:\r?\n|\Z)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Token(NamedTuple):
    """A piece of a template: its kind (one of the constants above), its content, and the line on which it begins."""

    kind: str
    content: str
    line: int


def scan(file, source):
    """The tokens of `source`, a list. A line that holds statements and comments alone leaves nothing behind.

    Raises:
        TemplateError: a tag that has no end, or a control character.
    """
    control = _CONTROL.search(source)
    if control:
        line = _line(source, control.start())
        raise TemplateError(file, line, f"control character {control[0]!r}: remove it")
    tags, marked = _mark(file, source)
    marked = _LINE_OF_TAGS.sub(lambda found: re.sub(r"[ \t]", "", found[1]), marked)
    tokens = []
    at = 0
    for mark in _MARK.finditer(marked):
        _add_text(tokens, marked[at : mark.start()])
        tag = tags[int(mark[1])]
        if tag is not None:
            if tag.kind is TEXT:
                _add_text(tokens, tag.content)
            else:
                tokens.append(tag)
        at = mark.end()
    _add_text(tokens, marked[at:])
    return tokens


def _add_text(tokens, text):
    if not text:
        return
    if tokens and tokens[-1].kind is TEXT:
        tokens[-1] = tokens[-1]._replace(content=tokens[-1].content + text)
    else:
        tokens.append(Token(TEXT, text, 0))


def _mark(file, source):
    tags = []  # `None`: a comment
    marked = []
    at = 0
    while opener := _OPENER.search(source, at):
        marked.append(source[at : opener.start()])
        kind = opener[0]
        line = _line(source, opener.start())
        if kind == "{#":
            tag = None
            at = _end(file, line, source, opener.end(), "#}")
        elif kind == "{%":
            at = _end(file, line, source, opener.end(), "%}")
            tag = Token(STATEMENT, source[opener.end() : at - 2].strip(), line)
        else:
            at = _end_of_expression(file, line, source, opener.end())
            content = source[opener.end() : at - 2].strip()
            tag = Token(RAW if kind == "{{!" else EXPRESSION, content, line)
        inline = tag is not None and tag.kind is not STATEMENT
        marked.append(f"{_INLINE if inline else _VANISHING}{len(tags)}\x03")
        tags.append(tag)
        if tag is not None and tag.kind is STATEMENT and tag.content == "raw":
            tags[-1] = None
            end = _VERBATIM.search(source, at)
            if not end:
                raise TemplateError(file, line, "{% raw %} without {% endraw %}")
            marked.append(f"{_INLINE}{len(tags)}\x03{_VANISHING}{len(tags) - 1}\x03")
            tags.append(Token(TEXT, source[at : end.start()], line))
            at = end.end()
    marked.append(source[at:])
    return tags, "".join(marked)


def _end(file, line, source, start, closer):
    at = source.find(closer, start)
    if at < 0:
        raise TemplateError(file, line, f"this tag has no {closer}")
    return at + 2


def _end_of_expression(file, line, source, start):
    # `}}` may stand inside: in a string, or where two dicts end
    first = at = _end(file, line, source, start, "}}")
    while True:
        try:
            ast.parse(source[start : at - 2].strip(), mode="eval")
            return at
        except (SyntaxError, ValueError):
            following = source.find("}}", at - 1)
            if following < 0 or "\n" in source[at:following]:
                return first
            at = following + 2


def _line(source, at):
    return source.count("\n", 0, at) + 1
