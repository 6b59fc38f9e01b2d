"""MicroPython's source from its git repository, pinned to a commit."""

import os
import subprocess

from . import GIT_COMMIT, GIT_TAG, Unavailable

URL = "https://github.com/micropython/micropython"
_REACH_S = 8  # a machine without a way out should get to the next source soon
_CLONE_S = 600
# What the build systems of the three ports insist on; the other submodules belong to other chips.
_SUBMODULES = ("lib/axtls", "lib/berkeley-db-1.xx", "lib/micropython-lib")


def clone(folder):
    """Clone the release tag into `folder`, which is empty, with the submodules that our ports need."""
    tags = _git(_REACH_S, "ls-remote", URL, f"refs/tags/{GIT_TAG}", f"refs/tags/{GIT_TAG}^{{}}")
    if not tags:
        raise Unavailable(f"{URL} has no tag {GIT_TAG}")
    _git(_CLONE_S, "clone", "--quiet", "--depth=1", f"--branch={GIT_TAG}", URL, str(folder))
    commit = _git(_REACH_S, "-C", str(folder), "rev-parse", "HEAD")
    if commit != GIT_COMMIT:
        raise Unavailable(f"tag {GIT_TAG} of {URL} is commit {commit}, not {GIT_COMMIT}")
    update = ("submodule", "update", "--quiet", "--init", "--depth=1", "--", *_SUBMODULES)
    _git(_CLONE_S, "-C", str(folder), *update)
    return f"git tag {GIT_TAG}, commit {commit[:12]}"


def _git(timeout, *arguments):
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(
            ["git", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=timeout,
        ).stdout.strip()
    except FileNotFoundError:
        raise Unavailable("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"no answer from {URL} within {timeout} s") from None
    except subprocess.CalledProcessError as exc:
        lines = exc.stderr.strip().splitlines() or [f"exit status {exc.returncode}"]
        raise Unavailable(lines[-1]) from None
