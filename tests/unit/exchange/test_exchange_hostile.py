"""Requests and replies that are not what they claim: refused by name within five seconds, nothing changed."""

import errno
import hashlib
import json
import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyrage
import pytest

from tests.unit.exchange.test_exchange_reply import question_of
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.members import Member, Role
from wizard.domain.mistakes import Mistake
from wizard.domain.scope import Host
from wizard.domain.versions import deed_words
from wizard.exchange import card, mistakes, packet
from wizard.exchange import request as requests
from wizard.session import answering
from wizard.session.deeds import evidence, exchanging, looking, replies
from wizard.session.session import NotYourRole
from wizard.session.settings import Home, Preferences
from wizard.vault import foreign
from wizard.vault.clock import Moment
from wizard.vault.journal import author_of


@pytest.fixture
def refused(lead):
    """`refused(path, Kind)` reads a reply that must be refused so, quickly, and without a trace in the assessment."""

    def check(path, kind):
        before = (lead.session.workspace.journal.count, lead.session.assessment.head)
        begun = time.process_time()  # what it costs: a busy machine makes anything slow
        with pytest.raises(kind) as caught:
            lead.add(path)
        assert time.process_time() - begun < 5
        assert isinstance(caught.value, Mistake)
        assert "Nothing was added" in caught.value.sentence or "was not added" in caught.value.sentence
        assert (lead.session.workspace.journal.count, lead.session.assessment.head) == before
        return caught.value.sentence

    return check


@pytest.fixture
def ada(lead, mate):
    one = mate(lead.ask("AUTH-1"))
    one.says(question_of(one.session, "AUTH-1").id)
    return one


class Forge:
    """Writes packets that the app never would, signed with the teammate's real key."""

    def __init__(self, lead, ada):
        self.own = foreign.own_side(ada.session.workspace.secrets)
        self.recipient = foreign.own_side(lead.session.workspace.secrets).recipient
        self.entries = tuple(foreign.entries(ada.session.workspace.journal, {}))
        self.request, self.folder = ada.session.request, ada.folder
        self.files = {}

    def manifest(self, **more):
        sender = Member(self.own.author, self.own.public.hex(), "Ada", Role.CONTRIBUTOR, self.own.recipient)
        plain = {
            "kind": "reply",
            "workspace": self.request.heading.workspace,
            "sender": sender,
            "made_at": self.request.heading.made_at,
            "entries": len(self.entries),
            "entries_size": 0,
            "entries_digest": "",
            "files": (),
            "request": self.request.hash,
        }
        return packet.Manifest(**(plain | more))

    def write(self, *, sign=None, recipients=None, give=None, **more):
        path = self.folder / "forged.attestry-reply"
        with path.open("wb") as out:
            packet.write(
                out,
                self.manifest(**more),
                packet.entries_bytes(self.entries),
                give or (lambda item, stream: stream.write(self.files[item.name])),
                sign or self.own.sign,
                recipients or [self.recipient],
            )
        return path

    def raw(self, clear):
        path = self.folder / "raw.attestry-reply"
        path.write_bytes(pyrage.encrypt(clear, [pyrage.x25519.Recipient.from_str(self.recipient)]))
        return path


@pytest.fixture
def forge(lead, ada):
    return Forge(lead, ada)


def test_a_plain_forgery_kit_makes_a_good_reply(lead, forge):
    assert not lead.add(forge.write()).again


def test_someone_elses_signature(forge, refused):
    refused(forge.write(sign=lambda data: b"\0" * 64), mistakes.BadSignature)


def test_sealed_to_someone_else(forge, refused):
    other = str(pyrage.x25519.Identity.generate().to_public())
    refused(forge.write(recipients=[other]), mistakes.NotForYou)


def test_another_assessment(forge, refused):
    refused(forge.write(workspace="ab" * 16), foreign.OtherWorkspace)


def test_a_request_that_was_never_sent(forge, refused):
    refused(forge.write(request="ab" * 32), replies.BadReply)


def test_a_key_that_is_not_its_fingerprint(forge, refused):
    sender = replace(forge.manifest().sender, author="ab" * 32)
    refused(forge.write(sender=sender), mistakes.BadSignature)


def test_entries_in_the_leads_name(lead, forge, refused):
    forge.entries = (*tuple(foreign.entries(lead.session.workspace.journal, {}))[:1], *forge.entries)
    path = forge.write(entries=len(forge.entries))
    assert lead.read(path), "what is here already is nothing new"
    one = forge.entries[0]
    forge.entries = (replace(one, envelope=one.envelope.replace(b'"sequence":1', b'"sequence":99')),)
    refused(forge.write(entries=1), foreign.Forged)


