"""Static files where the file system has links and pipes, which a device's has not; and with the image's own tags."""

import os

import pytest
from windup import StaticFiles, WindUp
from wire import Wire, get, parse


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "file.txt").write_text("inside")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "secret.txt.gz").write_text("secret, packed")
    (tmp_path / "rootless").mkdir()
    (tmp_path / "rootless/file.txt").write_text("secret")
    return root


def ask(root, path, *fields):
    app = WindUp()
    app.add_generator(StaticFiles(str(root)))
    return parse(Wire(app).send(get(path, *fields)))[0]


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        ("link.txt", "../secret.txt", "/link.txt"),
        ("link.txt.gz", "../secret.txt.gz", "/link.txt"),
        ("folder", "..", "/folder/secret.txt"),
        ("folder", "../rootless", "/folder/file.txt"),
        ("folder", "/", "/folder/etc/passwd"),
        ("sub/link.txt", "../../secret.txt", "/sub/link.txt"),
        ("sub/index.html", "../../secret.txt", "/sub/"),
    ],
)
def test_a_link_out_of_the_root_leads_nowhere(root, link, target, path):
    (root / link).symlink_to(target)
    assert ask(root, path)[0] == 404


def test_a_link_inside_the_root_is_a_file(root, tmp_path):
    (root / "sub/link.txt").symlink_to("../file.txt")
    assert ask(root, "/sub/link.txt")[2] == b"inside"
    (tmp_path / "other").symlink_to(root)
    assert ask(tmp_path / "other", "/file.txt")[2] == b"inside"


def test_a_backslash_separates_nothing(root):
    (root / "a\\b.txt").write_text("a name that other systems would read otherwise")
    for path in ("/a\\b.txt", "/a%5cb.txt", "/a%5Cb.txt"):
        assert ask(root, path)[0] == 404


def test_a_pipe_is_no_file(root):
    os.mkfifo(root / "pipe")
    os.mkfifo(root / "packed.gz")
    assert ask(root, "/pipe")[0] == 404
    assert ask(root, "/packed")[0] == 404


def test_the_time_of_a_file_is_told_when_it_is_known(root):
    path = root / "file.txt"
    os.utime(path, (0, 1732184625))
    headers = ask(root, "/file.txt")[1]
    date = headers["last-modified"]
    assert date == "Thu, 21 Nov 2024 10:23:45 GMT"
    assert ask(root, "/file.txt", "If-Modified-Since: " + date)[0] == 304
    assert ask(root, "/file.txt", "Range: bytes=0-1", "If-Range: " + date)[0] == 206
    for unknown in (0, 1000, 1699999999, 2**32, 2**40):
        os.utime(path, (0, unknown))
        headers = ask(root, "/file.txt")[1]
        assert "last-modified" not in headers, unknown
        assert headers["etag"].startswith('W/"')
    os.utime(path)  # now: it may change again within this second
    assert "last-modified" not in ask(root, "/file.txt")[1]


def test_tags_come_from_the_image(make_host):
    image = {"/www/plain.png": b"one", "/www/sp ace.png": b"two"}
    host = make_host(image=image).start()
    answer = host.get("/plain.png")
    tag = answer.headers["etag"]
    assert (answer.content, len(tag)) == (b"one", 18)
    assert answer.headers["content-type"] == "image/png"
    assert host.get("/plain.png", headers={"If-None-Match": tag}).status_code == 304
    assert host.get("/sp%20ace.png").headers["etag"] not in (tag, None)
    assert host.get("/.etags").status_code == 404
    host.stop()
    # The same size and time, another content: a client must not go on with the old one
    host = make_host(image=image | {"/www/plain.png": b"ONE"}).start()
    assert host.get("/plain.png", headers={"If-None-Match": tag}).content == b"ONE"
