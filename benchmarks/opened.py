"""A workspace for a benchmark: its passphrase is stretched cheaply, because that is not what is measured."""

from __future__ import annotations

from pathlib import Path

from wizard.domain.events import AssessmentDescribed
from wizard.session import opening
from wizard.session.session import Session
from wizard.session.settings import Preferences
from wizard.vault.keys import Cost


def workspace(folder: Path, preferences: Preferences) -> Session:
    """A new workspace in `folder`."""
    return opening.create(
        folder / "n.attestry",
        preferences,
        passphrase="correct horse battery staple",
        remember=False,
        described=AssessmentDescribed("N", "I"),
        floor=Cost(memory_kib=64, iterations=1, lanes=1),
    ).session
