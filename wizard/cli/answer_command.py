"""`attestry answer`: a teammate answers a request from a terminal and seals one reply for whoever asked."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wizard.cli.output import Exit, Output
from wizard.cli.secret_input import secret
from wizard.cli.workspaces import preferences
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.finding import not_asked_because
from wizard.domain.language import _, ngettext
from wizard.domain.members import grouped
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import AnswerKind, Question
from wizard.exchange import request as requests
from wizard.session import answering
from wizard.session.deeds import answers, evidence, looking
from wizard.session.session import Session, now_utc
from wizard.vault.unlocking import WithKeyring, WithPassphrase
from wizard.vault.workspace import keyring_opens


class BadAnswer(Mistake):
    """An option that does not fit the request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as printed: every field is always there."""

    requirement: str
    question: str
    kind: str
    ask: str
    options: tuple[str, ...]
    good_evidence: tuple[str, ...]
    bad_evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """The reply as printed."""

    file: str
    answers: int
    files: int
    looks: int
    fingerprint: str


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Say what is asked; or answer, add files, look, and seal the reply."""
    request = requests.read(asked.request)
    given, files = tuple(_pairs(asked.answer, "--answer")), tuple(_pairs(asked.evidence, "--evidence"))
    _check(request, given, files, asked.look)
    if not (given or files or asked.look or asked.out):
        _show(request, output)
        return Exit.FINE
    session = _opened(asked, request)
    try:
        for id, text in given:
            question = session.questionnaire.question_by_id[id]
            if why := not_asked_because(question, session.assessment.answers):
                raise BadAnswer(_("{id} is not asked: {why} Nothing was sent.").format(id=id, why=why))
            answers.answer(session, _answer(question, text)).result()
        for id, place in files:
            added = evidence.add(session, [Path(place)], [id]).result.result()
            if added.held:
                raise added.held[0]
        if asked.look:
            _look(asked, session, output)
        if asked.out is None:
            output.say(_("Kept on this computer. Write the reply with --out FILE when it is complete."))
            return Exit.FINE
        sent = answering.reply(session, asked.out).result.result()
    finally:
        session.close()
    output.result(
        Sent(str(sent.path), sent.answers, sent.files, sent.looks, sent.fingerprint),
        _("{path}: sealed for {who}. Send it by any channel.").format(path=sent.path, who=request.heading.lead.name),
        _("Your key, when they ask for it: {key}").format(key=grouped(sent.fingerprint)),
    )
    return Exit.FINE


def _opened(asked: argparse.Namespace, request: requests.Request) -> Session:
    kept = preferences(asked)
    folder = answering.folder_of(request, kept)
    if folder.is_dir():
        if asked.passphrase_fd is None and keyring_opens(folder):
            return answering.go_on(asked.request, WithKeyring(), kept)
        typed = secret(asked.passphrase_fd, _("Passphrase of your answers: "))
        session = answering.go_on(asked.request, WithPassphrase(typed), kept)
        if asked.name:
            answering.rename(session, asked.name)
        return session
    typed = secret(asked.passphrase_fd, _("Choose a passphrase that keeps your answers on this computer: "))
    if asked.passphrase_fd is None and typed != secret(None, _("Type it again: ")):
        raise BadAnswer(_("The two passphrases differ. Nothing was made. Start again."))
    return answering.begin(asked.request, kept, passphrase=typed, remember=False, name=asked.name or request.heading.to)


def _look(asked: argparse.Namespace, session: Session, output: Output) -> None:
    """Asking for --look is the agreement to look at exactly the hosts that the request names."""
    from wizard.cli.check_command import resolved

    if not session.assessment.scope.confirmed:
        looking.confirm_scope(session, answering.name_of(session)).result()
    options = looking.LookOptions(ca_file=asked.ca, resolve=tuple(resolved(asked.resolve).items()))
    looks = looking.look(session, options=options).result.result()
    n = looks.hosts
    output.say(ngettext("Looked at {n} host.", "Looked at {n} hosts.", n).format(n=n))


