"""The line editor and its idea of an unfinished statement."""

from modcore.lineedit import LineEditor, unfinished


def type_in(keys, editor=None):
    shown = bytearray()
    if editor is None:
        editor = LineEditor(shown.extend)
    editor.begin(b">>> ")
    lines = []
    for byte in keys:
        line = editor.feed(byte)
        if line is not None:
            lines.append(line)
            editor.begin(b">>> ")
    return lines, editor


def test_editing():
    for keys, line in (
        (b"abc\r", b"abc"),
        (b"abc\n", b"abc"),
        (b"abx\x7fc\r", b"abc"),
        (b"bc\x1b[D\x1b[Da\r", b"abc"),
        (b"bc\x1b[Ha\x1b[Fd\r", b"abcd"),
        (b"axbc\x1b[H\x1b[C\x1b[3~\r", b"abc"),
        (b"\x7fa\r", b"a"),
        (b"\tx\r", b"    x"),
        (b"\x1b[Z\x1bOAa\r", b"a"),
        ("ä\r".encode(), "ä".encode()),
    ):
        assert type_in(keys)[0] == [line], keys


def test_history():
    lines, editor = type_in(b"one\rtwo\rtwo\r")
    assert type_in(b"\x1b[A\r", editor)[0] == [b"two"]
    assert type_in(b"\x1b[A\x1b[A\r", editor)[0] == [b"one"]
    assert type_in(b"\x1b[A\x1b[A\x1b[B!\r", editor)[0] == [b"one!"]


def test_length_is_bounded():
    lines, _ = type_in(b"x" * 2000 + b"\r")
    assert len(lines[0]) == 512


def test_unfinished():
    for source in (
        b"f(\n",
        b"[1,\n2,\n",
        b"'''\n",
        b"if x:\n",
        b"def f():\n    pass\n",
        b"a = \\\n",
        b"{'(': \n",
    ):
        assert unfinished(bytearray(source)), source
    for source in (
        b"f()\n",
        b"x = '('\n",
        b"x = 1  # (\n",
        b"if x:\n    y\n\n",
        b"'''a\nb'''\n",
        b"f(\n1)\n",
        b"iffy\n",
    ):
        assert not unfinished(bytearray(source)), source
