"""Fixtures of the tokeniser's tests: the twin, loaded alone, and the core compiled natively."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import native  # noqa: E402

# Long proofs run in full in `make soak`.
SOAK = os.environ.get("MODCORE_SOAK") == "1"


def load_twin():
    path = native.ROOT / "frozen" / "windup" / "pytok.py"
    spec = importlib.util.spec_from_file_location("pytok", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def twin():
    return load_twin()


@pytest.fixture(scope="session")
def core():
    return native.Native(native.build("core"))
