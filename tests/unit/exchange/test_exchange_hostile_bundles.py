"""Bundles of editors that are not what they claim: refused or flagged by name within five seconds, nothing changed."""

import json
import time
from dataclasses import replace
from datetime import timedelta

import pyrage
import pytest

from tests.properties.exchange_meetings import NOW, met
from tests.properties.exchange_replicas import MemoryJournal
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.evidence import Evidence
from wizard.domain.members import Member, Role
from wizard.domain.mistakes import Mistake
from wizard.exchange import mistakes, packet
from wizard.session.deeds import exchanging, sharing
from wizard.session.session import HeldByNewer
from wizard.vault import foreign
from wizard.vault.clock import Moment
from wizard.vault.journal import author_of


def said(question, value):
    return e.AnswerGiven(Answer(question, AnswerState.GIVEN, value))


@pytest.fixture
def team():
    with met(7, people=3) as meeting:
        yield meeting


@pytest.fixture
def lead(team):
    return team.editors[0]


@pytest.fixture
def evil(team):
    """A contributor with their real key, who writes what the app never would."""
    return team.editors[1]


@pytest.fixture
def third(team):
    return team.editors[2]


class Forge:
    def __init__(self, evil, folder):
        self.evil, self.folder = evil, folder
        self.own = foreign.own_side(evil.workspace.secrets)
        self.files = {}

    @property
    def entries(self):
        return tuple(foreign.entries(self.evil.workspace.journal, {}))

    def write(self, entries=None, *, recipients=None, sign=None, give=None, **more):
        entries = self.entries if entries is None else tuple(entries)
        sender = Member(self.own.author, self.own.public.hex(), "Evil", Role.LEAD, self.own.recipient)
        keys = self.evil.workspace.journal.public_keys()
        more |= {"entries": more.pop("count")} if "count" in more else {}
        plain = {
            "kind": "bundle",
            "workspace": self.evil.workspace.shared,
            "sender": sender,
            "made_at": NOW,
            "entries": len(entries),
            "entries_size": 0,
            "entries_digest": "",
            "files": (),
            "keys": tuple(sorted((author, key.hex()) for author, key in keys.items())),
            "founder": self.evil.founder,
        }
        path = self.folder / "forged.attestry-bundle"
        with path.open("wb") as out:
            packet.write(
                out,
                packet.Manifest(**(plain | more)),
                packet.entries_bytes(entries),
                give or (lambda item, stream: stream.write(self.files[item.name])),
                sign or self.own.sign,
                recipients or exchanging.recipients(self.evil.session),
            )
        return path


@pytest.fixture
def forge(evil, tmp_path):
    return Forge(evil, tmp_path)


@pytest.fixture
def refused(lead):
    def check(path, kind):
        before = [row.hash for row in lead.workspace.journal.kept], lead.session.assessment
        begun = time.process_time()  # what it costs: a busy machine makes anything slow
        with pytest.raises(kind) as caught:
            exchanging.take_bundle_now(lead.session, path)
        assert time.process_time() - begun < 5
        assert isinstance(caught.value, Mistake)
        assert caught.value.sentence
        assert ([row.hash for row in lead.workspace.journal.kept], lead.session.assessment) == before
        return caught.value.sentence

    return check


def carried(journal, payload, **more):
    """An entry that this journal's key signs, with an envelope of the test's own making; it is not kept."""
    event, row = journal._make(replace(journal.end, **more), payload, Moment(NOW, 1, "b", 0), "q")
    return e.Carried(row["envelope"], row["signature"], row["salt"], row["payload"]), event


def test_the_kit_makes_a_good_bundle(lead, evil, forge):
    evil.session.record(said("Q1", "yes")).result()
    assert exchanging.take_bundle_now(lead.session, forge.write()).taken == 1


