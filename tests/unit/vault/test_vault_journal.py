"""The journal: durable, chained, signed; whatever is changed in it is named."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vault_place import PASSPHRASE, QUESTIONNAIRE, Kept, Place, keyring_of, said, texts

from wizard.domain.codec import to_json
from wizard.domain.events import (
    COMMITMENT_PREFIX,
    PREFIX,
    SIGNATURE_PREFIX,
    AssessmentStarted,
    ClockJumped,
    CommentSet,
    Unknown,
    payload_json,
)
from wizard.vault import mistakes
from wizard.vault.clock import Clock
from wizard.vault.journal import commitment
from wizard.vault.unlocking import WithPassphrase
from wizard.vault.workspace import Workspace


def test_every_envelope_is_what_the_contract_says(filled: Workspace, place: Place) -> None:
    events = list(filled.journal.events())
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(filled.author_public))
    assert hashlib.sha256(bytes.fromhex(filled.author_public)).hexdigest() == filled.author
    previous = ""
    for number, event in enumerate(events, 1):
        envelope = event.envelope
        canonical = rfc8785.dumps(to_json(envelope))
        assert event.hash == hashlib.sha256(PREFIX + canonical).hexdigest()
        public.verify(event.signature, SIGNATURE_PREFIX + bytes.fromhex(event.hash))
        content = rfc8785.dumps(payload_json(event.payload))
        assert envelope.commitment == hashlib.sha256(COMMITMENT_PREFIX + event.salt + content).hexdigest()
        assert len(event.salt) == 16
        assert (envelope.v, envelope.workspace, envelope.author) == (1, filled.id, filled.author)
        assert (envelope.sequence, envelope.previous) == (number, previous)
        assert envelope.parents == ((previous,) if previous else ())
        assert (envelope.type, envelope.version) == ("answer-given", 1)
        assert envelope.subject == event.payload.subject
        assert envelope.questionnaire == QUESTIONNAIRE
        assert abs(datetime.now(UTC) - envelope.at) < timedelta(minutes=1)
        previous = event.hash
    assert len({event.salt for event in events}) == 5
    assert [event.envelope.monotonic for event in events] == sorted(event.envelope.monotonic for event in events)
    assert (filled.journal.count, filled.journal.head) == (5, previous)


def test_what_append_returns_is_what_is_read_back(workspace: Workspace) -> None:
    payloads = (
        AssessmentStarted("apollo-marketplace", "2025.1", "d" * 64, demonstration=True),
        CommentSet("DATA-4", "Ünïcode \u202e and\nlines\0"),
        Unknown("from-the-future", 3, {"a": [1, 2.5, None, True, {"b": "c"}]}),
        said(1, ""),
    )
    assert list(workspace.journal.append(*payloads, questionnaire="q")) == list(workspace.journal.events())
    assert [event.payload for event in workspace.journal.events()] == list(payloads)
    assert [event.payload for event in workspace.journal.events(after=2)] == list(payloads[2:])
    assert list(workspace.journal.events(after=4)) == []
    assert workspace.journal.append(questionnaire="q") == ()
    assert workspace.verify().ok


def test_broken_characters_come_back_from_append_as_they_are_stored(workspace: Workspace) -> None:
    [event] = workspace.journal.append(said(1, "a\ud800b"), questionnaire="q")
    assert event.payload == said(1, "a\ufffdb")
    assert list(workspace.journal.events()) == [event]


@pytest.mark.slow
def test_reading_in_chunks_loses_nothing_and_never_keeps_the_writer_waiting(workspace: Workspace) -> None:
    workspace.journal.append(*[said(n, str(n)) for n in range(4001)], questionnaire="q")
    reading = workspace.journal.events()
    first = next(reading)
    workspace.journal.append(said(1, "meanwhile"), questionnaire="q")
    assert [first, *reading][-1].payload == said(1, "meanwhile")
    assert texts(workspace)[:-1] == [str(n) for n in range(4001)]


def test_text_that_has_no_exact_form_is_refused_whole(workspace: Workspace) -> None:
    for bad in (Unknown("x", 1, "\ud800"), Unknown("x", 1, {"n": 2**60}), Unknown("x", 1, {"n": float("nan")})):
        with pytest.raises(mistakes.CannotRecord):
            workspace.journal.append(said(1), bad, questionnaire="q")
    assert list(workspace.journal.events()) == []
    workspace.journal.append(said(1), questionnaire="q")
    assert workspace.verify().ok


def test_many_threads_append_and_read_at_once(workspace: Workspace) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                workspace.journal.append(said(number, f"{number}.{turn}"), questionnaire="q")
                list(workspace.journal.events())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(texts(workspace)) == 60
    assert workspace.verify().ok


# --- whatever is changed is named ------------------------------------------------------------------------------------


def tampered(place: Place, *statements: str) -> Workspace:
    place.close()
    connection = place.database()
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return place.open(home=place.home / "elsewhere")  # as on a computer that remembers nothing of it


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE events SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE position = 3", "Entry 3"),
        ("UPDATE events SET hash = substr(hash, 2) || 'a' WHERE position = 3", "Entry 3"),
        ("UPDATE events SET hash = X'00' WHERE position = 3", "Entry 3"),
        ("UPDATE events SET author = 'someone' WHERE position = 3", "Entry 3"),
        ("UPDATE events SET author = X'00' WHERE position = 3", "Entry 3"),
        ("UPDATE events SET sequence = 'three' WHERE position = 3", "Entry 3"),
        ("UPDATE events SET envelope = 'text' WHERE position = 3", "Entry 3"),
        ("UPDATE events SET envelope = CAST('[]' AS BLOB) WHERE position = 3", "Entry 3"),
        ("UPDATE authors SET public = 'text'", "Entry 1"),
        ("UPDATE events SET sequence = 77 WHERE position = 3", "Entry 3"),
        ("UPDATE events SET envelope = CAST(replace(CAST(envelope AS TEXT), 'question-2', 'question-9') AS BLOB)"
         " WHERE position = 3", "Entry 3"),
        ("UPDATE events SET envelope = X'' WHERE position = 3", "Entry 3"),
        ("UPDATE events SET signature = zeroblob(64) WHERE position = 3", "Entry 3"),
        ("UPDATE events SET signature = (SELECT signature FROM events WHERE position = 2) WHERE position = 3",
         "Entry 3"),
        ("UPDATE events SET salt = zeroblob(16) WHERE position = 3", "Entry 3"),
        ("UPDATE events SET salt = 'sixteen letters!' WHERE position = 3", "Entry 3"),
        ("UPDATE events SET payload = CAST(replace(CAST(payload AS TEXT), 'answer 2', 'answer 9') AS BLOB)"
         " WHERE position = 3", "Entry 3"),
        ("UPDATE events SET payload = 5 WHERE position = 3", "Entry 3"),
        ("UPDATE events SET position = 33 WHERE position = 5", "Between entries 4 and 33"),
        ("DELETE FROM events WHERE position = 3", "Between entries 2 and 4"),
        ("DELETE FROM events WHERE position = 1", "Between entries 0 and 2"),
        ("UPDATE authors SET public = zeroblob(32)", "Entry 1"),
        ("DELETE FROM authors", "Entry 1"),
    ],
)  # fmt: skip
def test_every_column_is_guarded(place: Place, filled: Workspace, statement: str, named: str) -> None:
    assert filled.verify().ok
    found = tampered(place, statement)
    # a signature that is not its author's newest changes no word, and waits for the check of all
    for every in (True,) if "SET signature" in statement else (True, False):
        result = found.verify(every=every)
        assert not result.ok
        assert named in result.problems[0]


def test_the_last_entry_taken_away_is_noticed_where_the_head_is_remembered(place: Place, filled: Workspace) -> None:
    assert tampered(place, "DELETE FROM events WHERE position = 5").verify().ok  # a chain by itself cannot tell
    place.close()
    known = place.open()
    assert "knows of 5 entries, and this copy has 4" in known.verify().problems[0]


def test_reordered_and_duplicated_entries_are_named(place: Place, filled: Workspace) -> None:
    swapped = tampered(
        place,
        "UPDATE events SET position = 100 WHERE position = 2",
        "UPDATE events SET position = 2 WHERE position = 3",
        "UPDATE events SET position = 3 WHERE position = 100",
    )
    assert "Entry 2" in swapped.verify().problems[0]
    place.close()
    connection = place.database()
    with pytest.raises(Exception, match="UNIQUE"):
        connection.execute(
            "INSERT INTO events SELECT 6, hash, author, sequence, envelope, signature, salt, payload FROM events"
            " WHERE position = 4"
        )
    # a copy that got around the table's own rules
    connection.execute("CREATE TABLE loose AS SELECT * FROM events ORDER BY position")
    connection.execute("INSERT INTO loose SELECT 6, hash, author, sequence, envelope, signature, salt, payload"
                       " FROM loose WHERE position = 4")  # fmt: skip
    connection.execute("DROP TABLE events")
    connection.execute("ALTER TABLE loose RENAME TO events")
    connection.close()
    assert any("Entry 6" in problem for problem in place.open(home=place.home / "b").verify().problems)


def test_a_history_forged_with_another_key_is_not_taken(place: Place, filled: Workspace) -> None:
    place.close()
    connection = place.database()
    row = connection.execute("SELECT envelope FROM events WHERE position = 5").fetchone()
    envelope = json.loads(row[0]) | {"at": "2020-01-01T00:00:00Z"}
    canonical = rfc8785.dumps(envelope)
    forged = hashlib.sha256(PREFIX + canonical).hexdigest()
    signature = Ed25519PrivateKey.generate().sign(SIGNATURE_PREFIX + bytes.fromhex(forged))
    connection.execute(
        "UPDATE events SET envelope = ?, hash = ?, signature = ? WHERE position = 5", (canonical, forged, signature)
    )
    connection.close()
    found = place.open(home=place.home / "elsewhere").verify()
    assert "Entry 5" in found.problems[0]
    assert "signature" in found.problems[0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_page_of_the_file_can_be_altered_unseen(place: Place, data: st.DataObject) -> None:
    if not place.folder.exists():
        made = place.create()
        made.journal.append(*[said(n, "x" * 300) for n in range(40)], questionnaire="q")
        place.close()
        shutil.copy(place.journal, place.folder.parent / "good.db")
    good = (place.folder.parent / "good.db").read_bytes()
    position = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[position] ^= 1 << data.draw(st.integers(0, 7))
    place.journal.write_bytes(bad)
    try:
        assert not place.open().verify().ok
    except mistakes.DamagedJournal:
        pass
    finally:
        place.close()
        place.journal.write_bytes(good)


@pytest.mark.slow
def test_ten_thousand_entries_verify_within_a_second_and_any_one_that_changed_is_named(place: Place) -> None:
    made = place.create()
    made.journal.append(*[said(n, str(n)) for n in range(10_000)], questionnaire="q")
    heard: list[tuple[int, int]] = []
    begun = time.process_time(), time.perf_counter()
    assert made.verify(lambda done, total: heard.append((done, total))).ok
    took = min(time.process_time() - begun[0], time.perf_counter() - begun[1])
    # a second on a quiet machine; on a busy one, as much as bare signatures of so many entries cost there
    key, begun_bare = Ed25519PrivateKey.generate(), time.process_time()
    signature, public = key.sign(b"x" * 60), key.public_key()
    for _n in range(10_000):
        public.verify(signature, b"x" * 60)
    assert took < max(2.0, 3 * (time.process_time() - begun_bare))
    assert heard[-1] == (10_000, 10_000)
    for number in (1, 4_711, 10_000):
        changed = tampered(place, f"UPDATE events SET salt = zeroblob(16) WHERE position = {number}")
        found = changed.verify()
        assert any(f"Entry {number} " in problem for problem in found.problems)


# --- an older copy put back ------------------------------------------------------------------------------------------


def test_an_older_copy_of_the_whole_file_is_reported_and_only_read_until_it_is_accepted(place: Place) -> None:
    made = place.create()
    made.journal.append(said(1, "first"), questionnaire="q")
    made.close()
    shutil.copy(place.journal, place.folder.parent / "old.db")
    made = place.open()
    made.journal.append(said(2, "second"), questionnaire="q")
    made.close()
    shutil.copy(place.folder.parent / "old.db", place.journal)

    old = place.open()
    assert old.read_only
    assert "older copy" in old.read_only_because
    with pytest.raises(mistakes.ReadOnly):
        old.journal.append(said(3), questionnaire="q")
    with pytest.raises(mistakes.ReadOnly):
        old.box.seal_bytes(b"x")
    with pytest.raises(mistakes.ReadOnly):
        old.secrets.put("a", b"x")
    found = old.verify()
    assert not found.ok
    assert "knows of 2 entries, and this copy has 1" in found.problems[0]
    old.close()

    old = place.open()  # opening again does not forget it
    assert old.read_only
    old.accept_as_it_is()
    assert not old.read_only
    old.journal.append(said(3, "third"), questionnaire="q")
    assert old.verify().ok
    old.close()
    assert texts(place.open()) == ["first", "third"]


def test_one_older_page_put_back_is_reported(place: Place) -> None:
    made = place.create()
    for n in range(30):
        made.journal.append(said(n, "old " + "x" * 200), questionnaire="q")
    made.close()
    old = place.journal.read_bytes()
    made = place.open()
    made.journal.append(said(99, "the newest answer"), questionnaire="q")
    made.close()
    new = place.journal.read_bytes()
    changed = [at for at in range(0, min(len(old), len(new)), 4096) if old[at : at + 4096] != new[at : at + 4096]]
    assert changed
    for at in changed:
        mixed = new[:at] + old[at : at + 4096] + new[at + 4096 :]
        if mixed == old:
            continue
        place.journal.write_bytes(mixed)
        try:
            opened = place.open()
            result = opened.verify()
            assert not result.ok or texts(opened)[-1] == "the newest answer"
        except mistakes.DamagedJournal:
            continue
        finally:
            place.close()


def test_another_history_of_the_same_length_is_reported(place: Place) -> None:
    place.create().close()
    shutil.copy(place.journal, place.folder.parent / "old.db")
    made = place.open()
    made.journal.append(said(1, "what was said"), questionnaire="q")
    made.close()
    shutil.copy(place.folder.parent / "old.db", place.journal)
    elsewhere = place.open(home=place.home / "elsewhere")
    elsewhere.journal.append(said(1, "what was not said"), questionnaire="q")
    elsewhere.close()
    found = place.open()
    assert found.read_only
    assert "entry 1 differs" in found.verify().problems[0]


def test_the_keyring_remembers_when_the_side_file_is_gone(place: Place) -> None:
    keyring = keyring_of(Kept())
    made = place.create(remember=True, keyring=keyring)
    made.journal.append(said(1), questionnaire="q")
    made.close()
    shutil.copy(place.journal, place.folder.parent / "old.db")
    made = place.open(keyring=keyring)
    made.journal.append(said(2), questionnaire="q")
    made.close()
    shutil.copy(place.folder.parent / "old.db", place.journal)
    shutil.rmtree(place.home)
    found = place.open(keyring=keyring)
    assert found.read_only
    assert "keyring" in found.verify().problems[0]


@pytest.mark.parametrize(
    "content", [b"{}", b"[1]", b"x\0", b"[" * 5000, b'["w", 1, "x", 1, "00"]', b'[1,2,3,4,"\\ud800"]']
)
def test_a_side_file_that_is_not_ours_is_reported(place: Place, filled: Workspace, content: bytes) -> None:
    place.close()
    [side] = (place.home / "heads").iterdir()
    side.write_bytes(content)
    found = place.open()
    assert found.read_only
    assert "changed by something else" in found.verify().problems[0]


def test_the_root_over_all_entries_is_the_one_of_rfc_6962(filled: Workspace) -> None:
    def root(leaves: list[bytes]) -> bytes:  # the definition, as it stands there
        if len(leaves) == 1:
            return hashlib.sha256(b"\0" + leaves[0]).digest()
        half = 1
        while half * 2 < len(leaves):
            half *= 2
        return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()

    leaves = []
    for number in range(5, 12):
        leaves = [bytes.fromhex(event.hash) for event in filled.journal.events()]
        assert filled.verify().root == root(leaves).hex()
        filled.journal.append(said(number), questionnaire="q")


def test_a_side_file_of_which_a_power_cut_left_a_part_raises_no_false_alarm(place: Place, filled: Workspace) -> None:
    place.close()
    [side] = (place.home / "heads").iterdir()
    whole = side.read_bytes()
    for part in (b"", b"\0" * 512, whole[:256], whole[:256] + b"\0" * 256, b"\0" * 256 + whole[256:]):
        side.write_bytes(part)
        assert place.open().verify().ok
        place.close()


def test_a_side_file_of_an_earlier_moment_raises_no_false_alarm(place: Place, filled: Workspace) -> None:
    [side] = (place.home / "heads").iterdir()
    earlier = side.read_bytes()
    filled.journal.append(said(9), questionnaire="q")
    place.close()
    side.write_bytes(earlier)
    assert place.open().verify().ok


def test_a_first_opening_on_this_computer_says_that_it_remembers_nothing(place: Place, filled: Workspace) -> None:
    assert filled.verify().notes == ()
    place.close()
    found = place.open(home=place.home / "elsewhere").verify()
    assert found.ok
    assert "had not seen this workspace" in found.notes[0]


def test_a_home_that_cannot_be_written_never_stops_an_answer(place: Place, workspace: Workspace) -> None:
    shutil.rmtree(place.home / "heads")
    (place.home / "heads").write_bytes(b"in the way")
    workspace.journal.append(said(1, "kept"), questionnaire="q")
    assert texts(workspace) == ["kept"]
    assert any("could not note" in note for note in workspace.verify().notes)


def test_an_older_key_file_put_back_is_reported(place: Place) -> None:
    made = place.create()
    before = (place.folder / "open.attestry").read_bytes()
    made.change_passphrase("another good passphrase", WithPassphrase(PASSPHRASE))
    made.close()
    (place.folder / "open.attestry").write_bytes(before)
    found = place.open()
    assert "open.attestry is an older copy" in found.verify().problems[0]


# --- clocks ----------------------------------------------------------------------------------------------------------


class Clocks:
    """Two clocks that a test sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
        self.steady = 10**18

    def clock(self) -> Clock:
        return Clock(lambda: self.at, lambda: self.steady)

    def passes(self, seconds: float, *, claimed: float | None = None) -> None:
        self.steady += int(seconds * 1e9)
        self.at += timedelta(seconds=seconds if claimed is None else claimed)


