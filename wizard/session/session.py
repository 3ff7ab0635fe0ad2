"""Holds one open assessment: what happened is recorded, then everything else follows from it.

One write path: `record` hands payloads to the writer thread, which makes them durable in the journal, folds them into
a new immutable assessment, and tells everyone who listens. The caller never waits for a disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol

from wizard.domain import events as e
from wizard.domain import newer, readable
from wizard.domain.assessment import Assessment, fold, merged
from wizard.domain.bulk import many_values
from wizard.domain.finding import Finding, SubjectKind, judge
from wizard.domain.language import _
from wizard.domain.members import Role, grouped, role_words
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.undo import inverse
from wizard.domain.versions import History
from wizard.jobs.runner import Runner
from wizard.session.changes import Change, touched

if TYPE_CHECKING:
    from wizard.exchange.request import Request
    from wizard.vault.verification import Verification
    from wizard.vault.workspace import Workspace

log = logging.getLogger(__name__)

Hear = Callable[[Change], None]

#: How many deeds can be taken back.
_UNDO_DEPTH = 50
#: How many looks may follow from one deed: the answers', and one for each repository.
_FOLLOWS = 100


class ReadOnly(Mistake):
    """Something would be written into an assessment that this window may only read."""


class NotYourRole(Mistake):
    """Something would be recorded that this person's role does not let them do."""


class HeldByNewer(Mistake):
    """Something would be changed that a newer version of the app wrote about, in words that this one cannot read."""


class Clock(Protocol):
    """Tells the time, so that tests can."""

    def __call__(self) -> datetime:
        """Now, UTC."""
        ...


def now_utc() -> datetime:
    """Now, UTC."""
    return datetime.now(UTC)


def whole(workspace: Workspace, beginning: Assessment, newest: Sequence[e.Event] = ()) -> Assessment:
    """The assessment from all entries of the journal, in the order that everyone who holds them finds.

    `newest` are its last ones where they are at hand, so that they need not be read again.
    """
    journal = workspace.journal
    before = journal.count - len(newest)
    with many_values():
        events = chain(islice(journal.events(), before), newest)
        return replace(merged(events, beginning), events=journal.count, head=journal.head)