def test_a_replay_adds_nothing_and_changes_nothing(lead, evil, forge):
    evil.session.record(said("Q1", "yes")).result()
    old = forge.write()
    stale = old.rename(old.with_name("stale.attestry-bundle"))
    evil.session.record(said("Q1", "no")).result()
    exchanging.take_bundle_now(lead.session, forge.write())
    before = lead.session.assessment
    for _time in range(2):
        assert exchanging.take_bundle_now(lead.session, stale).taken == 0
    assert lead.session.assessment == before
    assert lead.session.assessment.answers["Q1"].value == "no"


def test_words_put_into_the_leads_mouth(lead, forge, refused):
    """An entry that names the lead as author, signed with another key."""
    fake = MemoryJournal(bytes([2]) * 32)
    fake.workspace = lead.workspace.shared
    fake._author = replace(fake._author, id=lead.author)
    last = lead.workspace.journal.end
    one, _event = carried(fake, said("Q1", "no"), sequence=last.sequence, previous=last.previous, parents=last.parents)
    assert lead.author[:4] in refused(forge.write([one]), foreign.Forged)


def test_a_stranger_with_a_good_key(lead, forge, refused):
    stranger = MemoryJournal(bytes([99]) * 32)
    stranger.workspace = lead.workspace.shared
    stranger.write(said("Q1", "no"))
    entries = tuple(foreign.entries(stranger, {}))
    key = (stranger._author.id, stranger._author.public.hex())
    refused(forge.write(entries, keys=(key,)), foreign.Stranger)


def test_a_bundle_of_someone_who_does_not_take_part(forge, refused):
    own = author_of(bytes([98]) * 32)
    sender = Member(own.id, own.public.hex(), "Lea Lead", Role.LEAD, "")
    refused(forge.write(sender=sender, sign=own.key.sign), foreign.Stranger)


def test_gap_fork_and_other_assessment(lead, evil, forge, refused):
    journal = evil.workspace.journal
    for value in ("yes", "no", "later"):
        evil.session.record(said("Q1", value)).result()
    mine = [one for one, row in zip(forge.entries, journal.kept, strict=True) if row.author == evil.author]
    refused(forge.write(mine[1:]), foreign.Gap)
    exchanging.take_bundle_now(lead.session, forge.write())
    first = next(row for row in journal.kept if row.author == evil.author)
    parents = tuple(json.loads(first.envelope)["parents"])
    fork, _event = carried(journal, said("Q1", "forked"), sequence=0, previous="", parents=parents)
    refused(forge.write([fork]), foreign.Forked)
    refused(forge.write(workspace="ab" * 16), foreign.OtherWorkspace)
    journal.workspace = "cd" * 16
    other, _event = carried(journal, said("Q1", "x"))
    refused(forge.write([other]), foreign.OtherWorkspace)


def test_a_fork_that_is_told_to_two_people_is_noticed_when_they_meet(team, lead, evil, third, forge):
    """The server or a member shows each of two people another history of one author: the heads tell."""
    journal = evil.workspace.journal
    one, first = carried(journal, said("Q1", "yes"))
    other, _second = carried(journal, said("Q1", "no"))
    exchanging.take_bundle_now(lead.session, forge.write([one]))
    exchanging.take_bundle_now(third.session, forge.write([other]))
    out = team.folder / "met.attestry-bundle"
    exchanging.bundle_now(third.session, out)
    with pytest.raises(foreign.Forked) as caught:
        exchanging.take_bundle_now(lead.session, out)
    assert first.envelope.author[:4] in caught.value.sentence


def test_a_clock_in_the_future_is_flagged_by_name_and_decides_nothing(lead, evil, forge):
    journal = evil.workspace.journal
    event, row = journal._make(journal.end, said("Q1", "no"), Moment(NOW + timedelta(days=9000), 1, "b", 0), "q")
    ahead = e.Carried(row["envelope"], row["signature"], row["salt"], row["payload"])
    lead.session.record(said("Q1", "yes")).result()
    done = exchanging.take_bundle_now(lead.session, forge.write([ahead]))
    assert any(lead.session.name_of(evil.author) in note and "ahead" in note for note in done.notes)
    assert len(sharing.conflicts(lead.session)) == 1, "later is not righter"
    assert event.hash