@pytest.mark.parametrize("jump", [3600, -3600, 301, -301, 315_360_000, -315_360_000])
def test_a_clock_that_jumps_is_recorded_and_the_order_stays(place: Place, jump: int) -> None:
    clocks = Clocks()
    made = place.create(clock=clocks.clock())
    made.journal.append(said(1), questionnaire="q")
    clocks.passes(600)
    assert [e.payload for e in made.journal.append(said(2), questionnaire="q")] == [said(2)]
    clocks.passes(60, claimed=60 + jump)
    assert [e.payload for e in made.journal.append(said(3), questionnaire="q")] == [ClockJumped(jump), said(3)]
    clocks.passes(60)
    assert [e.payload for e in made.journal.append(said(4), questionnaire="q")] == [said(4)]
    assert [e.envelope.sequence for e in made.journal.events()] == [1, 2, 3, 4, 5]
    assert made.verify().ok


@pytest.mark.parametrize("year", [1970, 1900, 2038, 2106, 9998])
def test_a_clock_of_another_age_keeps_order_and_chain(place: Place, year: int) -> None:
    clocks = Clocks()
    made = place.create(clock=clocks.clock())
    made.journal.append(said(1), questionnaire="q")
    now, clocks.at = clocks.at, clocks.at.replace(year=year, month=1, day=19)
    clocks.steady += 10**9
    assert isinstance(made.journal.append(said(2), questionnaire="q")[0].payload, ClockJumped)
    clocks.at = now
    clocks.steady += 10**9
    assert isinstance(made.journal.append(said(3), questionnaire="q")[0].payload, ClockJumped)
    made.back_up()
    assert made.verify().ok
    made.close()
    again = place.open(clock=clocks.clock())
    assert texts(again) == ["yes", "yes", "yes"]
    assert [event.envelope.sequence for event in again.journal.events()] == [1, 2, 3, 4, 5]
    assert again.verify().ok
    assert not again.read_only


