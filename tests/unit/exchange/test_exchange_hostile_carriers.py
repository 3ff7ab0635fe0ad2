"""Whoever may write where packets lie puts others' in wrong places, old ones back, and numbers that end all numbers."""

import shutil

import pytest

from tests.properties.exchange_meetings import met
from tests.properties.exchange_replicas import NOW
from tests.unit.exchange.test_exchange_reply import question_of
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.evidence import Evidence, Sealed
from wizard.domain.members import Member, Role
from wizard.domain.vulnerability import Note, ReportSummary
from wizard.exchange import packet
from wizard.exchange.carrier import Unreachable
from wizard.exchange.folder import FolderCarrier
from wizard.session.deeds import exchanging, sharing
from wizard.vault import foreign
from wizard.vault.mistakes import Cancelled


@pytest.fixture
def places(first, shared):
    """`places(editor)` is the folder where that editor leaves packets."""
    return lambda editor: shared / f"attestry-{first.session.workspace.shared}" / editor.session.workspace.author


def test_a_packet_in_anothers_place_is_not_taken(first, join, places):
    ada, bob = join("Ada"), join("Bob")
    for editor in (first, ada, bob):
        editor.exchange()
    ask = question_of(first.session, "AUTH-1").id
    ada.says(ask, "no")
    ada.exchange()
    newest = max(places(ada).iterdir())
    newest.rename(places(bob) / "00000077.attestry-bundle")
    notes = first.exchange().notes
    assert any("Packet 77 of Bob" in note and "somebody else" in note for note in notes)
    assert ask not in first.session.assessment.answers
    (places(bob) / "00000077.attestry-bundle").rename(newest)
    first.exchange()
    assert first.session.assessment.answers[ask].value == "no"


def test_an_old_packet_put_in_the_place_of_a_new_one_hides_it_only_until_it_is_back(first, join, places, tmp_path):
    ada = join("Ada")
    for editor in (first, ada, first):
        editor.exchange()
    ask, day = question_of(first.session, "AUTH-1").id, question_of(first.session, "PROG-1", "date").id
    old = max(places(ada).iterdir())
    ada.says(ask, "no")
    ada.exchange()
    real = max(places(ada).iterdir())
    assert real != old
    kept = shutil.copy(real, tmp_path / "kept")
    shutil.copy(old, real)
    first.exchange()
    ada.says(day, "2027-01-01")
    ada.exchange()
    assert any("withheld" in note for note in first.exchange().notes)
    assert ask not in first.session.assessment.answers
    shutil.copy(kept, real)
    first.exchange()
    assert first.session.assessment.answers[ask].value == "no"
    assert first.exchange().notes == ()


def test_the_last_number_taken_in_someones_name_does_not_silence_them(first, join, places):
    ada = join("Ada")
    for editor in (first, ada):
        editor.exchange()
    (places(ada) / "99999999.attestry-bundle").write_bytes(b"age-encryption.org/v1\njunk")
    ask = question_of(first.session, "AUTH-1").id
    ada.says(ask, "no")
    ada.exchange()
    first.exchange()
    assert first.session.assessment.answers[ask].value == "no"


def test_places_of_people_who_do_not_take_part_are_not_looked_at(first, join, places, shared):
    """Whoever may write there can put any number of packets in them. A new member's are, once the lead added them."""
    ada = join("Ada")
    first.exchange()
    stranger = places(first).with_name("ab" * 32)
    stranger.mkdir()
    for number in range(1, 30):
        (stranger / f"{number:08d}.attestry-bundle").write_bytes(b"junk")
    bob = join("Bob")
    ask = question_of(first.session, "AUTH-1").id
    bob.says(ask, "no")
    bob.exchange()
    first.exchange()
    fetched = []

    class Watching(FolderCarrier):
        def fetch(self, author, number, out):
            fetched.append(author)
            super().fetch(author, number, out)

    done = exchanging.exchange_now(ada.session, Watching(shared, ada.session.workspace.shared), "folder")
    assert done.notes == ()
    assert set(fetched) == {first.session.workspace.author, bob.session.workspace.author}
    assert ada.session.assessment.answers[ask].value == "no", "added in a packet that came at the same time"
    for number in range(10, 50):
        (places(bob) / f"{number:08d}.attestry-bundle").write_bytes(b"junk")
    notes = ada.exchange().notes
    assert len(notes) == 21
    assert notes[-1].startswith("And 20 more")


