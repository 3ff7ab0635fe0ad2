"""Goes on from an attestation signed earlier: what was said then is carried over and waits to be looked at again."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from wizard.domain import events as e
from wizard.domain import readable
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.attestation import Attestation, Item, Said
from wizard.domain.changed import Since
from wizard.domain.evidence import Evidence, Sealed
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import AnswerKind, Option, Question, Questionnaire
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.changes import Change
from wizard.session.session import Session


class CannotRenew(Mistake):
    """A file that an assessment cannot go on from; the text says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What can be carried over: answers, and the evidence that still counts; what is asked again, and why."""

    answers: tuple[Answer, ...]
    asked_again: tuple[tuple[str, str], ...]
    evidence: tuple[Evidence, ...]
    expired: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Renewal:
    """What was carried over. `missing` is the evidence that still counts and has to be brought again."""

    attestation: Attestation
    plan: Plan
    added: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def plan(questionnaire: Questionnaire, old: Attestation, today: date) -> Plan:
    """What of an earlier attestation holds for this questionnaire. Pure.

    An answer is carried over only when the sentence that it answers is the same (by digest), the question is asked
    in the same words, and the answer reads back exactly as it was printed.
    """
    answers: dict[str, Answer] = {}
    again: dict[str, str] = {}
    for item in _items(old):
        requirement = questionnaire.by_id.get(item.id)
        if requirement is None:
            continue
        then = item.source.digest if item.source else ""
        now = requirement.source.digest if requirement.source else ""
        if then != now:
            again[item.id] = _("the page says it in other words now")
            continue
        for said in _said(item):
            question = questionnaire.question_by_id.get(said.question)
            if question is None or said.not_asked or said.question in answers:
                continue
            if question.ask != said.ask:
                again[item.id] = _("it is asked in other words now")
            elif (answer := answer_of(question, said)) is not None:
                answers[said.question] = answer
            elif not _elsewhere(said):
                again.setdefault(item.id, _not_carried(question))
    known = {item.id for item in _items(old)}
    again |= {id: _("it was not asked then") for id in questionnaire.by_id if id not in known}
    evidence = [replace(one, requirements=_still(questionnaire, one)) for one in old.evidence]
    counting = tuple(one for one in evidence if one.expires is None or one.expires > today)
    return Plan(
        tuple(answers.values()), tuple(again.items()), counting, tuple(one for one in evidence if one not in counting)
    )


def renew(session: Session, pdf: Path, folder: Path | None = None, hear: Hear = lambda event: None) -> Job[Renewal]:
    """Carry over what a signed attestation says. `folder` holds its evidence files, when they are at hand.

    The job fails with `CannotRenew` for a file that does not verify, a summary, or another partner's.
    """

    async def work(progress: Progress) -> Renewal:
        progress(0, 3, _("Verifying the earlier attestation"))
        digest, data, old = await asyncio.to_thread(_verified, pdf)
        _belongs(session, old)
        today = session.clock().date()
        found = plan(session.questionnaire, old, today)
        progress(1, 3, _("Carrying over"))
        sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, data)
        described = session.assessment.described
        payloads: list[e.Payload] = []
        if not described.organisation.strip() and not described.integration.strip():
            payloads.append(
                replace(
                    described,
                    organisation=old.organisation,
                    integration=old.integration,
                    place=old.place,
                    registration=old.registration,
                )
            )
        new = [answer for answer in found.answers if answer.question not in session.assessment.answers]
        payloads += [e.AnswerGiven(answer) for answer in new]
        payloads.append(
            e.Renewed(
                file_name=pdf.name,
                file_digest=digest,
                key_fingerprint=old.signatory.fingerprint,
                signed_at=old.signed_at,
                data=sealed,
                carried=tuple(answer.question for answer in new),
                asked_again=tuple(id for id, _why in found.asked_again),
            )
        )
        await asyncio.wrap_future(session.record(*payloads))
        progress(2, 3, _("Looking for the evidence"))
        added, missing = await _bring(session, found.evidence, folder)
        return Renewal(old, replace(found, answers=tuple(new)), added, missing)

    return session.runner.start(work, _("Going on from an earlier attestation"), hear)


def check(pdf: Path) -> Attestation:
    """The attestation that a new assessment can go on from. Raises `CannotRenew` and `CannotRead`."""
    _digest, _data, old = _verified(pdf)
    if old.summary:
        raise CannotRenew(_no_summary())
    if old.demonstration:
        raise CannotRenew(_("This is a demonstration: nothing real goes on from it. Nothing was carried over."))
    return old


def keep(session: Session, requirement: str) -> Future[Change]:
    """Say that the answers carried over for a requirement still hold: they count as given now, by this person."""
    answers = session.assessment.answers
    kept = [e.AnswerGiven(answers[question.id]) for question in carried(session, requirement) if question.id in answers]
    return session.record(*kept, title=_("Kept the answers to {id}").format(id=requirement))


def carried(session: Session, requirement: str) -> tuple[Question, ...]:
    """The questions of a requirement whose answers were carried over and nobody has looked at since."""
    waiting = session.assessment.carried
    return tuple(q for q in session.questionnaire.questions_for(requirement) if q.id in waiting) if waiting else ()


def since(session: Session, new: Attestation) -> Since | None:
    """What changed since the attestation before this one; None when there was none, or its data are not here."""
    from wizard.document.canonical import LIMIT, NotCanonical, read
    from wizard.document.delta import OtherPartner, delta

    sealed = _previous(session)
    if sealed is None:
        return None
    try:
        old = read(session.workspace.box.read(sealed, LIMIT))
        return Since(sealed.digest, old.signed_at.date(), delta(old, new))
    except (OtherPartner, NotCanonical):
        return None
    except Mistake:  # a sealed file that did not come along from a teammate: the pages say nothing about it
        return None


def _previous(session: Session) -> Sealed | None:
    signed = [n.payload for n in session.assessment.attestations if isinstance(n.payload, e.Attested)]
    if signed and signed[-1].data is not None:
        return signed[-1].data
    renewed = session.assessment.renewed
    return renewed.data if renewed is not None else None


def _verified(pdf: Path) -> tuple[str, bytes, Attestation]:
    from wizard.document.canonical import canonical
    from wizard.document.verify import verify
    from wizard.session.deeds.reviewing import holds, read

    written = read(pdf)
    found = verify(written)
    if not holds(found) or found.attestation is None:
        raise CannotRenew(
            _("{name} does not verify, so nothing was carried over. {why}").format(name=pdf.name, why=found.trouble)
        )
    return hashlib.sha256(written).hexdigest(), canonical(found.attestation), found.attestation


def _no_summary() -> str:
    return _("This is a public summary: it does not hold the answers. Nothing was carried over. Choose the full one.")


def _belongs(session: Session, old: Attestation) -> None:
    from wizard.document.identity import same_name

    if old.summary:
        raise CannotRenew(_no_summary())
    if old.demonstration != session.assessment.demonstration:
        raise CannotRenew(_("One of the two is a demonstration, the other is not. Nothing was carried over."))
    described = session.assessment.described
    if described.organisation.strip() and not same_name(described.organisation, old.organisation):
        raise CannotRenew(
            _("That attestation is of {other}, not of {own}. Nothing was carried over.").format(
                other=old.organisation, own=described.organisation
            )
        )
    if old.questionnaire != session.questionnaire.id:
        raise CannotRenew(
            _("That attestation answers another questionnaire, {other}. Nothing was carried over.").format(
                other=old.questionnaire_title
            )
        )


async def _bring(
    session: Session, evidence: tuple[Evidence, ...], folder: Path | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Add the files in `folder` that are still the evidence of then; the names added, and those missing."""
    from wizard.document.handed_over import Match, compare
    from wizard.session.deeds import evidence as filing

    if folder is None:
        return (), tuple(one.name for one in evidence)
    pieces = (await asyncio.to_thread(compare, evidence, folder)).pieces
    added, missing = [], []
    for one, piece in zip(evidence, pieces, strict=True):
        if piece.match is not Match.MATCHED:
            missing.append(one.name)
            continue
        job = filing.add(session, [folder / piece.file], one.requirements, note=one.note, expires=one.expires)
        await asyncio.wrap_future(job.result)
        added.append(one.name)
    return tuple(added), tuple(missing)