def test_the_hour_that_summer_time_takes_or_gives_is_no_jump(place: Place) -> None:
    clocks = Clocks()
    made = place.create(clock=clocks.clock())
    made.journal.append(said(1), questionnaire="q")
    # the moment before and after, as two systems of one zone spell it: the zone changed, the time did not
    clocks.at = clocks.at.astimezone(timezone(timedelta(hours=1)))
    clocks.passes(120)
    clocks.at = clocks.at.astimezone(timezone(timedelta(hours=2)))
    [event] = made.journal.append(said(2), questionnaire="q")
    assert event.payload == said(2)
    assert [event.envelope.at.utcoffset() for event in made.journal.events()] == [timedelta(0)] * 2


def test_an_answer_that_was_taken_out_cannot_be_guessed_from_what_stays(filled: Workspace) -> None:
    [event] = filled.journal.append(said(9, "yes"), questionnaire="q")
    guesses = [rfc8785.dumps(payload_json(said(9, guess))) for guess in ("yes", "no")]
    assert commitment(event.salt, guesses[0]) == event.envelope.commitment
    # a reviewer who gets the envelope without salt and payload has 2^128 salts to try for each of the two
    for salt in (b"", bytes(16), event.envelope.commitment.encode()[:16], *(os.urandom(16) for _n in range(1000))):
        assert not {commitment(salt, guess) for guess in guesses} & {event.envelope.commitment}
    again = filled.journal.append(said(9, "yes"), questionnaire="q")[-1]
    assert again.salt != event.salt
    assert again.envelope.commitment != event.envelope.commitment


