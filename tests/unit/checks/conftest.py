"""What the tests of the live checks share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import certs
from wizard.checks.looks.ground import _trusting


@pytest.fixture
def public_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The root of the tests is the public one."""
    monkeypatch.setattr("certifi.where", lambda: str(certs.root_file()))
    _trusting.cache_clear()
    yield
    _trusting.cache_clear()