def _items(old: Attestation) -> Iterator[Item]:
    yield from old.scoping
    for group in old.groups:
        yield from group.items


def _said(item: Item) -> Iterator[Said]:
    yield from item.said
    for part in item.parts:
        yield from part.said


def _still(questionnaire: Questionnaire, one: Evidence) -> tuple[str, ...]:
    known = set(questionnaire.by_id) | {part.id for r in questionnaire.by_id.values() for part in r.parts}
    return tuple(id for id in one.requirements if id in known)


def _elsewhere(said: Said) -> bool:
    """True for a table that is printed at another requirement: it is read there."""
    head, _gap, tail = _("The table is printed at {id}.").partition("{id}")
    return len(said.lines) == 1 and said.lines[0].startswith(head) and said.lines[0].endswith(tail)


def _not_carried(question: Question) -> str:
    if question.private:
        return _("the answer was private and is not in the file")
    if question.kind is AnswerKind.DECLARATION:
        return _("a declaration is made anew")
    if question.kind is AnswerKind.FILES:
        return _("files are added anew")
    return _("the answer cannot be read back exactly")


# -- words back to answers ------------------------------------------------------------------------------------------


def answer_of(question: Question, said: Said) -> Answer | None:
    """The answer that reads exactly as it was printed; None when there is none, or more than one could be meant."""
    if question.private or question.kind in (AnswerKind.FILES, AnswerKind.DECLARATION):
        return None
    state, lines = AnswerState.GIVEN, said.lines
    if lines[:1] == (_("Does not apply"),) and said.reason:
        state, lines = AnswerState.NOT_APPLICABLE, lines[1:]
    value: Value | None = ""
    if said.rows:
        value = _rows(question, said.heads, said.rows)
    elif lines:
        value = _value(question, lines)
    if value is None:
        return None
    answer = Answer(question.id, state, value, said.reason)
    if isinstance(answer.value, tuple) and readable.is_table(answer):
        rows = [row for row in answer.value if isinstance(row, Row)]
        same = readable.table(question, rows) == (said.heads, said.rows)
    else:
        same = (not lines and not value) or readable.lines(question, answer, {}) == lines
    return answer if same and answer.given else None


