"""What is known of the secrets found in code: which are dealt with, and what that makes of each repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from wizard.checks import repository_secrets
from wizard.domain import events as e
from wizard.domain.assessment import Assessment
from wizard.session.session import Session


def settled(assessment: Assessment, today: date) -> frozenset[str]:
    """The secrets, by their keyed hash, that are closed by what was decided about them."""
    return frozenset(
        fingerprint
        for fingerprint, noted in assessment.secrets.items()
        if isinstance(noted.payload, e.SecretDisposed) and noted.payload.settles(today)
    )


def judged_again(session: Session) -> e.Looked | None:
    """One repository whose verdict changed with what was decided about its secrets; None when none did.

    It is the same look, judged again: its time, its run and its sealed record stay.
    """
    assessment = session.assessment
    closed = settled(assessment, session.clock().date())
    for (check, repository), observation in assessment.observations.items():
        if check != repository_secrets.CHECK.id:
            continue
        before = observation.result
        reading = repository_secrets.Reading.from_facts(before.facts)
        if reading is None:
            continue
        judgement = repository_secrets.judge(reading, closed)
        facts = {**before.facts, **judgement.facts}
        after = replace(
            repository_secrets.CHECK.result(repository, judgement, before.at), facts=facts, rule=before.rule
        )
        if after.verdict != before.verdict or after.summary != before.summary:
            return e.Looked(
                run=observation.run,
                host=repository,
                results=(after,),
                record=observation.record,
                record_name=str(facts.get("record_name", "")),
            )
    return None