@pytest.mark.slow
@pytest.mark.parametrize("part", ["envelope", "signature", "salt", "payload"])
def test_every_changed_part_of_an_entry(forge, refused, part):
    one = forge.entries[-1]
    data = bytearray(getattr(one, part))
    at = data.index(b"yes") if part == "payload" else data.index(b'"at":"2026') + 7 if part == "envelope" else 3
    data[at] = data[at] ^ 1
    forge.entries = (*forge.entries[:-1], replace(one, **{part: bytes(data)}))
    refused(forge.write(), foreign.RefusedEntries)


def test_a_gap(ada, forge, refused):
    ada.says(question_of(ada.session, "AUTH-1").id, "no")
    all_ = tuple(foreign.entries(ada.session.workspace.journal, {}))
    forge.entries = all_[1:]
    refused(forge.write(entries=len(forge.entries)), foreign.Gap)


def test_a_fork(lead, ada, forge, refused):
    """An older copy of the teammate's workspace was written to: two entries have the same number."""
    lead.add(forge.write())
    journal = ada.session.workspace.journal
    number = journal._end.sequence
    journal._end = replace(journal._end, sequence=number - 1, previous="", count=journal._end.count)
    _event, row = journal._make(journal._end, e.CommentSet("AUTH-1", "other"), journal._clock.now(None), "x")
    forge.entries = (*forge.entries[:-1], e.Carried(row["envelope"], row["signature"], row["salt"], row["payload"]))
    refused(forge.write(entries=len(forge.entries)), foreign.Forked)


def test_a_time_in_the_future_is_pointed_out_and_decides_nothing(lead, mate):
    ada = mate(lead.ask("AUTH-1"), "Future")
    clock = ada.session.workspace.journal._clock
    now = clock._claimed
    clock._claimed = lambda: now() + timedelta(days=4000)
    ada.says(question_of(ada.session, "AUTH-1").id)
    offered = lead.read(ada.reply())
    assert offered.notes


def test_more_entries_than_are_taken(forge, refused):
    refused(forge.write(entries=1_000_000), mistakes.TooBig)


@pytest.mark.slow
def test_a_promise_that_the_file_cannot_hold(forge, refused):
    """What a zip bomb would be: nothing is compressed, so what is promised must be there."""
    item = packet.Item("ab" * 32, "cd" * 32, 10 * 1024**3)
    refused(forge.write(files=(item,), give=lambda item, stream: None), mistakes.Damaged)


def test_a_gigabyte_of_manifest(forge, refused):
    refused(forge.raw(b"attestry packet v1\n" + (2**30).to_bytes(4, "big")), mistakes.TooBig)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a\x00b", "C:\\x\\y", "x" * 999, "pay\u202efdp.exe", " "])
def test_tricks_with_names(lead, ada, refused, tmp_path, name):
    file = tmp_path / "f.txt"
    file.write_text("x")
    evidence.add(ada.session, [file], ["AUTH-1"]).result.result(20)
    item = next(iter(ada.session.assessment.evidence.values()))
    ada.session.record(e.EvidenceAdded(replace(item, id="other", name=name))).result(20)
    refused(ada.reply(), replies.BadReply)


@pytest.mark.slow
def test_a_file_that_is_not_the_one_its_entry_names(ada, forge, refused, tmp_path):
    file = tmp_path / "f.txt"
    file.write_text("what was said")
    evidence.add(ada.session, [file], ["AUTH-1"]).result.result(20)
    item = next(iter(ada.session.assessment.evidence.values()))
    forge.entries = tuple(foreign.entries(ada.session.workspace.journal, {}))
    sealed = item.sealed
    forge.files = {sealed.name: b"something els"}
    sent = packet.Item(sealed.name, sealed.digest, sealed.size)
    refused(forge.write(entries=len(forge.entries), files=(sent,)), mistakes.Damaged)
    refused(forge.write(entries=len(forge.entries), files=()), mistakes.Damaged)
    other = packet.Item(sealed.name, hashlib.sha256(b"something els").hexdigest(), sealed.size)
    refused(forge.write(entries=len(forge.entries), files=(other,)), mistakes.Damaged)


def test_bytes_flipped_and_cut_anywhere(lead, ada, refused):
    whole = ada.reply().read_bytes()
    path = ada.folder / "broken.attestry-reply"
    step = max(1, len(whole) // 40)
    for at in range(0, len(whole), step):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        refused(path, mistakes.Refused)
        path.write_bytes(whole[:at])
        refused(path, mistakes.Refused)


@pytest.mark.slow
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"age-encryption.org/v1\n", b"\0" * 1000, b"{" * 100_000])
def test_what_is_no_reply(ada, refused, data):
    path = ada.folder / "some.attestry-reply"
    path.write_bytes(data)
    refused(path, mistakes.Refused)


# --- requests ----------------------------------------------------------------------------------------------------