def test_packets_are_not_all_held_open(first, join, shared):
    """Someone who comes late finds thousands, and a process may hold a thousand files."""
    ada = join("Ada")
    ask = question_of(first.session, "AUTH-1").id
    for value in ("yes", "no") * 3:
        first.says(ask, value)
        first.exchange()
    streams = []

    class Watching(FolderCarrier):
        def fetch(self, author, number, out):
            assert all(stream.closed for stream in streams)
            streams.append(out)
            super().fetch(author, number, out)

    exchanging.exchange_now(ada.session, Watching(shared, ada.session.workspace.shared), "folder")
    assert len(streams) > 5
    assert ada.session.assessment.answers[ask].value == "no"


def test_a_server_that_goes_away_is_not_waited_for_again_and_again(first, join, shared):
    ada = join("Ada")
    for value in ("yes", "no") * 3:
        first.says(question_of(first.session, "AUTH-1").id, value)
        first.exchange()
    fetched = []

    class Leaving(FolderCarrier):
        def fetch(self, author, number, out):
            fetched.append(number)
            if len(fetched) > 2:
                raise Unreachable("server", "no answer")
            super().fetch(author, number, out)

        def leave(self, author, number, packet):
            raise Unreachable("server", "no answer")

    with pytest.raises(Unreachable):
        exchanging.exchange_now(ada.session, Leaving(shared, ada.session.workspace.shared), "folder")
    assert len(fetched) == 3
    assert ada.session.assessment.answers, "what came before is taken"
    ada.exchange()
    first.exchange()
    assert first.value == ada.value


@pytest.fixture
def team():
    with met(7, people=3) as meeting:
        yield meeting


def said(value):
    return e.AnswerGiven(Answer("Q1", AnswerState.GIVEN, value))


def test_heads_that_lie_accuse_nobody(team, monkeypatch):
    """What a sender says about others is a claim of that sender; only two signed entries prove a fork."""
    lead, evil, third = team.editors
    third.session.record(said("yes")).result()
    out = team.folder / "of third.attestry-bundle"
    exchanging.bundle_now(third.session, out)
    for one in (lead, evil):
        exchanging.take_bundle_now(one.session, out)
    history = evil.session.assessment.history
    lies = {author: (1 if author == third.author else 99, "ab" * 32) for author in history.heads}
    real = packet.write

    def lying(target, manifest, *more):
        heads = tuple((author, sequence, hash_) for author, (sequence, hash_) in sorted(lies.items()))
        return real(target, packet.replace(manifest, heads=heads), *more)

    monkeypatch.setattr(packet, "write", lying)
    out = team.folder / "lies.attestry-bundle"
    exchanging.bundle_now(evil.session, out)
    notes = exchanging.take_bundle_now(lead.session, out).notes
    name = lead.session.name_of(evil.author)
    assert len(notes) == 2
    assert all(note.startswith((f"{name} claims", f"{name} has seen")) for note in notes)
    assert not any("signed two different" in note for note in notes)


def test_stop_is_heard_within_the_checking(team):
    lead, evil, _third = team.editors
    for _n in range(30):
        evil.session.record(said("no")).result()
    out = team.folder / "many.attestry-bundle"
    exchanging.bundle_now(evil.session, out)
    asked = []
    before = lead.workspace.journal.count

    def stopped():
        asked.append(1)
        return len(asked) > 20

    with pytest.raises((Cancelled, packet.Stopped)):
        exchanging.take_bundle_now(lead.session, out, stopped)
    assert len(asked) == 21
    assert lead.workspace.journal.count == before
    assert exchanging.take_bundle_now(lead.session, out).taken == 30


