"""One key and a few signed documents for all tests of this folder: making them is the slow part."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from document_samples import Made, make, sample, small

from wizard.document.keys import SigningKey


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return SigningKey.make("Ines Mertens", "Northwind Sync B.V.", "ines@northwindsync.example")


@pytest.fixture(scope="session")
def made(key: SigningKey) -> Made:
    return make(sample(), key)


@pytest.fixture(scope="session")
def little(key: SigningKey) -> Made:
    return make(small(), key)


def run_tool(*command: str) -> str:
    """What a named program says; where it is missing the test is skipped by name, and fails when CI is set."""
    if shutil.which(command[0]) is None:
        message = f"{command[0]} is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def tool():
    return run_tool


@pytest.fixture(scope="session")
def tool_once():
    """For a run whose answer several tests share."""
    return run_tool