def _check(
    request: requests.Request, given: tuple[tuple[str, str], ...], files: tuple[tuple[str, str], ...], look: bool
) -> None:
    """Everything that was given fits the request, before anything is made."""
    questions = {question.id for question in request.asked.questions}
    for id, _text in given:
        if id not in questions:
            raise BadAnswer(
                _(
                    "The request does not ask {id}. Nothing was sent. `attestry answer` alone lists what it asks."
                ).format(id=id)
            )
    for id, place in files:
        if id not in request.requirements:
            raise BadAnswer(_("The request does not ask about {id}, so no file can show it.").format(id=id))
        if not Path(place).is_file():
            raise BadAnswer(_("There is no file {name}. Nothing was sent.").format(name=place))
    if look and not request.heading.hosts:
        raise BadAnswer(_("The request names no host to look at. Nothing was contacted."))


def _pairs(given: list[str], option: str) -> Iterator[tuple[str, str]]:
    for pair in given:
        id, sign, value = pair.partition("=")
        if not (sign and id.strip() and value.strip()):
            raise BadAnswer(_("{option} {pair} is not ID=VALUE. Nothing was sent.").format(option=option, pair=pair))
        yield id.strip(), value.strip()


def _answer(question: Question, text: str) -> Answer:
    """An answer as typed: choices and lists with commas, tables and contacts as JSON, `not-known`, `n/a: reason`."""
    if text == "not-known":
        return Answer(question.id, AnswerState.NOT_KNOWN)
    if text.lower().startswith("n/a:"):
        return Answer(question.id, AnswerState.NOT_APPLICABLE, reason=text[4:].strip())
    return Answer(question.id, AnswerState.GIVEN, _value(question, text))


def _value(question: Question, text: str) -> Value:
    wrong = BadAnswer(
        _(
            "“{text}” is no answer to {id} ({kind}). Nothing was sent. `attestry answer` alone lists what it asks."
        ).format(text=text, id=question.id, kind=question.kind.value)
    )
    match question.kind:
        case AnswerKind.YES_NO if text not in ("yes", "no"):
            raise wrong
        case AnswerKind.CHOICE if question.option(text) is None:
            raise wrong
        case AnswerKind.CHOICES | AnswerKind.LIST:
            items = tuple(part.strip() for part in text.split(",") if part.strip())
            if question.kind is AnswerKind.CHOICES and any(question.option(item) is None for item in items):
                raise wrong
            return items
        case AnswerKind.FILES:
            raise BadAnswer(_("{id} is answered by files. Add them with --evidence.").format(id=question.id))
        case AnswerKind.TABLE | AnswerKind.CONTACT | AnswerKind.DECLARATION:
            return _rows(question, text, wrong)
        case _:
            return text


def _rows(question: Question, text: str, wrong: BadAnswer) -> Value:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise wrong from None
    rows = data if isinstance(data, list) else [data]
    if not all(isinstance(row, dict) and all(isinstance(cell, str) for cell in row.values()) for row in rows):
        raise wrong
    made = tuple(Row(tuple(row.items())) for row in rows)
    if question.kind is AnswerKind.TABLE:
        if any(question.column(id) is None for row in made for id, _cell in row.cells):
            raise wrong
        return made
    if len(made) != 1:
        raise wrong
    return made[0]


def _show(request: requests.Request, output: Output) -> None:
    """What is asked, by whom, until when."""
    heading = request.heading
    output.say(
        _("{who} asks {to} about {what}.").format(
            who=heading.lead.name, to=heading.to, what=heading.integration or heading.organisation
        )
    )
    output.say(_("Key of who asks: {key}").format(key=grouped(heading.lead.author)))
    if heading.due:
        output.say(_("Until: {day}").format(day=heading.due.isoformat()))
    if late := answering.late_words(heading.due, now_utc().date()):
        output.say(late)
    if heading.message:
        output.say(heading.message)
    if heading.hosts:
        output.say(_("Hosts to look at: {hosts}").format(hosts=", ".join(host.subject for host in heading.hosts)))
    sheet = request.questionnaire
    for section in sheet.sections:
        for requirement in section.requirements:
            for question in sheet.questions_for(requirement.id):
                options = tuple(option.id for option in question.options)
                columns = tuple(column.id for column in question.columns)
                output.result(
                    Asked(
                        requirement.id,
                        question.id,
                        question.kind.value,
                        question.ask,
                        options or columns,
                        requirement.good_evidence,
                        requirement.bad_evidence,
                    ),
                    f"{requirement.id:<10} {question.id:<14} {question.kind.value:<10} {question.ask}",
                    *([f"{'':<36} {', '.join(options or columns)}"] if options or columns else []),
                )
