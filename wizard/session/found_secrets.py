"""What is known of the secrets found in code: which are dealt with, and what that makes of each repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from wizard.checks import public_secrets, repository_secrets, sample_secrets
from wizard.checks.base import Judgement as HostJudgement
from wizard.checks.code.base import Judgement
from wizard.domain import events as e
from wizard.domain.assessment import Assessment
from wizard.domain.observation import Json
from wizard.session.session import Session

#: The name under which looks at samples of logs and addresses are recorded.
SAMPLES = "samples"
_CHECKS = frozenset(
    each.id for each in (repository_secrets.CHECK, public_secrets.CHECK, sample_secrets.LOGS, sample_secrets.ADDRESSES)
)


def settled(assessment: Assessment, today: date) -> frozenset[str]:
    """The secrets, by their keyed hash, that are closed by what was decided about them."""
    return frozenset(
        fingerprint
        for fingerprint, noted in assessment.secrets.items()
        if isinstance(noted.payload, e.SecretDisposed) and noted.payload.settles(today)
    )


def false_alarms(assessment: Assessment) -> frozenset[str]:
    """Those that are no secret at all."""
    return frozenset(
        fingerprint
        for fingerprint, noted in assessment.secrets.items()
        if isinstance(noted.payload, e.SecretDisposed)
        and noted.payload.verdict is e.SecretVerdict.FALSE_POSITIVE
        and noted.payload.because.strip()
    )


def judged_again(session: Session) -> e.Looked | None:
    """One look whose verdict changed with what was decided about the secrets that it found; None when none did.

    It is the same look, judged again: its time, its run and its sealed record stay.
    """
    assessment = session.assessment
    closed, alarms = settled(assessment, session.clock().date()), false_alarms(assessment)
    for (id, subject), observation in assessment.observations.items():
        before = observation.result
        judgement = _judged(id, before.facts, closed, alarms) if id in _CHECKS else None
        if judgement is None:
            continue
        facts = {**before.facts, **(judgement.facts if isinstance(judgement, Judgement) else {})}
        after = replace(
            before,
            verdict=judgement.verdict,
            summary=judgement.summary,
            proof=judgement.proof,
            next_step=judgement.next_step,
            fix=judgement.fix,
            facts=facts,
        )
        if after.verdict != before.verdict or after.summary != before.summary:
            return e.Looked(
                run=observation.run,
                host=subject or SAMPLES,
                results=(after,),
                record=observation.record,
                record_name=str(facts.get("record_name", "")),
            )
    return None


def _judged(
    check: str, facts: Mapping[str, Json], closed: frozenset[str], alarms: frozenset[str]
) -> Judgement | HostJudgement | None:
    if check == public_secrets.CHECK.id:
        public = public_secrets.reading_of(facts)
        return public_secrets.judge_with(public, closed) if public is not None else None
    if check != repository_secrets.CHECK.id:
        return sample_secrets.judge(sample_secrets.Reading.from_facts(facts), alarms)
    reading = repository_secrets.Reading.from_facts(facts)
    return repository_secrets.judge(reading, closed) if reading is not None else None
