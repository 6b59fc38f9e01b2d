"""Where in the HTML an expression stands, and so whether escaping makes it harmless there.

Escaping `& < > " '` is enough in text and in quoted attribute values. It is not in scripts, styles, event handlers and
unquoted values, and an address may begin with `javascript:`. The compiler follows the literal text with this machine,
branch by branch, and refuses what cannot be made safe.
"""

import enum
import re
from typing import NamedTuple


class Mode(enum.Enum):
    """What the next character belongs to; the value says it in a message."""

    TEXT = "the text"
    OPENED = "a tag that has just begun"
    TAG_NAME = "the name of a tag"
    TAG = "a tag, between attributes"
    NAME = "the name of an attribute"
    AFTER_NAME = "a tag, behind the name of an attribute"
    PIECED = "the name of an attribute that branches write differently"
    BEFORE_VALUE = "the value of an attribute"
    VALUE = "the quoted value of an attribute"
    UNQUOTED = "the unquoted value of an attribute"
    COMMENT = "a comment"
    CODE = "code"  # script and style: nothing is escaped there
    CAPTION = "a title or text field"  # there are no tags in it


_NAMES = (Mode.TAG, Mode.NAME, Mode.AFTER_NAME, Mode.PIECED)
_RAW = ("script", "style", "iframe", "noembed", "noframes", "xmp", "plaintext")
_ADDRESSES = frozenset(
    [
        "action",
        "background",
        "cite",
        "codebase",
        "data",
        "formaction",
        "href",
        "icon",
        "longdesc",
        "manifest",
        "ping",
        "poster",
        "src",
        "srcset",
        "usemap",
        "xlink:href",
    ]
)
_SPACE = " \t\r\n\f"


class ContextError(ValueError):
    """What stands here cannot be made safe; the text says what to do."""


class Place(NamedTuple):
    """A place in the HTML. Whatever follows has the same meaning at equal places."""

    mode: Mode = Mode.TEXT
    element: str = ""  # whose tag, or content, it is in
    attribute: str = ""  # whose value
    quote: str = ""
    written: str = ""  # of that value, so far

    def after(self, text):
        """The place behind `text`. ContextError: what the text does cannot be followed."""
        place = self
        for at, char in enumerate(text):
            place = _STEPS[place.mode](place, char, text, at)
        return place

    def after_expression(self):
        """The place behind an expression that stands here."""
        return self._replace(written=self.written + "x") if self.mode is Mode.VALUE else self

    def escape(self):
        """How an expression here is escaped: `text`, or `url` where it begins an address.

        Raises:
            ContextError: escaping does not help here.
        """
        mode, attribute = self.mode, self.attribute
        if mode in (Mode.TEXT, Mode.COMMENT, Mode.CAPTION):
            return "text"
        if mode is Mode.CODE:
            raise ContextError(
                f"an expression inside <{self.element}> would run as code: put it into an attribute of an element, "
                'data-value="{{ … }}", and let the code read it there'
            )
        if mode in (Mode.BEFORE_VALUE, Mode.UNQUOTED):
            raise ContextError(
                f'put quotes around the value of {attribute}: {attribute}="{{{{ … }}}}"'
            )
        if mode is not Mode.VALUE:
            raise ContextError(
                f"an expression cannot stand in {mode.value}: write names out, with {{% if %}} where it depends"
            )
        if attribute.startswith("on") or attribute in ("style", "srcdoc"):
            raise ContextError(
                f"an expression in {attribute} would run as code: use a class or a data- attribute in its place"
            )
        if attribute in _ADDRESSES:
            if not self.written.strip():
                return "url"
            scheme = self.written.partition(":")[0].strip()
            if re.fullmatch(r"javascript|data|vbscript", scheme, re.IGNORECASE):
                raise ContextError(f"an expression in an address of {scheme}: would run as code")
        return "text"

    def joined(self, other):
        """The place where branches meet that end here and at `other`. ContextError: they cannot."""
        if self == other:
            return self
        if self.element == other.element:
            if self.mode in _NAMES and other.mode in _NAMES:
                return Place(Mode.PIECED, self.element)
            if self.mode is other.mode is Mode.VALUE and self[2:4] == other[2:4]:
                # What is written differs: where one branch wrote nothing, the next expression begins the address
                return self._replace(written=self.written and other.written)
        raise ContextError(
            f"one branch ends in {self.mode.value}, another in {other.mode.value}: close in each what it opens"
        )


def _text(place, char, text, at):
    if char != "<":
        return place
    return Place(Mode.COMMENT) if text.startswith("<!--", at) else Place(Mode.OPENED)


def _opened(place, char, text, at):
    if char.isalpha() or char in "/!?":
        return Place(Mode.TAG_NAME, char.lower())
    return _text(Place(), char, text, at)


def _tag_name(place, char, text, at):
    if char == ">":
        return _tag_ends(place)
    if char in _SPACE or (char == "/" and place.element != "/"):
        return Place(Mode.TAG, place.element)
    return Place(Mode.TAG_NAME, place.element + char.lower())


def _tag(place, char, text, at):
    if char == ">":
        return _tag_ends(place)
    if char in _SPACE or char == "/":
        return Place(Mode.TAG, place.element)
    return Place(Mode.NAME, place.element, char.lower())


def _name(place, char, text, at):
    if char == "=":
        return place._replace(mode=Mode.BEFORE_VALUE)
    if char in _SPACE:
        return place._replace(mode=Mode.AFTER_NAME)
    if char in "/>":
        return _tag(place, char, text, at)
    return place._replace(attribute=place.attribute + char.lower())


def _after_name(place, char, text, at):
    if char in _SPACE:
        return place
    if char == "=":
        return place._replace(mode=Mode.BEFORE_VALUE)
    return _tag(place, char, text, at)


def _pieced(place, char, text, at):
    if char in "/>" or char in _SPACE:
        return _tag(place, char, text, at)
    raise ContextError(
        "write the name of an attribute whole in each branch, and a blank behind {% endif %}"
    )


def _before_value(place, char, text, at):
    if char in _SPACE:
        return place
    if char in "\"'":
        return place._replace(mode=Mode.VALUE, quote=char)
    return _tag_ends(place) if char == ">" else place._replace(mode=Mode.UNQUOTED)


def _value(place, char, text, at):
    if char == place.quote:
        return Place(Mode.TAG, place.element)
    return place._replace(written=place.written + char)


def _unquoted(place, char, text, at):
    if char == ">":
        return _tag_ends(place)
    return Place(Mode.TAG, place.element) if char in _SPACE else place


def _comment(place, char, text, at):
    return Place() if char == ">" and text[:at].endswith(("--", "--!")) else place


def _until_its_end(place, char, text, at):
    if char == "<" and text[at + 1 :].lower().startswith("/" + place.element):
        return Place(Mode.OPENED)
    return place


def _tag_ends(place):
    if place.element in _RAW:
        return Place(Mode.CODE, place.element)
    if place.element in ("title", "textarea"):
        return Place(Mode.CAPTION, place.element)
    return Place()


_STEPS = {
    Mode.TEXT: _text,
    Mode.OPENED: _opened,
    Mode.TAG_NAME: _tag_name,
    Mode.TAG: _tag,
    Mode.NAME: _name,
    Mode.AFTER_NAME: _after_name,
    Mode.PIECED: _pieced,
    Mode.BEFORE_VALUE: _before_value,
    Mode.VALUE: _value,
    Mode.UNQUOTED: _unquoted,
    Mode.COMMENT: _comment,
    Mode.CODE: _until_its_end,
    Mode.CAPTION: _until_its_end,
}
