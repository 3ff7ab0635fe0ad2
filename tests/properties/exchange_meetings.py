"""Whole sessions that meet by synced folder, server and bundle file, are killed in between, and an oracle over them.

Only the database of the journal is left out: sessions, packets, seals, carriers, evidence boxes and folds are the
program's own.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from tests.properties.domain_samples import question, questionnaire, requirement
from tests.properties.exchange_replicas import NOW, QUESTIONS, VALUES, MemoryJournal, check
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.assessment import Assessment
from wizard.domain.evidence import Evidence
from wizard.domain.members import Member, Role
from wizard.domain.mistakes import Mistake
from wizard.domain.versions import History
from wizard.exchange.carrier import Carrier
from wizard.exchange.folder import FolderCarrier
from wizard.jobs.runner import Runner
from wizard.session.deeds import exchanging, sharing
from wizard.session.session import Session, whole
from wizard.vault import evidence_box, foreign
from wizard.vault.building import own_keys
from wizard.vault.clock import Moment

ASKED = questionnaire(requirement("R1"), questions=[question(id, "R1") for id in QUESTIONS])
RUNNER = Runner()
#: A server's packets of one workspace: made for the workspace's id.
MakeCarrier = Callable[[str], Carrier]


class Killed(Exception):
    """The program was killed here."""


class Fuse:
    """Kills at the n-th durable write from now, or never."""

    def __init__(self) -> None:
        self.left = -1

    def burn(self) -> None:
        """One durable write more."""
        if self.left == 0:
            raise Killed
        self.left -= 1


class Secrets(dict[str, bytes]):
    """The named secrets of a workspace."""

    read_only = ""

    def __init__(self, fuse: Fuse, kept: Mapping[str, bytes]) -> None:
        super().__init__(kept)
        self._fuse = fuse

    def put(self, name: str, data: bytes) -> None:
        self._fuse.burn()
        self[name] = data


class Ledger(MemoryJournal):
    """A journal in memory that can be killed before or after each of its transactions."""

    def __init__(self, seed: bytes, workspace: str, fuse: Fuse) -> None:
        super().__init__(seed)
        self.workspace = workspace
        self._fuse = fuse

    count = property(lambda self: len(self.kept))  # type: ignore[assignment]
    head = property(lambda self: self.kept[-1].hash if self.kept else "")  # type: ignore[assignment]

    def append(self, *payloads: e.Payload, questionnaire: str) -> tuple[e.Event, ...]:
        self._fuse.burn()
        out = []
        for payload in payloads:
            event, row = self._make(self.end, payload, Moment(NOW, 1, "b", 0), questionnaire)
            super().store([row], {})
            out.append(event)
        return tuple(out)

    def store(self, rows: Any, authors: Mapping[str, bytes]) -> None:
        self._fuse.burn()
        super().store(rows, authors)
        self._fuse.burn()


@dataclass
class Workspace:
    """What a session needs of an open workspace."""

    folder: Path
    shared: str
    journal: Ledger
    secrets: Secrets
    box: evidence_box.EvidenceBox
    author: str
    author_public: str
    read_only: bool = False
    read_only_because: str = ""

    def close(self) -> None:
        """Nothing is held."""


class Fragile:
    """A carrier that may be killed before and after it leaves something, and that hides what it is told to."""

    def __init__(self, inner: Carrier, fuse: Fuse, hidden: Callable[[str, int], bool]) -> None:
        self._inner, self._fuse, self._hidden = inner, fuse, hidden

    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        found = self._inner.numbers()
        return {a: kept for a, ns in found.items() if (kept := tuple(n for n in ns if not self._hidden(a, n)))}

    def fetch(self, author: str, number: int, out: BinaryIO) -> None:
        self._inner.fetch(author, number, out)

    def leave(self, author: str, number: int, packet: BinaryIO) -> None:
        self._fuse.burn()
        self._inner.leave(author, number, packet)
        self._fuse.burn()

    def close(self) -> None:
        self._inner.close()


class Editor:
    """One replica: what is durable of it, and the session that is open on it now."""

    def __init__(self, number: int, workspace: str, folder: Path, founder: str) -> None:
        self.fuse = Fuse()
        journal = Ledger(bytes([number + 1]) * 32, workspace, self.fuse)
        keys = evidence_box.new_keys()
        secrets = Secrets(self.fuse, _kept(bytes([number + 1]) * 32, keys))
        own = own_keys(secrets).author  # type: ignore[arg-type]
        self.founder = founder or own.id
        place = folder / f"workspace-{number}"
        place.mkdir()
        self.synced = folder / f"synced-{number}"
        self.synced.mkdir()
        box = evidence_box.EvidenceBox(place, keys, read_only="")
        self.workspace = Workspace(place, workspace, journal, secrets, box, own.id, own.public.hex())
        self.author = own.id
        self.open()

    def open(self) -> None:
        """Open it, as after a start of the program."""
        self.fuse.left = -1
        start = Assessment(history=History(founder=self.founder))
        self.session = Session(self.workspace, ASKED, {}, runner=RUNNER, clock=lambda: NOW, start=start)  # type: ignore[arg-type]

    def member(self) -> Member:
        own = foreign.own_side(self.workspace.secrets)  # type: ignore[arg-type]
        return Member(self.author, own.public.hex(), f"M{self.author[:4]}", Role.CONTRIBUTOR, own.recipient)

    @contextlib.contextmanager
    def may_be_killed(self, after: int) -> Iterator[None]:
        """What happens in the block is cut off at its n-th durable write (-1: not at all), then it is opened again."""
        self.fuse.left = after
        try:
            yield
        except Killed:
            self.session.close()
            self.open()
        except Mistake:
            pass  # a damaged or early packet is refused with a sentence; the end of the schedule says if it mattered
        finally:
            self.fuse.left = -1


class Meeting:
    """A lead and one to three members; every one of them has a folder of their own that a service syncs."""

    def __init__(
        self, chance: random.Random, folder: Path, workspace: str, server: MakeCarrier | None, people: int = 0
    ) -> None:
        self.chance = chance
        self.folder = folder
        self.server = server(workspace) if server else None
        count = people or chance.randint(2, 4)
        lead = Editor(0, workspace, folder, "")
        self.editors = [lead, *(Editor(n, workspace, folder, lead.author) for n in range(1, count))]
        self.bundles: list[Path] = []
        payloads = [e.AssessmentStarted("sample", "1", "00" * 32)]
        lead.session.record(*payloads).result()
        for one in self.editors[1:]:
            sharing.add_member(lead.session, one.member(), Role.CONTRIBUTOR).result()
        for one in self.editors[1:]:
            rows = lead.workspace.journal.kept
            one.workspace.journal.kept = [replace(row) for row in rows]
            one.workspace.journal.keys = {e.author: bytes.fromhex(e.workspace.author_public) for e in self.editors}
            one.session.close()
            one.open()
        lead.workspace.journal.keys = dict(one.workspace.journal.keys)

    def close(self) -> None:
        for one in self.editors:
            one.session.close()

    def step(self) -> None:
        """Something happens to someone, and perhaps the program is killed in the middle of it."""
        one = self.chance.choice(self.editors)
        deeds = (self.say, self.say, self.say, self.note, self.choose, self.show, self.bundle, self.sync)
        deed = self.chance.choice((*deeds, self.exchange, self.exchange))
        self.do(one, deed, self.chance.choice((-1, -1, -1, 0, 1, 2, 3, 4)))

    def do(self, one: Editor, deed: Callable[[Editor], None], killed_after: int = -1) -> None:
        """That deed of that editor."""
        with one.may_be_killed(killed_after):
            deed(one)

    def say(self, one: Editor) -> None:
        """An answer, or an emptied one."""
        answer = Answer(self.chance.choice(QUESTIONS), AnswerState.GIVEN, self.chance.choice((*VALUES, "")))
        one.session.record(e.AnswerGiven(answer)).result()

    def note(self, one: Editor) -> None:
        """Something that never is a conflict: a note, or an entry of a newer app."""
        payload = self.chance.choice((e.CommentSet("R1", f"by {one.author[:4]}"), e.Unknown("poem", 7, {})))
        one.session.record(payload).result()

    def choose(self, one: Editor) -> None:
        """One of the versions that they see."""
        for conflict in sharing.conflicts(one.session)[:1]:
            sharing.choose(one.session, conflict, self.chance.choice(conflict.versions).hash).result()

    def settle(self) -> None:
        """Everything is synced and nothing is hidden: everyone exchanges until nothing is new."""
        for _round in range(8):
            moved = 0
            for one in self.editors:
                for source in self.editors:
                    self._sync(source, one, whole=True)
                carriers = [self._folder(one)] + ([self.server] if self.server else [])
                for name, carrier in zip(("folder", "server"), carriers, strict=False):
                    done = exchanging.exchange_now(one.session, carrier, name)
                    moved += done.left + done.taken
            if not moved:
                return
        raise AssertionError("it never comes to rest")

    def check(self) -> int:
        """Nothing diverged, nothing lost, nothing overwritten unseen; how many conflicts stand."""
        journals = [one.workspace.journal for one in self.editors]
        written = {row.hash for journal in journals for row in journal.kept if row.author == journal._author.id}
        seen = [replace(one.session.assessment, head="", last_at=None) for one in self.editors]
        assert all(value == seen[0] for value in seen), "diverged"
        for one in self.editors:
            assert one.session.assessment == whole(one.session.workspace, one.session.beginning), (
                "step by step is another than all at once"
            )
            for item in one.session.assessment.evidence.values():
                assert one.workspace.box.read(item.sealed, 1000) == item.name.encode(), "evidence lost"
        return check(journals, written, seen[0])

    def _folder(self, one: Editor) -> Carrier:
        return FolderCarrier(one.synced, one.workspace.shared)

    def exchange(self, one: Editor) -> None:
        """By folder or server, which may keep some of it back for now."""
        by_server = self.server is not None and self.chance.random() < 0.6
        inner = self.server if by_server and self.server else self._folder(one)
        late = self.chance.random() < 0.4
        seed = self.chance.random()
        carrier = Fragile(inner, one.fuse, lambda a, n: late and random.Random(f"{seed}{a}{n}").random() < 0.5)
        exchanging.exchange_now(one.session, carrier, "server" if by_server else "folder")

    def bundle(self, one: Editor) -> None:
        """A bundle is written, or one that was written earlier is taken: perhaps late, perhaps once more."""
        if not self.bundles or self.chance.random() < 0.5:
            out = self.folder / f"{len(self.bundles)}.attestry-bundle"
            exchanging.bundle_now(one.session, out, since_last=self.chance.random() < 0.5)
            self.bundles.append(out)
            return
        exchanging.take_bundle_now(one.session, self.chance.choice(self.bundles))

    def show(self, one: Editor) -> None:
        """Evidence is sealed, and then recorded."""
        name = f"{one.author[:4]}-{one.workspace.journal.count}"
        sealed = one.workspace.box.seal_bytes(name.encode())
        item = Evidence(f"{name}-id", name, "text/plain", sealed, ("R1",))
        one.session.record(e.EvidenceAdded(item)).result()

    def sync(self, one: Editor) -> None:
        """Some of what lies in somebody's folder comes into theirs."""
        self._sync(self.chance.choice(self.editors), one)

    def _sync(self, source: Editor, target: Editor, whole: bool = False) -> None:
        """The service copies between two folders: some files, in any order, half ones, renamed ones."""
        if source is target:
            return
        for path in sorted(source.synced.rglob("*.attestry-bundle")):
            if "conflicted" in path.name or (not whole and self.chance.random() < 0.4):
                continue
            to = target.synced / path.relative_to(source.synced)
            if to.exists() and to.stat().st_size >= path.stat().st_size:
                continue
            to.parent.mkdir(parents=True, exist_ok=True)
            data = path.read_bytes()
            if not whole and self.chance.random() < 0.2:
                data = data[: self.chance.randrange(len(data))]
            if not whole and self.chance.random() < 0.1:
                to = to.with_name(f"{to.stem} (conflicted copy){to.suffix}")
            to.write_bytes(data)


def _kept(seed: bytes, keys: evidence_box.BoxKeys) -> dict[str, bytes]:
    return {
        "vault/author": seed,
        "vault/evidence-identity": keys.identity.encode("ascii"),
        "vault/evidence-names": keys.names,
        "vault/heads": seed,
    }


@contextlib.contextmanager
def met(seed: int, server: MakeCarrier | None = None, people: int = 0) -> Iterator[Meeting]:
    """A meeting in folders of its own, which are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="attestry-meeting-", dir=_quick_place()))
    try:
        meeting = Meeting(random.Random(seed), folder, f"{seed:032x}", server, people)
        try:
            yield meeting
        finally:
            meeting.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def schedule(seed: int, steps: int, server: MakeCarrier | None = None) -> int:
    """One random schedule to its end; the number of conflicts that stood in the end."""
    with met(seed, server) as meeting:
        for _step in range(meeting.chance.randint(2, steps)):
            meeting.step()
        meeting.settle()
        return meeting.check()


def _quick_place() -> str | None:
    """Memory, where there is such a place: what these schedules try is order, not disks."""
    place = Path("/dev/shm")
    return str(place) if place.is_dir() else None
