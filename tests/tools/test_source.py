"""Where MicroPython's source comes from, and what is said when it comes from nowhere."""

import subprocess
import tarfile

import pytest
from modcore_cli.micropython import VERSION, Unavailable, debian, fetch, git, tarball
from modcore_cli.micropython.version import tree_version
from modcore_cli.problem import Problem


def make_tree(folder, version=VERSION, prerelease=0):
    major, minor, micro = version.split(".")
    (folder / "py").mkdir(parents=True)
    (folder / "py" / "mpconfig.h").write_text(
        f"#define MICROPY_VERSION_MAJOR {major}\n"
        f"#define MICROPY_VERSION_MINOR {minor}\n"
        f"#define MICROPY_VERSION_MICRO {micro}\n"
        f"#define MICROPY_VERSION_PRERELEASE {prerelease}\n"
    )
    return folder


def make_tarball(path, tree, top="micropython-1.26.1"):
    with tarfile.open(path, "w:xz") as tar:
        tar.add(tree, top)
    return path


@pytest.fixture
def target(tmp_path):
    return tmp_path / "build" / "micropython"


@pytest.fixture
def no_ways(monkeypatch):
    """Neither git nor Debian lead anywhere; they are told apart by what they say."""

    def refuse(text):
        def way(folder):
            raise Unavailable(text)

        return way

    monkeypatch.setattr(git, "clone", refuse("no route"))
    monkeypatch.setattr(debian, "download", refuse("has version 1.27.0"))


def leftovers(target):
    return [path.name for path in target.parent.iterdir() if path != target]


def test_versions(tmp_path):
    assert tree_version(make_tree(tmp_path / "a")) == "1.26.1"
    assert tree_version(make_tree(tmp_path / "b", "1.27.0", prerelease=1)) == "1.27.0-preview"
    assert tree_version(tmp_path) is None


def test_the_users_tree_is_linked(tmp_path, target):
    tree = make_tree(tmp_path / "mine")
    assert str(tree) in fetch.fetch(target, directory=tree)
    assert target.is_symlink()
    assert tree_version(target) == VERSION


def test_the_users_tree_takes_the_place_of_the_fetched_one(tmp_path, target):
    make_tree(target)
    fetch.fetch(target, directory=make_tree(tmp_path / "mine"))
    assert target.is_symlink()
    assert leftovers(target) == []


@pytest.mark.parametrize("version, said", [("1.25.0", "is MicroPython 1.25.0"), (None, "is not a")])
def test_the_users_tree_is_of_another_version(tmp_path, target, version, said):
    tree = make_tree(tmp_path / "mine", version) if version else tmp_path
    with pytest.raises(Problem, match=said) as caught:
        fetch.fetch(target, directory=tree)
    assert VERSION in caught.value.advice
    assert not target.exists()


def test_the_cached_tree_is_kept(target, no_ways):
    make_tree(target)
    assert "before" in fetch.fetch(target)


def test_a_link_to_a_tree_that_went_away_is_no_cache(tmp_path, target, monkeypatch):
    target.parent.mkdir()
    target.symlink_to(tmp_path / "gone")
    monkeypatch.setattr(git, "clone", lambda folder: make_tree(folder) and "git")
    assert fetch.fetch(target) == "git"
    assert not target.is_symlink()


def test_git_comes_before_debian(target, monkeypatch):
    monkeypatch.setattr(git, "clone", lambda folder: make_tree(folder) and "git")
    monkeypatch.setattr(debian, "download", lambda folder: pytest.fail("not needed"))
    assert fetch.fetch(target) == "git"
    assert leftovers(target) == []


def test_one_message_when_nothing_works(target, no_ways):
    make_tree(target, "1.25.0")
    with pytest.raises(Problem) as caught:
        fetch.fetch(target)
    for said in ("no route", "has version 1.27.0", "version 1.25.0"):
        assert said in caught.value.message
    assert "MICROPYTHON_DIR=" in caught.value.advice
    assert "MICROPYTHON_TARBALL=" in caught.value.advice
    assert leftovers(target) == []


def test_a_download_cut_short_is_no_tree(target, monkeypatch):
    def cut(folder):
        make_tree(folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(git, "clone", cut)
    with pytest.raises(KeyboardInterrupt):
        fetch.fetch(target)
    assert not target.exists()
    assert leftovers(target) == []


@pytest.mark.parametrize("top", ["micropython-1.26.1", "."])
def test_a_tarball_of_the_tag(tmp_path, target, top):
    archive = make_tarball(tmp_path / "mp.tar.xz", make_tree(tmp_path / "mine"), top)
    assert "not the pinned one" in fetch.fetch(target, archive=archive)
    assert tree_version(target) == VERSION


def test_the_pinned_tarball_is_told_by_its_sum(tmp_path, target, monkeypatch):
    archive = make_tarball(tmp_path / "mp.tar.xz", make_tree(tmp_path / "mine"))
    digest = subprocess.run(["sha256sum", archive], capture_output=True, text=True, check=True)
    monkeypatch.setattr(tarball, "TARBALL_SHA256", digest.stdout.split()[0])
    assert "as pinned" in fetch.fetch(target, archive=archive)


def test_a_tarball_of_another_version(tmp_path, target):
    archive = make_tarball(tmp_path / "mp.tar.xz", make_tree(tmp_path / "mine", "1.25.0"))
    with pytest.raises(Problem, match=r"version 1\.25\.0"):
        fetch.fetch(target, archive=archive)
    assert not target.exists()


@pytest.mark.parametrize("content", [None, b"", b"no tarball"])
def test_no_tarball(tmp_path, target, content):
    path = tmp_path / "mp.tar.xz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Problem, match=str(path)):
        fetch.fetch(target, archive=path)


def test_a_tarball_cannot_write_elsewhere(tmp_path, target):
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        info = tarfile.TarInfo("micropython/../../../escaped")
        tar.addfile(info)
    with pytest.raises(Problem):
        fetch.fetch(target, archive=evil)
    assert not (tmp_path / "escaped").exists()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with the release's tag, in the place of the real one."""
    tree = make_tree(tmp_path / "repository")
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")

    def run(*words):
        command = ["git", "-C", tree, *identity, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    run("init", "--quiet")
    run("add", ".")
    run("commit", "--quiet", "--message=release")
    run("tag", git.GIT_TAG)
    monkeypatch.setattr(git, "URL", tree.as_uri())
    monkeypatch.setattr(git, "GIT_COMMIT", run("rev-parse", "HEAD"))
    monkeypatch.setattr(git, "_SUBMODULES", ("py",))
    return run


def test_git_by_tag(target, repository):
    assert git.GIT_TAG in fetch.fetch(target)
    assert tree_version(target) == VERSION


def test_git_whose_tag_was_moved(target, repository, monkeypatch):
    monkeypatch.setattr(git, "GIT_COMMIT", "0" * 40)
    monkeypatch.setattr(debian, "download", lambda folder: make_tree(folder) and "debian")
    assert fetch.fetch(target) == "debian"


def test_git_without_the_tag(target, repository):
    repository("tag", "--delete", git.GIT_TAG)
    with pytest.raises(Unavailable, match="no tag"):
        git.clone(target)
