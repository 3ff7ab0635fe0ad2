"""One key and a few signed documents for all tests of this folder: making them is the slow part."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

import pytest
from document_samples import for_key, sample, small

from wizard.document.build import build
from wizard.document.keys import SigningKey
from wizard.document.sign import sign
from wizard.domain.attestation import Attestation


@dataclass(frozen=True)
class Made:
    attestation: Attestation
    unsigned: bytes
    pdf: bytes
    key: SigningKey


def make(attestation: Attestation, key: SigningKey) -> Made:
    attestation = for_key(attestation, key)
    unsigned = build(attestation)
    return Made(attestation, unsigned, sign(unsigned, key, attestation), key)


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return SigningKey.make("Ines Mertens", "Northwind Sync B.V.", "ines@northwindsync.example")


@pytest.fixture(scope="session")
def made(key: SigningKey) -> Made:
    return make(sample(), key)


@pytest.fixture(scope="session")
def little(key: SigningKey) -> Made:
    return make(small(), key)


@pytest.fixture
def tool():
    """Runs a named tool; where it is missing the test is skipped by name, and fails when CI is set."""

    def run(*command: str) -> str:
        if shutil.which(command[0]) is None:
            message = f"{command[0]} is not installed"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    return run