def test_small_steps_and_a_day_of_sleep_are_no_jump(place: Place) -> None:
    clocks = Clocks()
    made = place.create(clock=clocks.clock())
    made.journal.append(said(1), questionnaire="q")
    clocks.passes(1, claimed=1 + 290)
    clocks.passes(86_400)
    assert [e.payload for e in made.journal.append(said(2), questionnaire="q")] == [said(2)]
    clocks.passes(1, claimed=1 + 290)  # but steps add up
    assert [e.payload for e in made.journal.append(said(3), questionnaire="q")] == [ClockJumped(580), said(3)]


def test_a_clock_set_back_while_the_workspace_was_closed_is_recorded(place: Place) -> None:
    clocks = Clocks()
    made = place.create(clock=clocks.clock())
    made.journal.append(said(1), questionnaire="q")
    made.close()
    clocks.passes(0, claimed=-7200)
    again = place.open(clock=clocks.clock())
    assert [e.payload for e in again.journal.append(said(2), questionnaire="q")] == [ClockJumped(-7200), said(2)]
    assert [e.payload for e in again.journal.append(said(3), questionnaire="q")] == [said(3)]


def test_months_of_uptime_still_fit_an_exact_number(place: Place) -> None:
    clocks = Clocks()
    made = place.create(clock=clocks.clock())
    [first] = made.journal.append(said(1), questionnaire="q")
    clocks.passes(200 * 86_400)
    [second] = made.journal.append(said(2), questionnaire="q")
    assert second.envelope.boot != first.envelope.boot
    assert 0 <= second.envelope.monotonic < 2**53