@pytest.mark.slow
def test_a_million_entries_and_a_thousand_junk_ones(forge, refused):
    refused(forge.write([], count=1_000_000), mistakes.TooBig)
    junk = [e.Carried(b"{}", b"x" * 64, b"s" * 16, b"{}")] * 99_000
    refused(forge.write(junk), foreign.UnreadableEntry)
    deep = e.Carried(b"[" * 100_000, b"", b"", b"{}")
    refused(forge.write([deep]), foreign.UnreadableEntry)


def test_an_entry_and_a_file_larger_than_are_taken(evil, forge, refused):
    journal = evil.workspace.journal
    large, _event = carried(journal, e.CommentSet("R1", "x" * (foreign.LARGEST_ENTRY + 1)))
    refused(forge.write([large]), foreign.UnreadableEntry)
    promised = packet.Item("ab" * 32, "cd" * 32, 10 * 1024**3)
    refused(forge.write(files=(promised,), give=lambda item, stream: None), mistakes.Damaged)
    gigabyte = forge.folder / "manifest.attestry-bundle"
    clear = b"attestry packet v1\n" + (2**30).to_bytes(4, "big")
    to = pyrage.x25519.Recipient.from_str(foreign.own_side(forge.evil.workspace.secrets).recipient)
    gigabyte.write_bytes(pyrage.encrypt(clear, [to]))
    refused(gigabyte, mistakes.NotForYou)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\\b", "..", "x\x00y", "pay\u202efdp.exe", ""])
def test_tricks_with_the_names_of_evidence(evil, forge, refused, name):
    sealed = evil.workspace.box.seal_bytes(b"proof")
    entry, _event = carried(
        evil.workspace.journal, e.EvidenceAdded(Evidence("id", name, "text/plain", sealed, ("R1",)))
    )
    forge.files[sealed.name] = b"proof"
    refused(forge.write([entry], files=(packet.Item(sealed.name, sealed.digest, sealed.size),)), Mistake)


def test_tricks_with_the_names_of_sealed_files(evil, forge, refused):
    for name in ("../../../tmp/x", "A" * 64, "ab", "ab/cd"):
        item = packet.Item(name, "cd" * 32, 1)
        refused(forge.write(files=(item,), give=lambda item, stream: stream.write(b"x")), mistakes.Damaged)


def test_bytes_flipped_and_cut_anywhere_and_the_wrong_recipient(evil, forge, refused):
    evil.session.record(said("Q1", "yes")).result()
    whole = forge.write().read_bytes()
    path = forge.folder / "broken.attestry-bundle"
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        refused(path, mistakes.Refused)
        path.write_bytes(whole[:at])
        refused(path, mistakes.Refused)
    other = str(pyrage.x25519.Identity.generate().to_public())
    assert "not sealed for" in refused(forge.write(recipients=[other]), mistakes.NotForYou)


# --- roles, held by those who read --------------------------------------------------------------------------------


def taken(lead, forge, *payloads):
    """Entries that the contributor's key signed; what the lead is told about them."""
    journal = forge.evil.workspace.journal
    journal.append(*payloads, questionnaire="q")
    return exchanging.take_bundle_now(lead.session, forge.write()).notes