def test_a_request_with_any_byte_changed_is_refused(lead):
    whole = lead.ask("AUTH-1").read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 150)):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(mistakes.Refused):
            requests.parse(changed, "changed")
        with pytest.raises(mistakes.Refused):
            requests.parse(whole[:at], "cut")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"request":' * 5000,
        b'{"request": null, "signature": ""}',
        b'{"request": {"format": "attestry request v9"}, "signature": ""}',
        b'{"request": {"format": 7}, "signature": "zz"}',
        b" " * (5 * 1024 * 1024),
    ],
    ids=lambda data: str(data[:20]),
)
def test_what_is_no_request(data):
    begun = time.process_time()
    with pytest.raises(mistakes.Refused):
        requests.parse(data, "no request")
    assert time.process_time() - begun < 5


def test_conditions_nested_without_end_are_refused(lead):
    whole = json.loads(lead.ask("AUTH-1").read_bytes())
    deep = {"is": "equals", "left": {"question": "A"}, "value": "x"}
    for _level in range(100):
        deep = {"is": "not", "inner": deep}
    whole["request"]["asked"]["conditions"]["question X when"] = deep
    with pytest.raises(mistakes.Refused):
        requests.parse(json.dumps(whole).encode(), "deep")


@pytest.mark.slow
def test_a_request_that_asks_without_end_is_refused(lead, tmp_path):
    """Each is signed by its own key, as a stranger's would be."""
    own = foreign.own_side(lead.session.workspace.secrets)
    good = requests.read(lead.ask("AUTH-1"))
    section = good.asked.sections[0]
    many = tuple(replace(section.requirements[0], id=f"R-{n}", parts=()) for n in range(1500))
    wide = replace(good.asked, sections=(replace(section, requirements=many),), questions=())
    data, _hash = requests.write(good.heading, wide, own.sign)
    with pytest.raises(mistakes.AsksTooMuch):
        requests.parse(data, "wide")
    data, _hash = requests.write(replace(good.heading, message="x" * 30_000), good.asked, own.sign)
    with pytest.raises(mistakes.AsksTooMuch):
        requests.parse(data, "long")


@pytest.mark.parametrize("recipient", ["", "age1nonsense", "/bin/sh", "age-plugin-x1abc"])
def test_a_request_that_nothing_can_be_sealed_to_is_refused(lead, recipient):
    own = foreign.own_side(lead.session.workspace.secrets)
    good = requests.read(lead.ask("AUTH-1"))
    heading = replace(good.heading, lead=replace(good.heading.lead, recipient=recipient))
    data, _hash = requests.write(heading, good.asked, own.sign)
    with pytest.raises(mistakes.Damaged):
        requests.parse(data, "sealed to nobody")


def test_another_key_that_asks_about_the_same_assessment_gets_none_of_the_answers(lead, mate, tmp_path):
    """The id of an assessment is no secret: whoever knows it must not be sealed what was said to the lead."""

    request = lead.ask("AUTH-1")
    ada = mate(request)
    ada.says(question_of(ada.session, "AUTH-1").id)
    ada.session.close()
    good = requests.read(request)
    thief = author_of(bytes([7]) * 32)
    to = str(pyrage.x25519.Identity.generate().to_public())
    heading = replace(good.heading, lead=Member(thief.id, thief.public.hex(), "Lea Lead", Role.LEAD, to))
    data, _hash = requests.write(heading, good.asked, thief.key.sign)
    request.write_bytes(data)
    again = mate(request)
    assert not again.session.assessment.answers, "a beginning of its own"
    assert again.session.workspace.folder != ada.session.workspace.folder
    again.session.close()
    preferences = Preferences(Home.below(tmp_path / "Ada Example"))
    kept = answering.folder_of(good, preferences)
    assert kept.is_dir()
    other = answering.folder_of(requests.read(request), preferences)
    other.rename(other.with_name("aside"))
    kept.rename(other)  # as if the folders had been mixed up
    with pytest.raises(answering.OtherLead):
        mate(request)


def test_nobody_gives_themselves_a_role_by_replying(lead, forge):
    """The manifest is the sender's word; the role is the lead's to give, and no bundle is sealed to them."""
    sender = replace(forge.manifest().sender, role=Role.LEAD)
    lead.add(forge.write(sender=sender))
    member = lead.session.assessment.members[sender.author]
    assert member.role is Role.CONTRIBUTOR
    assert sender.recipient not in exchanging.recipients(lead.session)


# --- what a reply may not decide ---------------------------------------------------------------------------------


def _hosts(lead, *names):
    rows = tuple(
        Row((("host", name), ("purpose", "api"), ("public", "yes"), ("private_network", "yes"))) for name in names
    )
    lead.session.record(e.AnswerGiven(Answer("SCOPE-1", AnswerState.GIVEN, rows))).result(20)