def _value(question: Question, lines: tuple[str, ...]) -> Value | None:
    match question.kind:
        case AnswerKind.TEXT:
            return "\n".join(lines)
        case AnswerKind.LIST:
            return lines
        case AnswerKind.CHOICES:
            ids = [_cell(line, AnswerKind.CHOICE, question.options) for line in lines]
            return tuple(id for id in ids if id is not None) if None not in ids else None
        case AnswerKind.CONTACT:
            return _contact(lines)
        case AnswerKind.TABLE:
            return None
        case kind:
            return _cell("\n".join(lines), kind, question.options, question.unit)


def _rows(question: Question, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Row, ...] | None:
    if heads != tuple(column.label for column in question.columns):
        return None
    out = []
    for row in rows:
        cells = []
        for column, text in zip(question.columns, row, strict=False):
            back = _cell(text, column.kind, column.options) if text else ""
            if back is None:
                return None
            if back:
                cells.append((column.id, back))
        out.append(Row(tuple(cells)))
    return tuple(out)


def _contact(lines: tuple[str, ...]) -> Row | None:
    labels = {_("Name"): "name", _("E-mail"): "email", _("Phone"): "phone"}
    cells = []
    for line in lines:
        label, colon, text = line.partition(": ")
        if not colon or label not in labels:
            return None
        cells.append((labels[label], text))
    return Row(tuple(cells))


def _cell(text: str, kind: AnswerKind, options: tuple[Option, ...] = (), unit: str = "") -> str | None:
    match kind:
        case AnswerKind.YES_NO:
            return {_("Yes"): "yes", _("No"): "no", _("Does not apply"): "n/a"}.get(text)
        case AnswerKind.CHOICE:
            ids = [option.id for option in options if option.label == text]
            return ids[0] if len(ids) == 1 else None
        case AnswerKind.DATE:
            return _day(text)
        case AnswerKind.DURATION:
            return _duration(text)
        case AnswerKind.NUMBER:
            return text.removesuffix(f" {unit}") if unit else text
        case _:
            return text


def _day(text: str) -> str | None:
    found = re.fullmatch(r"(\d{1,2}) (\D+) (\d{4})", text)
    if found is None:
        return None
    for month in range(1, 13):
        try:
            when = date(int(found[3]), month, int(found[1]))
        except ValueError:
            continue
        if readable.day(when) == text:
            return when.isoformat()
    return None


def _duration(text: str) -> str | None:
    """ISO 8601 for “1 year 6 months” and the like: each word is tried as every unit, in order."""
    numbers = re.findall(r"\d+", text)
    units = ("{n}Y", "{n}M", "{n}W", "{n}D", "T{n}H", "T{n}M", "T{n}S")

    def tried(at: int, first: int, so_far: str) -> Iterator[str]:
        if at == len(numbers):
            yield "P" + so_far
            return
        for index in range(first, len(units)):
            unit = units[index].format(n=numbers[at])
            yield from tried(at + 1, index + 1, so_far + (unit[1:] if "T" in so_far and unit[0] == "T" else unit))

    if not 1 <= len(numbers) <= len(units):
        return None
    found = [one for one in tried(0, 0, "") if readable.duration(one) == text]
    return found[0] if len(found) == 1 else None