def test_what_a_contributor_may_not_do_has_no_effect_and_is_flagged(lead, evil, forge):
    accomplice = author_of(bytes([97]) * 32)
    member = Member(accomplice.id, accomplice.public.hex(), "Friend", Role.LEAD, "")
    grown = Member(evil.author, evil.workspace.author_public, "Evil", Role.LEAD, "")
    before = lead.session.assessment
    notes = taken(
        lead,
        forge,
        e.MemberAdded(member),
        e.MemberAdded(grown),
        e.MemberRemoved(lead.author),
        e.Attested("a.pdf", "ab" * 32, "cd" * 32, "ef" * 32, 1, "x", NOW.date()),
        e.SignatoryNamed("Evil", "CEO", "none"),
        e.ScopeConfirmed((), "Evil"),
        e.RequestClosed("ab" * 32),
    )
    after = lead.session.assessment
    assert any("7 entries have no effect" in note for note in notes)
    assert after.members == before.members
    assert not after.former
    assert not after.attestations
    assert after.signatory == before.signatory
    assert after.role_of(evil.author) is Role.CONTRIBUTOR


def test_the_accomplice_of_a_contributor_cannot_speak(lead, evil, forge):
    friend = MemoryJournal(bytes([96]) * 32)
    friend.workspace = lead.workspace.shared
    friend.write(said("Q1", "no"))
    member = Member(friend._author.id, friend._author.public.hex(), "Friend", Role.CONTRIBUTOR, "")
    evil.workspace.journal.append(e.MemberAdded(member), questionnaire="q")
    keys = {**evil.workspace.journal.public_keys(), friend._author.id: friend._author.public}
    bundle = forge.write(
        (*forge.entries, *foreign.entries(friend, {})), keys=tuple(sorted((a, k.hex()) for a, k in keys.items()))
    )
    done = exchanging.take_bundle_now(lead.session, bundle)
    assert "Q1" not in lead.session.assessment.answers
    assert any("no effect" in note for note in done.notes)


def test_nobody_chooses_words_that_another_never_said(lead, evil, forge):
    """A choice repeats the words of whoever wrote them; made-up ones are those of whoever made them up."""
    lead.session.record(said("Q1", "yes")).result()
    (row,) = [row for row in lead.workspace.journal.kept if b"answer" in row.envelope]
    content = json.dumps(e.payload_json(said("Q1", "no")))
    taken(lead, forge, e.VersionChosen("answer:Q1", (row.hash,), lead.author, "answer-given", 1, content))
    for answer in (lead.session.assessment.answers["Q1"],):
        assert (answer.value, answer.author) != ("no", lead.author)


def test_a_reviewer_who_answers_and_someone_removed_who_goes_on(team, lead, evil, third, forge):
    sharing.remove_member(lead.session, evil.author).result()
    notes = taken(lead, forge, said("Q1", "no"))
    assert "Q1" not in lead.session.assessment.answers
    assert any("no effect" in note for note in notes)
    assert evil.member().recipient not in exchanging.recipients(lead.session)
    out = team.folder / "after.attestry-bundle"
    exchanging.bundle_now(lead.session, out)
    with pytest.raises(mistakes.NotForYou):
        exchanging.take_bundle_now(evil.session, out)
    exchanging.take_bundle_now(third.session, out)
    assert "Q1" not in third.session.assessment.answers


def test_entries_of_a_newer_app_are_kept_and_passed_on(team, lead, evil, third, forge):
    ask = "Q1"
    newer = e.Unknown("answer-given", 9, {"poem": "roses"}, ask)
    assert any("newer version" in note for note in taken(lead, forge, newer))
    out = team.folder / "on.attestry-bundle"
    exchanging.bundle_now(lead.session, out)
    exchanging.take_bundle_now(third.session, out)
    assert newer in [event.payload for event in third.workspace.journal.events()]
    assert third.session.assessment.unknown_events == 1
    for one in (lead, third):
        with pytest.raises(HeldByNewer, match="newer version"):
            one.session.record(said(ask, "yes")).result(20)
    # nobody can lock the others out by entries that no version knows
    sharing.remove_member(lead.session, evil.author).result(20)
    lead.session.record(said(ask, "yes")).result(20)
    assert ask in lead.session.assessment.answers
