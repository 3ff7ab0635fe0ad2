"""Quickly checked, each author's newest signature proves all that they wrote, and nothing slips through by that."""

from __future__ import annotations

import json
import time

import pytest
import rfc8785
from vault_place import QUESTIONNAIRE, Place, said

from wizard.vault import verification
from wizard.vault.journal import Author, author_of, event_hash, signed_bytes
from wizard.vault.workspace import Workspace


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the entries whose signature was computed."""
    real, numbers = verification._bears_signature, list[int]()

    def bears(key: object, entry: verification._Alone) -> bool:
        numbers.append(entry.number)
        return real(key, entry)  # type: ignore[arg-type]

    monkeypatch.setattr(verification, "_bears_signature", bears)
    return numbers


def test_one_signature_of_each_author_is_computed_and_all_when_that_is_asked_for(
    place: Place, shared: Workspace, computed: list[int]
) -> None:
    quick = shared.verify(every=False)
    assert sorted(computed) == [5, 7]
    computed.clear()
    whole = shared.verify()
    assert sorted(computed) == [1, 2, 3, 4, 5, 6, 7]
    assert quick == whole
    assert quick.ok
    computed.clear()
    shared.journal.append(said(8), said(9), questionnaire=QUESTIONNAIRE)
    assert shared.verify(every=False).events == 9
    assert sorted(computed) == [7, 9]


def test_nothing_is_signed_in_an_empty_journal(place: Place, computed: list[int]) -> None:
    assert place.create().verify(every=False).ok
    assert computed == []


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
    """Five entries of this author and, as numbers 6 and 7, two of a teammate."""
    made = place.create()
    made.journal.append(*[said(n) for n in range(5)], questionnaire=QUESTIONNAIRE)
    mate = author_of(b"m" * 32)
    real, made.journal._author = made.journal._author, mate
    end = verification.replace(made.journal._end, sequence=0, previous="", parents=())
    rows = []
    for number in (6, 7):
        event, row = made.journal._make(end, said(number, "theirs"), made.journal._clock.now(None), QUESTIONNAIRE)
        end = verification.replace(end, sequence=end.sequence + 1, previous=event.hash, parents=(event.hash,))
        rows.append(row)
    made.journal._author = real
    made.journal.store(rows, {mate.id: mate.public})
    assert made.verify().ok
    return made


@pytest.mark.parametrize("number", [6, 7])
def test_an_entry_forged_by_someone_who_has_the_data_key_but_not_the_authors_is_named(
    place: Place, shared: Workspace, number: int
) -> None:
    """Also where no head is remembered that would give it away: no computer's memory is needed for this."""
    own = shared.journal._author
    place.close()
    _forge(place, number, own)
    for home in (place.home, place.home / "elsewhere"):
        found = place.open(home=home).verify(every=False)
        assert any(f"Entry {number}" in one and "signature" in one for one in found.problems), home
        place.close()


def test_an_entry_changed_under_the_entries_that_follow_it_is_named(place: Place, shared: Workspace) -> None:
    """Whoever holds its author's key made its own signature fit: that of the author's next entry covers it too."""
    mate = author_of(b"m" * 32)
    place.close()
    connection = place.database()
    envelope = json.loads(connection.execute("SELECT envelope FROM events WHERE position = 6").fetchone()[0])
    canonical = rfc8785.dumps(envelope | {"at": "2020-01-01T00:00:00Z"})
    hash_ = event_hash(canonical)
    connection.execute(
        "UPDATE events SET envelope = ?, hash = ?, signature = ? WHERE position = 6",
        (canonical, hash_, mate.key.sign(signed_bytes(hash_))),
    )
    connection.close()
    found = place.open(home=place.home / "elsewhere").verify(every=False)
    assert ["Entry 7" in one for one in found.problems] == [True]


@pytest.mark.parametrize("newest", [5, 7])
def test_a_last_signature_in_anothers_place_is_named(place: Place, shared: Workspace, newest: int) -> None:
    place.close()
    _exchange_signature(place, newest)
    [problem] = place.open().verify(every=False).problems
    assert f"Entry {newest}" in problem
    assert "signature" in problem


@pytest.mark.parametrize("earlier", [1, 3, 6])
def test_an_earlier_signature_in_anothers_place_waits_for_the_check_of_all_and_changes_no_word(
    place: Place, shared: Workspace, earlier: int, computed: list[int]
) -> None:
    place.close()
    _exchange_signature(place, earlier)
    opened = place.open()
    assert opened.verify(every=False).ok
    [problem] = opened.verify().problems
    assert f"Entry {earlier}" in problem
    assert "signature" in problem


def test_all_signatures_are_computed_when_anything_is_wrong(
    place: Place, shared: Workspace, computed: list[int]
) -> None:
    place.close()
    _exchange_signature(place, 2)
    connection = place.database()
    connection.execute("UPDATE events SET payload = x'7b7d' WHERE position = 4")
    connection.close()
    found = place.open().verify(every=False)
    assert [("Entry 2" in one, "Entry 4" in one) for one in found.problems[:2]] == [(True, False), (False, True)]
    assert sorted(computed) == [1, 2, 3, 4, 5, 6, 7]


def _exchange_signature(place: Place, number: int) -> None:
    other = 4 if number != 4 else 3
    connection = place.database()
    connection.execute(
        f"UPDATE events SET signature = (SELECT signature FROM events WHERE position = {other}) "
        f"WHERE position = {number}"
    )
    connection.close()


@pytest.mark.slow
def test_ten_thousand_entries_cost_a_third_of_their_signatures(place: Place) -> None:
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