def test_more_than_one_file_may_hold_is_written_in_several(team, monkeypatch):
    lead, _ada, third = team.editors
    for _n in range(7):
        lead.session.record(said("no")).result()
    monkeypatch.setattr(packet, "MOST_ENTRIES", 4)
    out = team.folder / "Northwind.attestry-bundle"
    bundled = exchanging.bundle_now(lead.session, out)
    assert bundled.entries == 11
    assert [file.name for file in bundled.files] == [
        "Northwind.attestry-bundle",
        "Northwind-2.attestry-bundle",
        "Northwind-3.attestry-bundle",
    ]
    assert "Northwind-2.attestry-bundle, Northwind-3.attestry-bundle" in bundled.also
    with pytest.raises(foreign.Gap):
        exchanging.take_bundle_now(third.session, bundled.files[2])
    for file in bundled.files:
        exchanging.take_bundle_now(third.session, file)
    assert third.session.assessment.answers == lead.session.assessment.answers
    with pytest.raises(exchanging.BadBundle):
        exchanging.bundle_now(lead.session, out)


# --- what others gave, named by someone who claims not to have seen it ---------------------------------------------


def _taken(team, sender, to):
    out = team.folder / f"{sender.workspace.journal.count}-{sender.author[:4]}.attestry-bundle"
    exchanging.bundle_now(sender.session, out)
    return exchanging.take_bundle_now(to.session, out)


SEALED = Sealed("ab" * 32, "cd" * 32, "", 5)
REPORT = ReportSummary(evidence="plan", file="r.json", importer="x", tool="x", unit="flaw", record=SEALED, read_at=NOW)


@pytest.mark.parametrize(
    "payload",
    [
        e.EvidenceFiled("plan", ("AUTH-1",), "mine"),
        e.EvidenceRemoved("plan"),
        e.EvidenceAdded(Evidence("own", "own.txt", "text/plain", SEALED, (), replaces="plan")),
        e.ReportRead(REPORT),
    ],
    ids=lambda payload: payload.TYPE,
)
def test_evidence_of_others_is_not_touched_by_claiming_not_to_have_seen_it(team, payload):
    lead, evil, _third = team.editors
    journal = evil.workspace.journal
    journal.append(payload, questionnaire="q")  # before, or apart from, the lead's: the order decides nothing
    lead.session.record(e.EvidenceAdded(Evidence("plan", "plan.txt", "text/plain", SEALED, ("R1",)))).result()
    events = [*lead.workspace.journal.events(), *journal.events()]
    for order in (events, events[::-1]):
        seen = _merged(lead, order)
        assert seen.evidence["plan"].requirements == ("R1",)
        assert seen.evidence["plan"].note == ""
        assert not seen.removed_evidence
        assert "plan" not in seen.ledger
        assert seen.without_effect == 1


def _merged(lead, events):
    from wizard.domain.assessment import merged

    return merged({event.hash: event for event in events}.values(), lead.session.beginning)


def test_a_weakness_that_two_wrote_about_apart_has_two_versions(team):
    lead, ada, third = team.editors
    for one, title in ((lead, "Open door"), (ada, "Closed door")):
        one.session.record(e.VulnerabilityNoted(Note("hand:1", title))).result()
        one.session.record(e.VulnerabilityMerged("a", "b" if one is lead else "c")).result()
    _taken(team, lead, third)
    _taken(team, ada, third)
    assert {one.field for one in sharing.conflicts(third.session)} == {"weakness:hand:1", "merged:a"}
    words = {version.text for one in sharing.conflicts(third.session) for version in one.versions}
    assert words == {"Open door; unknown", "Closed door; unknown", "one with b", "one with c"}


def test_a_key_that_is_none_is_named_and_keeps_nobody_from_exchanging(team, monkeypatch):
    """Neither in what a sender says of the others, nor in an entry that adds someone."""
    lead, evil, third = team.editors
    evil.session.record(said("no")).result()
    real = packet.write

    def lying(target, manifest, *more):
        keys = tuple((author, "ab" * 32 if author == lead.author else key) for author, key in manifest.keys)
        return real(target, packet.replace(manifest, keys=keys), *more)

    with monkeypatch.context() as patched:
        patched.setattr(packet, "write", lying)
        with pytest.raises(exchanging.BadBundle) as caught:
            _taken(team, evil, third)
    assert third.session.name_of(evil.author) in caught.value.sentence
    lead.session.record(e.MemberAdded(Member("ab" * 32, "no key", "Broken", Role.CONTRIBUTOR, ""))).result()
    _taken(team, lead, third)
    assert _taken(team, evil, third).taken == 1
