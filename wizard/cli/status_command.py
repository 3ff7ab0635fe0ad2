"""`attestry status`: how far an assessment is, and what is not as required."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass

from wizard.cli.output import Exit, Output, worst
from wizard.cli.workspaces import opened
from wizard.domain import newer
from wizard.domain.blockers import newer_blocker
from wizard.domain.finding import Basis, Mark, State
from wizard.domain.language import _, ngettext
from wizard.domain.questionnaire import Obligation
from wizard.session import summaries
from wizard.session.deeds import attesting
from wizard.session.opening import title


@dataclass(frozen=True, slots=True)
class RequirementStatus:
    """One requirement as printed."""

    requirement: str
    title: str
    state: State
    basis: Basis
    mark: Mark
    because: str


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Print one line a requirement; 1 when something is not met or open, 3 when something could not be looked at."""
    codes: list[Exit] = []
    with closing(opened(asked, asked.workspace, read_only=True)) as session:
        verification = attesting.verify_workspace(session).result.result()
        for problem in verification.problems:
            output.say(problem)
            codes.append(Exit.NOT_AS_REQUIRED)
        findings = session.findings
        for requirement in session.questionnaire.requirements:
            finding = findings[requirement.id]
            row = RequirementStatus(
                requirement.id, requirement.title, finding.state, finding.basis, finding.mark, finding.because
            )
            output.result(row, f"{finding.state.value:<5} {requirement.id:<8} {requirement.title}: {finding.because}")
            must = finding.obligation is Obligation.MUST
            if must and finding.state in (State.FAIL, State.OPEN):
                codes.append(Exit.NOT_AS_REQUIRED)
            elif finding.state is State.INC:
                codes.append(Exit.COULD_NOT_LOOK)
        for _item, what, _noted in newer.held_items(session.questionnaire, session.assessment):
            output.say(newer_blocker(what, "team").sentence)
            codes.append(Exit.COULD_NOT_LOOK)
        if n := session.assessment.unknown_events:
            unread = ngettext(
                "{n} entry was written by a newer version of Attestry and cannot be read here. It is kept.",
                "{n} entries were written by a newer version of Attestry and cannot be read here. They are kept.",
                n,
            )
            output.say(unread.format(n=n))
        said = summaries.sentence(session.questionnaire, session.assessment, findings)
        output.say(_("{title}: {sentence}.").format(title=title(session.assessment), sentence=said))
    return worst(codes)
