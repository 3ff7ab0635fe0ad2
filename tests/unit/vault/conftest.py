"""Workspaces for the vault's tests: real files, real encryption, a cheap passphrase."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from vault_place import QUESTIONNAIRE, Place, said

from wizard.vault.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Where a workspace can be made; whatever is opened there is closed afterwards."""
    it = Place(tmp_path / "Acme.attestry", tmp_path / "home")
    yield it
    it.close()


@pytest.fixture
def workspace(place: Place) -> Workspace:
    """A new, open workspace."""
    return place.create()


@pytest.fixture
def filled(workspace: Workspace) -> Workspace:
    """An open workspace with five answers, each saved by itself."""
    for number in range(5):
        workspace.journal.append(said(number, f"answer {number}"), questionnaire=QUESTIONNAIRE)
    return workspace