class Session:
    """One open assessment and everything that a person can do to it (the deeds lie beside, one file a subject)."""

    def __init__(
        self,
        workspace: Workspace,
        questionnaire: Questionnaire,
        kinds: Mapping[str, SubjectKind],
        *,
        runner: Runner | None = None,
        clock: Clock = now_utc,
        custom_questionnaire: bool = False,
        start: Assessment | None = None,
        folded: Assessment | None = None,
    ) -> None:
        self.workspace = workspace
        self.questionnaire = questionnaire
        self.custom_questionnaire = custom_questionnaire
        self.kinds = kinds
        self.clock = clock
        self.runner = runner or Runner()
        self._owns_runner = runner is None
        #: the request that this workspace answers, None for an assessment of one's own
        self.request: Request | None = None
        self.verification: Verification | None = None
        #: what else follows from a deed; recorded right after it (the checks of answers)
        self.derive: Callable[[Session], e.Payload | None] = lambda session: None
        #: what holds before the first entry; without it, who made the workspace began the assessment
        self.beginning = start or Assessment(history=History(founder=workspace.author))
        #: `folded` is what `whole` made of the journal already, so that opening reads it once
        self.assessment: Assessment = folded or whole(workspace, self.beginning)
        self.saved_at: datetime | None = self.assessment.last_at
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="attestry writer")
        self._closed = False
        self._listeners: list[Hear] = []
        self._undo: list[tuple[tuple[e.Payload, ...], str]] = []
        self._judged: tuple[object, dict[str, Finding]] | None = None

    @property
    def read_only(self) -> bool:
        """True when another window writes here, the place cannot be written to, or this person's role only reads."""
        return self.workspace.read_only or not self.assessment.may_write(self.workspace.author)

    @property
    def read_only_because(self) -> str:
        """The sentence that says why nothing may be written; "" when it may."""
        if self.workspace.read_only:
            return self.workspace.read_only_because or _("This assessment is open for reading only.")
        if self.assessment.may_write(self.workspace.author):
            return ""
        if self.workspace.author in self.assessment.former:
            return _("You no longer take part in this assessment. You can read what you were sent before.")
        return _("You take part as a reviewer: you read, and what you write would count for nobody. Ask the lead.")

    def name_of(self, author: str) -> str:
        """Who that key belongs to: a member's name, this person's, or the beginning of the key."""
        assessment = self.assessment
        if author in assessment.members:
            return assessment.members[author].name
        if author == self.workspace.author:
            return assessment.signatory.name if assessment.signatory and assessment.signatory.name else _("you")
        if author in assessment.former:
            return assessment.former[author][0].name
        return grouped(author)[:9]

    @property
    def findings(self) -> dict[str, Finding]:
        """The finding of every requirement, judged once for each assessment and day."""
        now, assessment = self.clock(), self.assessment
        key = (id(assessment), assessment.head, now.date())
        judged = self._judged  # another thread may put its own there at any moment
        if judged is None or judged[0] != key:
            judged = self._judged = (key, judge(self.questionnaire, assessment, now, self.kinds))
        return judged[1]

    def held_because(self, *items: str) -> str:
        """Why these things can be read here and not changed: a newer version of the app wrote about one; else ""."""
        noted = newer.held(self.assessment, *items)
        if noted is None:
            return ""
        return _(
            "A newer version of Attestry wrote about this on {day} ({who}). This version cannot read it, so you can "
            "see this here but not change it, and it may not be how things stand. Update Attestry to go on."
        ).format(who=self.name_of(noted.author), day=readable.day(noted.at.date()))

    def refuse_newer(self, *items: str) -> None:
        """Raise `HeldByNewer` when one of these things was written about by a newer version of the app."""
        for item in items:
            if (noted := newer.held(self.assessment, item)) is not None:
                what = newer.item_words(self.questionnaire, self.assessment, item)
                raise HeldByNewer(
                    _(
                        "{what}: a newer version of Attestry wrote about this ({who}), and this one cannot read it. "
                        "Nothing was changed, so that nothing of it is lost. Update Attestry, then go on here."
                    ).format(what=what, who=self.name_of(noted.author))
                )

    def record(self, *payloads: e.Payload, origin: object = None, title: str = "") -> Future[Change]:
        """Make these payloads durable in one transaction; `title` is the sentence that undoing shows.

        Returns at once. The future holds the `Change`, or the mistake that kept it from being saved.
        """
        return self._writer.submit(self._write, payloads, origin, title)

    def merge(self, take: Callable[[], Sequence[e.Event]], *payloads: e.Payload) -> Future[Change]:
        """Let `take` put entries of others into the journal, then make these payloads durable; all on the writer
        thread. What others wrote cannot be undone, and neither can what was done before it.
        """
        return self._writer.submit(self._merge, take, payloads)

    def undo(self) -> Future[Change | None]:
        """Take the last deed back, by recording what puts things as they were. The future holds None when there is
        nothing, which only the writer knows: deeds and other takings back may still wait for it.
        """
        return self._writer.submit(self._take_back)

    def listen(self, hear: Hear) -> Callable[[], None]:
        """Call `hear` after every change, on the writer thread. Returns the function that stops it."""
        self._listeners.append(hear)
        return lambda: self._listeners.remove(hear) if hear in self._listeners else None

    def flush(self) -> None:
        """Wait until everything recorded so far is durable; after `close` it is."""
        if not self._closed:
            self._writer.submit(lambda: None).result()

    def close(self) -> None:
        """Finish what is being written, stop jobs, and let go of the workspace."""
        self._closed = True
        if self._owns_runner:
            self.runner.close()
        self._writer.shutdown(wait=True)
        self._listeners.clear()
        self.workspace.close()

    def _write(self, payloads: tuple[e.Payload, ...], origin: object, title: str, undone: str = "") -> Change:
        if self.read_only:
            raise ReadOnly(self.read_only_because)
        before, found_before = self.assessment, self.findings
        author = self.workspace.author
        if not undone and not all(before.allows(author, payload) for payload in payloads):
            raise NotYourRole(
                _(
                    "Your role here is {role}, and this is done by another one, so nothing was saved: "
                    "for the others it would have no effect. Ask the lead to do it, or to raise your role."
                ).format(role=role_words(before.role_of(author) or Role.REVIEWER))
            )
        for payload in payloads:
            self.refuse_newer(*newer.written(self.questionnaire, before, payload))
        self._append(payloads)
        payloads = self._with_what_follows(payloads)
        if title:
            back = tuple(p for payload in reversed(payloads) for p in inverse(payload, before, author))
            if back:
                self._undo = [*self._undo[-_UNDO_DEPTH + 1 :], (back, title)]
        return self._tell(payloads, found_before, origin, undone)

    def _merge(self, take: Callable[[], Sequence[e.Event]], payloads: tuple[e.Payload, ...]) -> Change:
        if self.workspace.read_only:  # whoever only reads takes in what the others wrote all the same
            raise ReadOnly(self.read_only_because)
        found_before = self.findings
        came = take()
        self.assessment = whole(self.workspace, self.beginning, came)
        self._append(payloads)
        payloads = self._with_what_follows(payloads)
        self._undo = []
        return self._tell((*(event.payload for event in came), *payloads), found_before, None, "")

    def _with_what_follows(self, payloads: tuple[e.Payload, ...]) -> tuple[e.Payload, ...]:
        if self.read_only:
            return payloads
        for _round in range(_FOLLOWS):
            more = self.derive(self)
            if more is None or more in payloads:
                break
            self._append((more,))
            payloads = (*payloads, more)
        return payloads

    def _tell(
        self, payloads: tuple[e.Payload, ...], found_before: Mapping[str, Finding], origin: object, undone: str
    ) -> Change:
        self.saved_at = self.clock()
        change = Change(
            touched(self.questionnaire, payloads, found_before, self.findings), payloads, origin, self.saved_at, undone
        )
        for hear in tuple(self._listeners):
            try:
                hear(change)
            except Exception:  # a listener that fails must not make a durable deed look unsaved
                log.exception("a listener failed")
        return change

    def _append(self, payloads: tuple[e.Payload, ...]) -> None:
        if not payloads:
            return
        events = self.workspace.journal.append(*payloads, questionnaire=self.questionnaire.digest)
        if any(isinstance(payload, e.MemberAdded | e.MemberRemoved) for payload in payloads):
            self.assessment = whole(self.workspace, self.beginning)  # it may change what earlier entries may do
        else:
            self.assessment = fold(events, self.assessment)

    def _take_back(self) -> Change | None:
        if not self._undo:
            return None
        payloads, title = self._undo.pop()
        try:
            return self._write(payloads, None, "", undone=title)
        except BaseException:
            self._undo.append((payloads, title))
            raise
