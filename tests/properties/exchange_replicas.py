"""Replicas in memory that exchange real signed entries, and an oracle that knows what must stand in the end.

Only the database is left out: entries are made, checked, ordered and folded by the program's own code.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.assessment import Assessment, merged
from wizard.domain.members import Member, Role
from wizard.domain.versions import History, field_of, is_blank
from wizard.exchange.packet import entries_bytes, read_entries
from wizard.vault import foreign
from wizard.vault.clock import Moment
from wizard.vault.journal import Journal, _End, author_of, read_event

WORKSPACE = "ab" * 16
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUESTIONS = ("Q1", "Q2", "Q3")
VALUES = ("yes", "no", "later")


@dataclass
class Row:
    """A stored entry, as the table has it."""

    position: int
    hash: str
    author: str
    sequence: int
    envelope: bytes
    signature: bytes
    salt: bytes
    payload: bytes


class MemoryJournal(Journal):
    """The journal's own making of entries, over a list."""

    def __init__(self, seed: bytes) -> None:
        self._author = author_of(seed)
        self.workspace = WORKSPACE
        self.kept: list[Row] = []
        #: the public keys of other authors, as the table beside the entries has them
        self.keys: dict[str, bytes] = {}
        self.read_only = ""

    @property
    def now(self) -> datetime:
        return NOW

    @property
    def end(self) -> _End:
        """Found anew each time, as opening the workspace does: a crash forgets nothing that it needs."""
        mine = [row for row in self.kept if row.author == self._author.id]
        last = max(mine, key=lambda row: row.sequence, default=None)
        came = {
            r.author: r.hash
            for r in self.kept
            if r.author != self._author.id and (not last or r.position > last.position)
        }
        parents = (*([last.hash] if last else []), *came.values())
        return _End(
            len(self.kept),
            self.kept[-1].hash if self.kept else "",
            last.sequence if last else 0,
            last.hash if last else "",
            NOW,
            parents,
        )

    def write(self, payload: e.Payload) -> None:
        _event, row = self._make(self.end, payload, Moment(NOW, 1, "b", 0), "q")
        self.kept.append(Row(len(self.kept) + 1, **row))

    def store(self, rows: Any, authors: Mapping[str, bytes]) -> None:
        there = {(row.author, row.sequence) for row in self.kept}
        self.keys |= authors
        for row in rows:
            assert (row["author"], row["sequence"]) not in there, "the table has one row for each"
            self.kept.append(Row(len(self.kept) + 1, **row))

    def rows(self, after: int = 0) -> Iterator[Any]:
        return iter(self.kept[after:])

    def public_keys(self) -> dict[str, bytes]:
        return {self._author.id: self._author.public, **self.keys}

    def places(self) -> dict[str, tuple[str, int]]:
        return {row.hash: (row.author, row.sequence) for row in self.kept}

    def events(self, after: int = 0) -> Iterator[e.Event]:
        return (read_event(r.hash, r.signature, r.salt, r.envelope, r.payload) for r in self.kept[after:])


