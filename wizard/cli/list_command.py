"""`attestry list`: the checks with their aliases, or the questionnaires that ship."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from wizard.checks.answers import ANSWER_CHECKS, DOCUMENT_CHECKS, AnswerCheck, DocumentCheck
from wizard.checks.code_checks import CODE_CHECKS
from wizard.checks.every import CHECKS
from wizard.checks.reports import REPORT_CHECKS, ReportCheck
from wizard.cli.output import Exit, Output
from wizard.domain.finding import SubjectKind
from wizard.domain.language import _
from wizard.domain.observation import Level


@dataclass(frozen=True, slots=True)
class Listed:
    """A check as printed."""

    check: str
    title: str
    aliases: tuple[str, ...]
    level: Level
    about: SubjectKind
    source: str


@dataclass(frozen=True, slots=True)
class ListedQuestionnaire:
    """A questionnaire as printed."""

    questionnaire: str
    version: str
    title: str
    read_on: str
    requirements: int
    questions: int
    digest: str


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Print the list."""
    if asked.what == "checks":
        for each in every_listed():
            output.result(
                each, f"{each.check:<26} {each.title}" + (f" ({', '.join(each.aliases)})" if each.aliases else "")
            )
        return Exit.FINE
    from wizard.session.opening import shipped_questionnaires

    for q in shipped_questionnaires():
        row = ListedQuestionnaire(
            q.id, q.version, q.title, q.read_on.isoformat(), len(list(q.requirements)), len(q.questions), q.digest
        )
        output.result(row, f"{q.id} {q.version}: {q.title}, page read on {q.read_on}, {row.requirements} requirements")
    return Exit.FINE


def every_listed() -> list[Listed]:
    """Every check of the program, in the order in which people read them: of hosts, of code, of what was said."""
    listed = [Listed(c.id, c.title(), c.aliases, c.level, c.about, c.source) for c in (*CHECKS, *CODE_CHECKS)]
    read: tuple[AnswerCheck | DocumentCheck | ReportCheck, ...] = (*ANSWER_CHECKS, *DOCUMENT_CHECKS, *REPORT_CHECKS)
    return listed + [Listed(c.id, c.title(), c.aliases, c.level, SubjectKind.ASSESSMENT, c.source) for c in read]


def no_such_check(name: str) -> str:
    """What to say to somebody who named a check that looks at no host."""
    wanted = name.strip().lower()
    if any(wanted in (each.check, *(alias.lower() for alias in each.aliases)) for each in every_listed()):
        return _(
            "“{name}” looks at no host: it reads code (`attestry scan`), reports (`attestry read`), or the answers of "
            "an assessment."
        ).format(name=name)
    return _("There is no check called {name}. `attestry list checks` names them all.").format(name=name)
