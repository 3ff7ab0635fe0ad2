"""A teammate's side: opens a request as a small assessment of its own, and seals the reply to whoever asked.

The answers lie in a workspace of the teammate's, encrypted like any other; its entries bear the id of the assessment
that asked, so that they are merged there as the teammate signed them.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.assessment import Assessment
from wizard.domain.language import _
from wizard.domain.members import Member, Role, as_name
from wizard.domain.mistakes import Mistake
from wizard.domain.scope import HOSTS_QUESTION
from wizard.domain.versions import History
from wizard.jobs.runner import Hear, Job, Progress, Runner
from wizard.session.deeds import looking
from wizard.session.session import Clock, Session, now_utc
from wizard.session.settings import Preferences
from wizard.vault.workspace import Workspace

if TYPE_CHECKING:
    from wizard.exchange.request import Request
    from wizard.vault.keys import Cost
    from wizard.vault.unlocking import Unlock

_REQUEST = "sharing/request"
_NAME = "sharing/name"
#: Where the answers to requests lie in this person's data folder.
FOLDER = "answering"


class NothingToSend(Mistake):
    """A reply without an answer and without a file."""


class NotARequest(Mistake):
    """A workspace that answers no request."""


class OtherLead(Mistake):
    """A request by another key than the one that the answers were given to."""


class UnsafeTarget(Mistake):
    """A place that the reply must not or cannot be written to."""


@dataclass(frozen=True, slots=True)
class Replied:
    """A sealed reply: where it lies, what is in it, and the fingerprint that the lead compares once."""

    path: Path
    answers: int
    files: int
    looks: int
    size: int
    fingerprint: str


def folder_of(request: Request, preferences: Preferences) -> Path:
    """Where the answers to requests of that assessment by that lead lie, whether they are there yet or not.

    Another key that asks about the same assessment gets another one: nobody is sealed what was said to somebody else.
    """
    heading = request.heading
    return preferences.home.data / FOLDER / f"{heading.workspace}-{heading.lead.author[:32]}.attestry"


def put_aside(request: Request, preferences: Preferences) -> Path:
    """Begin anew with another passphrase and key: what was answered before stays beside, under another name."""
    folder = folder_of(request, preferences)
    for number in range(1, 1000):
        aside = folder.with_name(f"{folder.stem}-{number}.attestry")
        if not aside.exists():
            try:
                folder.rename(aside)
            except OSError:
                break
            return aside
    raise UnsafeTarget(
        _("The earlier answers could not be moved aside. Close the other window that shows them, then try again.")
    )


def begin(
    request_file: Path,
    preferences: Preferences,
    *,
    passphrase: str,
    remember: bool,
    name: str,
    runner: Runner | None = None,
    clock: Clock = now_utc,
    floor: Cost | None = None,
) -> Session:
    """Make a workspace for the answers to a request, and open it. Raises the mistakes of request and vault."""
    from wizard.exchange import request as requests
    from wizard.vault import foreign

    request = requests.read(request_file)
    workspace, _recovery = Workspace.create(
        folder_of(request, preferences),
        passphrase=passphrase,
        remember=remember,
        home=preferences.home.data,
        floor=floor,
    )
    try:
        heading = request.heading
        foreign.become_part(workspace, foreign.Shared(heading.workspace, heading.lead.author))
        return _adopted(workspace, request_file, name, preferences, runner, clock)
    except BaseException:
        workspace.close()
        raise


def go_on(
    request_file: Path,
    unlock: Unlock,
    preferences: Preferences,
    *,
    runner: Runner | None = None,
    clock: Clock = now_utc,
    floor: Cost | None = None,
) -> Session:
    """Open the answers to requests of that assessment again; they answer this request from now on."""
    from wizard.exchange import request as requests

    request = requests.read(request_file)
    folder = folder_of(request, preferences)
    workspace = Workspace.open(folder, unlock, home=preferences.home.data, floor=floor)
    try:
        name = (workspace.secrets.get(_NAME) or b"").decode("utf-8")
        return _adopted(workspace, request_file, name, preferences, runner, clock)
    except BaseException:
        workspace.close()
        raise


def _adopted(
    workspace: Workspace,
    request_file: Path,
    name: str,
    preferences: Preferences,
    runner: Runner | None,
    clock: Clock,
) -> Session:
    from wizard.exchange import request as requests
    from wizard.vault import foreign

    if foreign.founder(workspace.secrets, workspace.author) != requests.read(request_file).heading.lead.author:
        raise OtherLead(
            _(
                "These answers were given to somebody else: another key signed the request. Nothing was opened. "
                "Compare the fingerprint with whoever sent it."
            )
        )
    if not workspace.read_only:
        workspace.secrets.put(_NAME, name.strip().encode("utf-8", "replace"))
        workspace.secrets.put(_REQUEST, request_file.read_bytes())
    session = session_of(workspace, runner=runner, clock=clock)
    if session is None:
        raise NotARequest(_("This workspace answers no request. Open the request file again."))
    preferences.remember(workspace.folder, title_of(session))
    return session


def title_of(session: Session) -> str:
    """What the answers to a request are called."""
    heading = session.request.heading if session.request else None
    return _("Answers for {title}").format(title=(heading and (heading.integration or heading.organisation)) or "")


def session_of(workspace: Workspace, *, runner: Runner | None = None, clock: Clock = now_utc) -> Session | None:
    """The session of a workspace that answers a request; None for one that does not."""
    data = workspace.secrets.get(_REQUEST)
    if data is None:
        return None
    from wizard.exchange import request as requests
    from wizard.session import opening

    request = requests.parse(data, workspace.folder.name)
    session = Session(
        workspace,
        request.questionnaire,
        opening.check_kinds(),
        runner=runner,
        clock=clock,
        start=_start(request, workspace),
    )
    session.request = request
    session.derive = looking.what_follows
    return session


def _start(request: Request, workspace: Workspace) -> Assessment:
    """What the request says: who applies, and the hosts that it names, which the teammate may agree to look at."""
    heading = request.heading
    own = Member(workspace.author, workspace.author_public, heading.to, Role.CONTRIBUTOR)
    rows = tuple(
        Row(
            (
                ("host", host.name if host.port == 443 else f"{host.name}:{host.port}"),
                ("purpose", host.purpose),
                ("public", "yes" if host.public else "no"),
                ("private_network", "yes" if host.private_network else "no"),
            )
        )
        for host in heading.hosts
    )
    answers = {HOSTS_QUESTION: Answer(HOSTS_QUESTION, AnswerState.GIVEN, rows)} if rows else {}
    return Assessment(
        described=e.AssessmentDescribed(heading.organisation, heading.integration),
        answers=answers,
        members={own.author: own},
        history=History(founder=heading.lead.author),
        answering=True,
    )


def late_words(due: date | None, today: date) -> str:
    """The sentence about a request whose day has passed, "" for another one. It can be answered all the same."""
    if due is None or due >= today:
        return ""
    return _("That day has passed. You can still answer; ask them whether they still need it.")


def name_of(session: Session) -> str:
    """The name that the teammate gave for the reply."""
    return (session.workspace.secrets.get(_NAME) or b"").decode("utf-8")


def rename(session: Session, name: str) -> None:
    """Send replies under another name. Raises ReadOnly, NotSaved."""
    session.workspace.secrets.put(_NAME, name.strip().encode("utf-8", "replace"))


def reply(session: Session, out: Path, hear: Hear = lambda event: None) -> Job[Replied]:
    """Seal everything that was answered, dropped and seen to the lead, signed by this workspace's key.

    The job fails with `NothingToSend` for an empty reply. An existing file is replaced only by a finished one.
    """
    title = _("Sealing the reply")
    stopped = threading.Event()

    async def work(progress: Progress) -> Replied:
        session.flush()
        try:
            return await asyncio.to_thread(_seal, session, out, progress, stopped)
        except asyncio.CancelledError:
            stopped.set()
            raise

    return session.runner.start(work, title, hear)


def _seal(session: Session, out: Path, progress: Progress, stopped: threading.Event) -> Replied:
    from wizard.exchange import packet
    from wizard.vault import files, foreign

    request, workspace = session.request, session.workspace
    if request is None:
        raise NotARequest(_("This workspace answers no request. Open the request file again."))
    assessment = session.assessment
    answered = sum(1 for answer in assessment.answers.values() if answer.author)
    said = answered + len(assessment.comments) + len(assessment.not_applicable)
    if not (said or assessment.evidence or assessment.runs):
        raise NothingToSend(
            _("Nothing is answered and no file is here yet, so there is nothing to send. Answer one question first.")
        )
    own = foreign.own_side(workspace.secrets)
    entries = tuple(foreign.entries(workspace.journal, {}))
    items = foreign.carried_files(workspace.journal.events(), workspace.box)
    sender = Member(
        own.author, own.public.hex(), as_name(name_of(session), request.heading.to), Role.CONTRIBUTOR, own.recipient
    )
    manifest = packet.Manifest(
        kind="reply",
        workspace=request.heading.workspace,
        sender=sender,
        made_at=session.clock().replace(microsecond=0),
        entries=len(entries),
        entries_size=0,
        entries_digest="",
        files=tuple(packet.Item(s.name, s.digest, s.size) for s in items),
        keys=((own.author, own.public.hex()),),
        request=request.hash,
    )
    whole = {item.name: item for item in items}

    def give(item: packet.Item, stream: BinaryIO) -> None:
        if stopped.is_set():
            raise packet.Stopped
        workspace.box.open(whole[item.name], stream, cancelled=stopped.is_set)

    try:
        with files.new_part(out.parent) as (part, target):
            packet.write(
                target,
                manifest,
                packet.entries_bytes(entries),
                give,
                own.sign,
                [request.heading.lead.recipient],
                lambda done: progress(done, len(items), ""),
            )
            size = target.tell()
            files.settle(part, target, out)
    except OSError as error:
        raise UnsafeTarget(
            _("The reply could not be written to {path} ({reason}). Choose another folder.").format(
                path=out, reason=files.reason(error)
            )
        ) from None
    return Replied(out, answered, len(assessment.evidence), len(assessment.runs), size, own.author)
