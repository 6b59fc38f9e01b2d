"""Fixtures for all tests. `MODCORE_SOAK=1` runs every long proof in full; otherwise a sample with a fixed seed."""

import os
from pathlib import Path

import pytest
from host import Host


@pytest.fixture(scope="session")
def soak():
    """Whether long proofs run in full."""
    return os.environ.get("MODCORE_SOAK") == "1"


@pytest.fixture(autouse=True)
def own_folder(request, tmp_path, monkeypatch):
    """Unit tests write files where they stand."""
    if Path(request.fspath).name.startswith("unit_"):
        monkeypatch.chdir(tmp_path)


@pytest.fixture
def make_host(tmp_path):
    """Makes HOST boards (see `host.Host`) and stops them in the end."""
    hosts = []

    def make(**keywords):
        folder = tmp_path / f"host{len(hosts)}"
        folder.mkdir()
        hosts.append(Host(folder, **keywords))
        return hosts[-1]

    yield make
    for host in hosts:
        host.stop()


@pytest.fixture(scope="session")
def shared_host(tmp_path_factory):
    """One running HOST board for tests that change nothing on it."""
    host = Host(tmp_path_factory.mktemp("host")).start()
    yield host
    host.stop()