def test_a_teammate_agrees_to_looks_for_their_own_place_only(lead, mate):
    """Their agreement counts where they look from, and neither agrees nor takes back anything for the lead."""
    _hosts(lead, "127.0.0.1:9", "127.0.0.1:11")
    ada = mate(lead.ask("AUTH-1", hosts=("127.0.0.1:9",)))
    looking.confirm_scope(ada.session, "Ada").result(20)
    assert ada.session.assessment.scope.confirmed
    assert [host.subject for host in ada.session.assessment.scope.hosts] == ["127.0.0.1:9"]
    assert ada.session.assessment.role_of(ada.session.workspace.author) is Role.CONTRIBUTOR
    for payload in (e.AssignmentSet("AUTH-1", "Somebody"), e.SignatoryNamed("Ada", "", "")):
        with pytest.raises(NotYourRole):
            ada.session.record(payload).result(20)
    ada.says(question_of(ada.session, "AUTH-1").id)
    first = ada.reply()
    lead.add(first)
    assert lead.session.assessment.confirmed is None
    assert not lead.session.assessment.scope.confirmed
    looking.confirm_scope(lead.session, "Lea").result(20)
    ada.session.record(e.ScopeConfirmed((), "")).result(20)
    lead.add(ada.reply())
    assert lead.session.assessment.scope.confirmed, "taking it back there changes nothing here"
    assert lead.session.assessment.confirmed.author == lead.session.workspace.author


DEEDS = {
    "more hosts": e.ScopeConfirmed((Host("127.0.0.1", 9), Host("127.0.0.1", 11)), "Yes.", "Lea Lead"),
    "an owner": e.AssignmentSet("AUTH-1", "Somebody"),
    "a member": e.MemberAdded(Member("ab" * 32, "cd" * 32, "Friend", Role.LEAD, "")),
    "a signature": e.Attested("a.pdf", "ab" * 32, "cd" * 32, "ef" * 32, 1, "x", date(2026, 11, 23)),
    "who leaves": e.MemberRemoved("ab" * 32),
    "who applies": e.AssessmentDescribed("Evil Corp", "Evil"),
    "who signs": e.SignatoryNamed("Ada", "CEO", "Board"),
    "another beginning": e.AssessmentStarted("sample", "1", "00" * 32),
    "a choice": e.VersionChosen("answer:X", ("ab" * 32,), "cd" * 32, "answer-given", 1, "{}"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_reply_that_decides_what_is_not_the_teammates_is_refused_by_name(lead, mate, refused, deed):
    _hosts(lead, "127.0.0.1:9")
    ada = mate(lead.ask("AUTH-1", hosts=("127.0.0.1:9",)))
    ada.says(question_of(ada.session, "AUTH-1").id)
    ada.session.workspace.journal.append(DEEDS[deed], questionnaire="q")
    sentence = refused(Forge(lead, ada).write(), replies.BadReply)
    assert "Ada may not decide" in sentence
    assert deed_words(lead.session.questionnaire, DEEDS[deed]) in sentence


def test_a_reply_that_claims_to_have_seen_the_leads_entries_replaces_none_of_them(lead, ada, refused):
    """Whoever learned a hash could otherwise overwrite an answer of the lead's without a conflict."""
    question = question_of(lead.session, "AUTH-1").id
    lead.says(question, "no")
    journal = ada.session.workspace.journal
    seen = replace(journal._end, parents=(*journal._end.parents, lead.session.workspace.journal.head))
    payload = e.AnswerGiven(Answer(question, AnswerState.GIVEN, "yes"))
    _event, row = journal._make(seen, payload, Moment(datetime.now(UTC), 1, "b", 0), "q")
    forge = Forge(lead, ada)
    one = e.Carried(row["envelope"], row["signature"], row["salt"], row["payload"])
    forge.entries = (*forge.entries, one)
    assert "replace those of others" in refused(forge.write(), replies.BadReply)
    assert lead.session.assessment.answers[question].value == "no"


def test_a_reply_that_the_disk_did_not_take_whole_is_never_said_to_be_written(forge):
    class Full:
        def write(self, data):
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self):
            pass

    with pytest.raises(OSError, match="No space left"):
        packet.write(
            Full(), forge.manifest(), packet.entries_bytes(forge.entries), print, forge.own.sign, [forge.recipient]
        )


def test_a_pipe_a_folder_and_nothing_in_place_of_a_file_are_named_at_once(lead, tmp_path):
    """Opening a pipe that nobody writes to would wait for ever."""
    pipe = tmp_path / "pipe.attestry-reply"
    os.mkfifo(pipe)
    identity = foreign.own_side(lead.session.workspace.secrets).identity
    for path in (pipe, tmp_path, tmp_path / "nothing"):
        for read in (requests.read, card.read, lambda place: packet.read(place, identity)):
            with pytest.raises(mistakes.NotRead) as caught:
                read(path)
            assert path.name in caught.value.sentence
