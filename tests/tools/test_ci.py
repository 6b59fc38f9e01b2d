"""What CI calls: no board is forgotten, and a release's checksums are right."""

import hashlib
import re
import subprocess
from pathlib import Path

BOARDS = {path.name.removeprefix("board-") for path in Path("ci").glob("board-*")}


def test_every_board_is_in_both_ways_to_run_ci():
    assert {path.parent.name for path in Path("boards").glob("*/board.mk")} == BOARDS
    workflow = Path(".github/workflows/ci.yml").read_text()
    assert set(re.search(r"board: \[(.*)\]", workflow)[1].split(", ")) == BOARDS
    assert set(re.findall(r"^job ci/board-(\w+)", Path(".ci/run").read_text(), re.M)) == BOARDS


def checksums(folder):
    command = [Path("ci/checksums").resolve(), folder]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_release_has_the_checksum_of_each_file(tmp_path):
    contents = {"a.bin": b"one", "b.img": b"two"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    for _ in range(2):  # a second run does not count its own list in
        assert checksums(tmp_path).returncode == 0
        lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
        assert lines == [
            f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in contents.items()
        ]


def test_a_release_of_nothing_is_refused(tmp_path):
    result = checksums(tmp_path)
    assert result.returncode != 0
    assert "is empty" in result.stderr
