"""Could not look is never a pass: whatever was said, seen and claimed, in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.properties.domain_samples import NOW, assessed, looked
from tests.properties.domain_strategies import KINDS, results, worlds
from wizard.domain.assessment import Assessment
from wizard.domain.finding import Finding, State, SubjectKind, judge
from wizard.domain.observation import LOOK_COUNTS_FOR, Level, Method, Observation, Verdict
from wizard.domain.questionnaire import Part, Questionnaire, Requirement

ORDER = list(State)
pytestmark = pytest.mark.slow
MANY = settings(max_examples=150, deadline=None)


def leaves(sheet: Questionnaire, assessment: Assessment):
    """Every requirement without parts and every part, with the checks that look at it and its finding."""
    for id, finding in judge(sheet, assessment, NOW, KINDS).items():
        requirement = sheet.by_id[id]
        if not requirement.parts:
            yield requirement, {*requirement.checks, *requirement.deciding}, finding
        claimed = {check for part in requirement.parts for check in part.checks}
        for part, inner in zip(requirement.parts, finding.parts, strict=True):
            yield requirement, checks_for(requirement, part, claimed), inner


def checks_for(requirement: Requirement, part: Part, claimed: set[str]) -> set[str]:
    return {*part.checks, *({*requirement.checks, *requirement.deciding} - claimed)}


def in_scope(assessment: Assessment, check: str) -> list[str]:
    match KINDS.get(check):
        case SubjectKind.HOST:
            return [host.subject for host in assessment.scope.hosts]
        case SubjectKind.REPOSITORY:
            return list(assessment.scope.repositories)
        case _:
            return [""]


def saw(observation: Observation | None) -> bool:
    if observation is None or observation.result.verdict is Verdict.UNKNOWN:
        return False
    return observation.result.method is not Method.TEST or abs(NOW - observation.result.at) <= LOOK_COUNTS_FOR


@given(worlds())
@MANY
def test_a_duty_that_a_deciding_check_did_not_see_everywhere_never_passes(world):
    sheet, history = world
    assessment = assessed(*history)
    for requirement, checks, finding in leaves(sheet, assessment):
        deciding = [check for check in requirement.deciding if check in checks]
        blind = [
            (check, subject)
            for check in deciding
            for subject in in_scope(assessment, check) or ["nothing is in scope"]
            if not saw(assessment.observations.get((check, subject)))
        ]
        if blind:
            assert finding.state is not State.PASS, (finding.id, blind)


@given(worlds())
@MANY
def test_a_must_level_failure_in_scope_is_never_met_said_or_not_applicable(world):
    sheet, history = world
    assessment = assessed(*history)
    for _requirement, checks, finding in leaves(sheet, assessment):
        for check in checks:
            for subject in in_scope(assessment, check):
                observation = assessment.observations.get((check, subject))
                if observation is None:
                    continue
                newest = observation.result
                if newest.verdict is Verdict.FAIL and newest.level is Level.MUST:
                    assert finding.state not in (State.PASS, State.ATT, State.NA), (finding.id, check, subject)


def never_improves(sheet: Questionnaire, before: dict[str, Finding], after: dict[str, Finding]) -> None:
    for id in sheet.by_id:
        assert ORDER.index(after[id].state) <= ORDER.index(before[id].state), (id, before[id], after[id])


@given(worlds(), results(verdict=Verdict.UNKNOWN, fresh=True))
@MANY
def test_not_being_able_to_look_never_improves_a_state(world, blind):
    sheet, history = world
    assessment = assessed(*history)
    after = assessed(looked(blind), start=assessment)
    never_improves(sheet, judge(sheet, assessment, NOW, KINDS), judge(sheet, after, NOW, KINDS))


@given(worlds(), results(verdict=Verdict.FAIL, level=Level.MUST, fresh=True))
@MANY
def test_a_failure_never_improves_a_state(world, failure):
    sheet, history = world
    assessment = assessed(*history)
    after = assessed(looked(failure), start=assessment)
    never_improves(sheet, judge(sheet, assessment, NOW, KINDS), judge(sheet, after, NOW, KINDS))


@given(worlds())
@MANY
def test_every_finding_says_why_and_asks_only_what_is_asked(world):
    sheet, history = world
    assessment = assessed(*history)
    for finding in judge(sheet, assessment, NOW, KINDS).values():
        for each in (finding, *finding.parts):
            assert each.because.strip() or each.state in (State.FAIL, State.EXC, State.PASS, State.ATT)
            assert not set(each.open_questions) & {question for question, _reason in each.not_asked}
            assert all(reason.strip() for _question, reason in each.not_asked)
            assert each.mark
            if each.state is State.NA:
                assert not each.open_questions
        if finding.parts:
            assert finding.state is min((p.state for p in finding.parts), key=ORDER.index)


@given(worlds())
@MANY
def test_judging_twice_says_the_same(world):
    sheet, history = world
    assessment = assessed(*history)
    assert judge(sheet, assessment, NOW, KINDS) == judge(sheet, assessment, NOW, KINDS)