class Team:
    """Two to four replicas, what is on its way between them, and everything that was ever written."""

    def __init__(self, count: int) -> None:
        self.journals = [MemoryJournal(bytes([n + 1]) * 32) for n in range(count)]
        self.authors = [journal._author for journal in self.journals]
        self.keys = {author.id: author.public for author in self.authors}
        self.start = Assessment(history=History(founder=self.authors[0].id))
        first = self.journals[0]
        first.write(e.AssessmentStarted("sample", "1", "00" * 32))
        for number, author in enumerate(self.authors[1:], 1):
            member = Member(author.id, author.public.hex(), f"M{number}", Role.CONTRIBUTOR, "")
            first.write(e.MemberAdded(member))
        self.on_the_way: list[tuple[int, bytes]] = []
        self.written: set[str] = {row.hash for row in first.kept}
        for to in range(1, count):
            self.deliver(to, entries_bytes(tuple(foreign.entries(first, {}))))

    def write(self, who: int, payload: e.Payload) -> None:
        journal = self.journals[who]
        journal.write(payload)
        self.written.add(journal.kept[-1].hash)

    def answer(self, who: int, question: str, value: str) -> None:
        self.write(who, e.AnswerGiven(Answer(question, AnswerState.GIVEN, value)))

    def choose(self, who: int) -> None:
        """Someone chooses one of the versions that they see."""
        assessment = self.assessment(who)
        for key, versions in sorted(assessment.history.conflicts.items()):
            chosen = versions[0]
            content = json.dumps(e.payload_json(chosen.payload))
            among = tuple(version.hash for version in versions)
            payload = chosen.payload
            self.write(who, e.VersionChosen(key, among, chosen.said_by, payload.TYPE, payload.VERSION, content))
            return

    def send(self, who: int, to: int, since: int) -> None:
        """Put what `who` holds after that position on the way; it may come late, twice, or never."""
        came = tuple(foreign.entries(self.journals[who], {}))[since:]
        self.on_the_way.append((to, entries_bytes(came)))

    def arrive(self, number: int, *, again: bool, cut: int = 0) -> None:
        """Something on the way arrives, perhaps only its first part, perhaps once more later."""
        to, data = self.on_the_way[number]
        if not again:
            self.on_the_way.pop(number)
        if cut:
            data = b"".join(data.splitlines(keepends=True)[:-cut])
        self.deliver(to, data)

    def deliver(self, to: int, data: bytes, crash: int = -1) -> None:
        """Take what came; `crash`: only so many entries become durable before the program is killed."""
        journal = self.journals[to]
        checked = foreign.check(journal, WORKSPACE, self.authors[to].id, read_entries(data), self.keys)
        # one transaction: killed in the middle of it, nothing of it is there
        journal.store(checked.rows if crash < 0 else (), self.keys)

    def assessment(self, who: int) -> Assessment:
        return merged(self.journals[who].events(), self.start)

    def settle(self) -> None:
        """Everyone sends everything to everyone, until nothing is new."""
        for _round in range(2):
            for who in range(len(self.journals)):
                everything = entries_bytes(tuple(foreign.entries(self.journals[who], {})))
                for to in range(len(self.journals)):
                    if who != to:
                        self.deliver(to, everything)

    def check(self) -> int:
        """After everything arrived: nothing diverged, nothing lost, nothing overwritten unseen. How many conflicts."""
        assessments = [self.assessment(who) for who in range(len(self.journals))]
        assert all(assessment == assessments[0] for assessment in assessments), "diverged"
        return check(self.journals, self.written, assessments[0])


def check(journals: Sequence[MemoryJournal], written: set[str], assessment: Assessment) -> int:
    """Nothing lost, and against an oracle of ancestor sets: every value that nobody replaced knowingly stands, and no
    other. `written` are the hashes of all entries; the result is how many conflicts stand.
    """
    for journal in journals:
        assert {row.hash for row in journal.kept} == written, "lost"
    events = {event.hash: event for event in journals[0].events()}
    before: dict[str, frozenset[str]] = {}

    def ancestors(hash_: str) -> frozenset[str]:
        if hash_ not in before:
            parents = {*events[hash_].envelope.parents, events[hash_].envelope.previous} - {""}
            before[hash_] = frozenset(parents).union(*(ancestors(parent) for parent in parents))
        return before[hash_]

    for hash_ in events:
        ancestors(hash_)
    found = 0
    for key in {field_of(event.payload) for event in events.values()} - {""}:
        of = [event for event in events.values() if field_of(event.payload) == key]
        stands = [one for one in of if not any(one.hash in ancestors(other.hash) for other in of)]
        assert {v.hash for v in assessment.history.versions[key]} == {one.hash for one in stands}, key
        if key.startswith("answer:"):
            values = {_value(one.payload) for one in stands} - {""}
            shown = assessment.history.conflicts.get(key, ())
            assert {_value(v.payload) for v in shown} == (values if len(values) > 1 else set()), key
            found += len(values) > 1
    return found


def _value(payload: e.Payload) -> str:
    if isinstance(payload, e.VersionChosen):
        payload = e.read_payload(payload.type, payload.version, json.loads(payload.content))
    assert isinstance(payload, e.AnswerGiven)
    return "" if is_blank(payload) else str(payload.answer.value)


def schedule(seed: int, steps: int) -> int:
    """One random schedule to its end; the number of conflicts that stood in the end."""
    chance = random.Random(seed)
    team = Team(chance.randint(2, 4))
    count = len(team.journals)
    for _step in range(chance.randint(2, steps)):
        who = chance.randrange(count)
        to = (who + chance.randrange(1, count)) % count
        match chance.randrange(8):
            case 0 | 1 | 2:
                team.answer(who, chance.choice(QUESTIONS), chance.choice(VALUES))
            case 3:
                team.answer(who, chance.choice(QUESTIONS), "")
            case 4:
                team.choose(who)
            case 5:
                kept = len(team.journals[who].kept)
                team.send(who, to, chance.choice((0, 0, kept // 2, max(0, kept - 2))))
            case 6 if team.on_the_way:
                team.arrive(
                    chance.randrange(len(team.on_the_way)), again=chance.random() < 0.5, cut=chance.choice((0, 0, 1, 3))
                )
            case _:
                data = entries_bytes(tuple(foreign.entries(team.journals[who], {})))
                team.deliver(to, data, crash=chance.choice((-1, -1, 0)))
    team.settle()
    return team.check()
