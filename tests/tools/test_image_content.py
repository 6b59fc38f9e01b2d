"""What goes into the images: assets, compression, configuration laid over configuration."""

import gzip as reference
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modcore_cli import image_content
from modcore_cli.problem import Problem


@given(st.binary(max_size=3000))
def test_gzip_is_gzip(data):
    packed = image_content.gzip(data)
    assert reference.decompress(packed) == data
    assert packed[4:8] == bytes(4)  # no time stamp


def test_text_is_packed_when_smaller():
    files = {
        "/www/index.html": b"<p>" * 400,
        "/www/UPPER.CSS": b"a{}" * 400,
        "/www/tiny.txt": b"x",
        "/www/photo.jpg": b"y" * 1000,
    }
    packed = image_content.compressed(files)
    assert set(packed) == {
        "/www/index.html.gz",
        "/www/UPPER.CSS.gz",
        "/www/tiny.txt",
        "/www/photo.jpg",
    }
    assert reference.decompress(packed["/www/index.html.gz"]) == files["/www/index.html"]


def test_a_file_packed_by_hand_conflicts():
    with pytest.raises(Problem, match=r"a\.js\.gz is there twice"):
        image_content.compressed({"/a.js": b"x" * 500, "/a.js.gz": b"other"})


def test_tree_leaves_out_hidden_files(tmp_path):
    for name in ("a.html", "sub/b.css", ".git/config", "sub/.swp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert image_content.tree(tmp_path, "/www") == {
        "/www/a.html": b"a.html",
        "/www/sub/b.css": b"sub/b.css",
    }


@pytest.fixture
def folders(tmp_path):
    base, board = tmp_path / "etc", tmp_path / "board"
    base.mkdir()
    board.mkdir()
    (base / "windup.json").write_text('{"port": 80, "limits": {"body": 1, "head": 2}}')
    (base / "log.json").write_text('{"level": "info"}')
    (base / "cert.pem").write_text("base")
    (board / "windup.json").write_text('{"port": 8080, "limits": {"body": 3}}')
    (board / "cert.pem").write_text("board")
    return base, board


def test_later_folders_win_key_by_key(folders):
    files = image_content.configuration(folders)
    assert json.loads(files["/etc/windup.json"]) == {"port": 8080, "limits": {"body": 3}}
    assert json.loads(files["/etc/log.json"]) == {"level": "info"}
    assert files["/etc/cert.pem"] == b"board"


def test_overrides_win_over_all(folders):
    texts = ["windup.port=9000", "windup.name=my device", "wlan.country=CH", "log.level=null"]
    files = image_content.configuration(folders, texts)
    windup = json.loads(files["/etc/windup.json"])
    assert (windup["port"], windup["name"]) == (9000, "my device")
    assert json.loads(files["/etc/wlan.json"]) == {"country": "CH"}
    assert json.loads(files["/etc/log.json"]) == {"level": None}


@pytest.mark.parametrize("text", ["port=9000", "windup.port", ".port=1", "windup.=1", "=", ""])
def test_overrides_of_another_form(text):
    with pytest.raises(Problem, match=r"windup\.port=9000"):
        image_content.configuration((), [text])


@pytest.mark.parametrize("text, said", [("{", "line 1"), ("[1]", "found list")])
def test_a_file_that_is_no_json_object(tmp_path, text, said):
    (tmp_path / "windup.json").write_text(text)
    with pytest.raises(Problem, match=said) as caught:
        image_content.configuration([tmp_path])
    assert str(tmp_path / "windup.json") in caught.value.message


def test_entity_tags_are_of_the_content():
    files = {"/www/a.png": b"1", "/www/b c.png": b"2", "/www/a.js.gz": b"3", "/etc/a.json": b"4"}
    tagged = image_content.tagged(files, "/www")
    index = tagged.pop("/www/.etags").decode()
    assert tagged == files
    assert re.fullmatch(r"\n/a\.png [0-9a-f]{16}\n/b c\.png [0-9a-f]{16}\n", index)
    changed = image_content.tagged(files | {"/www/a.png": b"5"}, "/www")["/www/.etags"].decode()
    assert changed.split("\n")[1] != index.split("\n")[1]
    assert changed.split("\n")[2] == index.split("\n")[2]


def test_nothing_to_tag():
    files = {"/www/a.js.gz": b"3", "/etc/a.json": b"4"}
    assert image_content.tagged(files, "/www") == files


def test_a_line_break_in_a_name():
    with pytest.raises(Problem, match="line break"):
        image_content.tagged({"/www/a\nb.png": b""}, "/www")
