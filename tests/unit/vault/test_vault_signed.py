"""Signatures that were found good are not computed again, and nothing slips through by that."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rfc8785
from vault_place import QUESTIONNAIRE, Place, said

from wizard.vault import heads, verification
from wizard.vault.heads import Signed
from wizard.vault.journal import Author, author_of, event_hash, signed_bytes
from wizard.vault.workspace import Workspace


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the entries whose signature was computed."""
    real, numbers = verification._unsigned, list[int]()

    def unsigned(rows: object, public: object, known: int) -> set[int]:
        numbers.extend(row.position for row in rows if row.position > known)  # type: ignore[attr-defined]
        return real(rows, public, known)  # type: ignore[arg-type]

    monkeypatch.setattr(verification, "_unsigned", unsigned)
    return numbers


def signed_file(place: Place, workspace: Workspace) -> Path:
    return place.home / "heads" / f"{workspace.id}.signed"


def test_only_what_is_new_is_computed_and_everything_when_it_is_asked_for(
    place: Place, filled: Workspace, computed: list[int]
) -> None:
    assert filled.verify(every=False).ok
    assert sorted(computed) == [1, 2, 3, 4, 5]
    filled.journal.append(said(6), said(7), questionnaire=QUESTIONNAIRE)
    place.close()
    computed.clear()
    again = place.open()
    assert again.verify(every=False).ok
    assert sorted(computed) == [6, 7]
    computed.clear()
    quick = again.verify(every=False)
    assert computed == []
    whole = again.verify()
    assert sorted(computed) == [1, 2, 3, 4, 5, 6, 7]
    assert (quick.ok, quick.events, quick.head, quick.root) == (whole.ok, whole.events, whole.head, whole.root)


def test_all_are_computed_again_after_a_week_and_when_the_clock_was_set_back(
    place: Place, filled: Workspace, computed: list[int]
) -> None:
    known = filled.verify().signed
    assert known is not None
    for at in (
        datetime.now(UTC) - heads.SIGNED_FOR - timedelta(minutes=1),
        datetime.now(UTC) + timedelta(hours=1),
        datetime.now(UTC).replace(tzinfo=None),
    ):
        filled._heads.remember_signed(Signed(known.count, known.digest, at))
        computed.clear()
        assert filled.verify(every=False).ok
        assert len(computed) == 5, at
    # going on from what is known does not put the next time off
    assert filled.verify(every=False).ok
    first = filled._heads.signed(datetime.now(UTC))
    filled.journal.append(said(6), questionnaire=QUESTIONNAIRE)
    filled.verify(every=False)
    later = filled._heads.signed(datetime.now(UTC))
    assert first is not None
    assert later is not None
    assert (later.count, later.at) == (6, first.at)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"\0" * 300, b"[1,2,3,4,5]", b"[" * 250, b'["a",5,"b","c","\xc3\xa9"]', b"nobody", b"pipe"],
)
def test_what_is_remembered_counts_only_as_this_app_wrote_it(
    place: Place, filled: Workspace, computed: list[int], content: bytes
) -> None:
    assert filled.verify().ok
    path = signed_file(place, filled)
    path.unlink()
    if content == b"pipe":
        os.mkfifo(path)
    elif content != b"nobody":
        path.write_bytes(content)
    computed.clear()
    assert filled.verify(every=False).ok
    assert len(computed) == 5


def test_what_is_remembered_of_another_workspace_or_changed_does_not_count(
    place: Place, filled: Workspace, computed: list[int], tmp_path: Path
) -> None:
    assert filled.verify().ok
    path, good = signed_file(place, filled), signed_file(place, filled).read_bytes()
    other = Place(tmp_path / "Other.attestry", place.home)
    made = other.create()
    made.journal.append(*[said(n) for n in range(5)], questionnaire=QUESTIONNAIRE)
    assert made.verify().ok
    theirs = signed_file(other, made).read_bytes()
    other.close()
    parts = json.loads(good)
    forged = [[parts[0], 4, *parts[2:]], [*parts[:2], "0" * 64, *parts[3:]], [*parts[:3], "2020-01-01T00:00:00+00:00"]]
    for content in (theirs, *(json.dumps([*one[:4], parts[4]]).encode() for one in forged)):
        path.write_bytes(content)
        computed.clear()
        assert filled.verify(every=False).ok
        assert len(computed) == 5


def _forge(place: Place, number: int, own: Author) -> None:
    """Entry `number` says something else from now on, and all after it follow it. Whoever holds the data key can do
    this in the own author's name; `own` is whose key they hold."""
    connection = place.database()
    rows = connection.execute("SELECT position, author, envelope FROM events ORDER BY position").fetchall()
    renamed: dict[str, str] = {}
    for position, author, raw in rows:
        envelope = json.loads(raw)
        before = event_hash(raw)
        if position == number:
            envelope["at"] = "2020-01-01T00:00:00Z"
        envelope["previous"] = renamed.get(envelope["previous"], envelope["previous"])
        envelope["parents"] = [renamed.get(one, one) for one in envelope["parents"]]
        canonical = rfc8785.dumps(envelope)
        renamed[before] = event_hash(canonical)
        if renamed[before] == before:
            continue
        signature = own.key.sign(signed_bytes(renamed[before])) if author == own.id else b"\1" * 64
        connection.execute(
            "UPDATE events SET envelope = ?, hash = ?, signature = ? WHERE position = ?",
            (canonical, renamed[before], signature, position),
        )
    connection.close()


