"""A workspace of every released format still opens with everything in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from store_workspace import EVIDENCE, payloads
from vault_place import Place

from wizard.domain import events as e
from wizard.domain.assessment import fold
from wizard.vault import migrations
from wizard.vault.unlocking import WithRecoveryKey

STORED = Path(__file__).parent / "stored"


def test_every_format_is_stored() -> None:
    assert {path.name for path in STORED.iterdir()} == {f"format-{n + 1}" for n in range(len(migrations.STEPS))}


@pytest.mark.parametrize("stored", sorted(STORED.iterdir()), ids=lambda path: path.name)
def test_a_stored_workspace_opens_whole(place: Place, stored: Path, tmp_path: Path) -> None:
    shutil.copytree(stored, place.folder)
    workspace = place.open()
    assert workspace.verify().ok
    assert not workspace.read_only
    other = Place(tmp_path / "New.attestry", place.home)
    other.create()
    expected = payloads(other)
    other.close()
    events = list(workspace.journal.events())
    assert [event.envelope.type for event in events] == [payload.TYPE for payload in expected]
    sealed = next(event.payload.evidence.sealed for event in events if isinstance(event.payload, e.EvidenceAdded))
    for event, payload in zip(events, expected, strict=True):
        if not isinstance(event.payload, e.EvidenceAdded | e.Looked):  # they name sealed files, which differ
            assert event.payload == payload
    assert workspace.box.read(sealed, len(EVIDENCE)) == EVIDENCE
    assert fold(events).events == len(expected)
    workspace.journal.append(e.CommentSet("DATA-4", "and it goes on"), questionnaire="q")
    assert workspace.verify().ok
    workspace.close()
    recovery_key = (stored / "recovery-key.txt").read_text().strip()
    place.open(WithRecoveryKey(recovery_key)).close()
