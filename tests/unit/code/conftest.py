"""The engine, compiled once for all tests, and repositories made on the spot."""

from __future__ import annotations

import os
import random
import string
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wizard.checks.code.engine import Kingfisher
from wizard.checks.code.leak import Masker
from wizard.checks.code.scan import SecretScan, scan_secrets

NOW = datetime(2026, 11, 1, tzinfo=UTC)

#: Secrets are put together at run time, so that no text that looks like one stands in this repository.
_CHARACTERS = string.ascii_letters + string.digits


@pytest.fixture(scope="session")
def rules_home(request: pytest.FixtureRequest) -> Path:
    return Path(request.config.cache.mkdir("attestry-home"))  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def engine(rules_home: Path) -> Kingfisher:
    return Kingfisher(rules_home / "data" / "secret-rules")


@pytest.fixture
def scan(engine: Kingfisher) -> Callable[..., SecretScan]:
    def run(root: Path, **options: object) -> SecretScan:
        return scan_secrets(root, engine, Masker(b"k" * 32), NOW, **options)  # type: ignore[arg-type]

    return run


@pytest.fixture
def token() -> Callable[[], str]:
    """A fresh personal access token of a well-known provider, made up."""
    made = random.Random(7)

    def make() -> str:
        return "gh" + "p_" + "".join(made.choices(_CHARACTERS, k=36))

    return make


class Repository:
    """A repository on disk, driven by git with a fixed author."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, stdin: bytes = b"") -> str:
        who = {f"GIT_{r}_{w}": v for r in ("AUTHOR", "COMMITTER") for w, v in (("NAME", "A"), ("EMAIL", "a@b.invalid"))}
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root), "GIT_CONFIG_NOSYSTEM": "1"} | who
        done = subprocess.run(
            ["git", "-C", str(self.root), *words], input=stdin, capture_output=True, env=environment, check=True
        )
        return done.stdout.decode().strip()

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def commit(self, message: str = "work") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")