@pytest.fixture
def shared(place: Place) -> Workspace:
    """Five entries of this author and, as number 6, one of a teammate."""
    made = place.create()
    made.journal.append(*[said(n) for n in range(5)], questionnaire=QUESTIONNAIRE)
    mate = author_of(b"m" * 32)
    real, made.journal._author = made.journal._author, mate
    end = made.journal._end
    theirs = verification.replace(end, sequence=0, previous="", parents=())
    _event, row = made.journal._make(theirs, said(9, "theirs"), made.journal._clock.now(None), QUESTIONNAIRE)
    made.journal._author = real
    made.journal.store([row], {mate.id: mate.public})
    assert made.verify().ok
    return made


def test_an_entry_forged_by_someone_who_has_the_data_key_but_not_the_authors_is_named(
    place: Place, shared: Workspace
) -> None:
    own, kept = shared.journal._author, signed_file(place, shared)
    place.close()
    _forge(place, 6, own)
    for name in ("nothing else", "signatures only"):
        home = place.home if name == "nothing else" else place.home / "elsewhere"
        if name == "signatures only":  # the head that is remembered would give it away: it is gone
            (home / "heads").mkdir(parents=True)
            shutil.copy(kept, home / "heads")
        found = place.open(home=home).verify(every=False)
        assert any("Entry 6" in one and "signature" in one for one in found.problems), name
        place.close()


def test_a_signature_put_in_anothers_place_is_named(place: Place, shared: Workspace) -> None:
    place.close()
    connection = place.database()
    connection.execute(
        "UPDATE events SET signature = (SELECT signature FROM events WHERE position = 2) WHERE position = 3"
    )
    connection.close()
    found = place.open().verify(every=False)
    assert [one for one in found.problems if "Entry 3" in one]
    assert not [one for one in found.problems if "Entry 2" in one]


def test_whoever_writes_in_the_data_folder_with_the_data_key_is_found_by_the_check_of_all(
    place: Place, shared: Workspace
) -> None:
    """The one who could forge what is remembered too: a program of the same user, which no claim covers."""
    own, remembers, id_ = shared.journal._author, shared._heads, shared.id
    place.close()
    _forge(place, 6, own)
    opened = place.open(home=place.home / "elsewhere")
    found = opened.verify()
    assert not found.ok
    assert found.signed is not None
    remembers._path = place.home / "elsewhere" / "heads" / f"{id_}.json"
    remembers.remember_signed(Signed(found.signed.count, found.signed.digest, datetime.now(UTC)))
    assert opened.verify(every=False).ok, "what is remembered was forged with its key"
    assert not opened.verify().ok
    remembers.remember_signed(Signed(found.signed.count, found.signed.digest, datetime.now(UTC) - timedelta(days=8)))
    assert not opened.verify(every=False).ok


def test_a_damaged_journal_is_never_remembered_as_good(place: Place, shared: Workspace) -> None:
    kept = signed_file(place, shared)
    place.close()
    _forge(place, 6, author_of(b"x" * 32))
    kept.unlink()
    assert not place.open().verify().ok
    assert not kept.exists()


@pytest.mark.slow
def test_ten_thousand_entries_that_are_known_cost_a_third_of_their_signatures(place: Place) -> None:
    made = place.create()
    made.journal.append(*[said(n, str(n)) for n in range(10_000)], questionnaire="q")
    begun = time.process_time()
    assert made.verify().ok
    whole = time.process_time() - begun
    begun = time.process_time()
    assert made.verify(every=False).ok
    assert time.process_time() - begun < whole / 2


@pytest.mark.parametrize(("field", "value"), [("sequence", 77), ("previous", ""), ("previous", "ab" * 32)])
def test_an_entry_that_its_own_author_signed_out_of_line_is_named(
    place: Place, filled: Workspace, field: str, value: object
) -> None:
    """With the author's own key everything else fits: only the author's chain can tell."""
    own = filled.journal._author
    place.close()
    connection = place.database()
    envelope = json.loads(connection.execute("SELECT envelope FROM events WHERE position = 5").fetchone()[0])
    canonical = rfc8785.dumps(envelope | {field: value})
    hash_ = event_hash(canonical)
    connection.execute(
        "UPDATE events SET envelope = ?, hash = ?, signature = ?, sequence = ? WHERE position = 5",
        (canonical, hash_, own.key.sign(signed_bytes(hash_)), json.loads(canonical)["sequence"]),
    )
    connection.close()
    [problem] = place.open(home=place.home / "elsewhere").verify().problems
    assert "Entry 5" in problem
    assert "follow its author" in problem
