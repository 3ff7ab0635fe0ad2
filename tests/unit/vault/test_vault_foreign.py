"""Entries and evidence that others send: who has no key can neither add, nor accuse, nor raise a false alarm."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import rfc8785
from vault_place import QUESTIONNAIRE, Place, said

from wizard.domain.events import Carried
from wizard.domain.evidence import Sealed
from wizard.vault import evidence_box, foreign, journal
from wizard.vault.mistakes import NotSaved
from wizard.vault.workspace import Workspace


def altered(workspace: Workspace, signer: journal.Author | None = None, **values: Any) -> Carried:
    """The first entry with other values in its envelope, signed by `signer` or by nobody."""
    row = next(iter(workspace.journal.rows()))
    raw = rfc8785.dumps({**json.loads(row.envelope), **values})
    signature = signer.key.sign(journal.signed_bytes(journal.event_hash(raw))) if signer else bytes(64)
    return Carried(raw, signature, row.salt, row.payload)


def check(workspace: Workspace, one: Carried, keys: dict[str, bytes] | None = None) -> foreign.Checked:
    return foreign.check(workspace.journal, workspace.shared, workspace.author, [one], keys or {})


def test_without_the_key_no_entry_accuses_its_author_or_calls_this_an_older_copy(filled: Workspace) -> None:
    for values in ({"sequence": 99}, {"app": "another under the same number"}):
        with pytest.raises(foreign.Forged):
            check(filled, altered(filled, **values))


def test_with_the_key_a_fork_and_an_older_copy_are_told(place: Place, filled: Workspace) -> None:
    from wizard.vault.building import own_keys

    own = own_keys(filled.secrets).author
    with pytest.raises(foreign.OlderCopy):
        check(filled, altered(filled, own, sequence=99))
    with pytest.raises(foreign.Forked):
        check(filled, altered(filled, own, app="another under the same number"))


def test_a_stranger_and_a_time_without_a_zone_are_refused(filled: Workspace) -> None:
    other = journal.author_of(b"1" * 32)
    first = {"author": other.id, "sequence": 1, "previous": "", "parents": []}
    with pytest.raises(foreign.Stranger):
        check(filled, altered(filled, other, **first))
    with pytest.raises(foreign.UnreadableEntry):
        check(filled, altered(filled, other, **first, at="2026-01-01T00:00:00"), {other.id: other.public})
    assert len(check(filled, altered(filled, other, **first), {other.id: other.public}).events) == 1


def test_what_others_sent_is_read_back_before_it_counts(
    place: Place, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = workspace.box.seal_bytes(b"what was seen")
    other = Place(place.folder.with_name("Other.attestry"), place.home)
    theirs = other.create()
    foreign.keep(theirs.box, io.BytesIO(b"what was seen"), sealed)
    assert theirs.box.read(sealed, 100) == b"what was seen"
    monkeypatch.setattr(evidence_box, "_digest", lambda *_more: "other bytes")
    with pytest.raises(NotSaved, match="other bytes"):
        foreign.keep(theirs.box, io.BytesIO(b"x"), Sealed("ab" * 32, _sha(b"x"), "", 1))
    assert not foreign.holds(theirs.box, "ab" * 32)
    other.close()


def _sha(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def test_appending_after_entries_of_others_names_them(place: Place, filled: Workspace) -> None:
    other = journal.author_of(b"1" * 32)
    first = {"author": other.id, "sequence": 1, "previous": "", "parents": []}
    checked = check(filled, altered(filled, other, **first), {other.id: other.public})
    filled.journal.store(checked.rows, {other.id: other.public})
    [event] = filled.journal.append(said(9), questionnaire=QUESTIONNAIRE)
    assert checked.events[0].hash in event.envelope.parents
    assert filled.verify().ok
    place.close()
    assert place.open().verify().ok