def test_nothing_said_is_in_the_clear_or_in_a_log(
    place: Place, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    canary = "CANARY-7f3a"
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "sqlalchemy.engine")
    made = place.create()
    made.journal.append(said(1, canary), questionnaire="q")
    made.secrets.put("token", canary.encode())
    made.box.seal_bytes(canary.encode())
    with pytest.raises(mistakes.NotSaved) as refused, made._database.write() as connection:
        connection.exec_driver_sql("INSERT INTO events VALUES (1, ?, 1, 1, 1, 1, 1, 1)", (canary,))
    assert "INSERT INTO" not in caplog.text
    assert "writer.lock" in caplog.text, "nothing was heard at all"
    error: Any = refused.value
    while error is not None:
        assert canary not in repr(error)
        assert canary not in str(error)
        error = None if error.__suppress_context__ else (error.__cause__ or error.__context__)
    place.close()
    with pytest.raises(mistakes.WrongPassphrase) as wrong:
        place.open(WithPassphrase(canary))
    assert canary not in repr(wrong.value)
    assert canary not in caplog.text
    assert canary not in "".join(capfd.readouterr())
    spellings = [canary.encode(), canary.encode("utf-16-le"), canary.encode().hex().encode()]
    for path in [*place.folder.rglob("*"), *place.home.rglob("*")]:
        if path.is_file():
            assert not any(spelling in path.read_bytes() for spelling in spellings), Path(path).name
