"""Judges what was received, now or again from a stored record: the same facts always give the same verdict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wizard.checks import remedies
from wizard.checks.base import Check, CouldNotLook, Facts, JudgeContext
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.troubles import next_step, sentence
from wizard.domain.codec import to_json
from wizard.domain.observation import Json, Result, Verdict
from wizard.domain.scope import Host

#: The card shows an excerpt; the whole proof is in the record.
MOST_PROOF = 2000


def judge(check: Check, host: Host, facts: Facts, at: datetime, addresses: tuple[str, ...] = ()) -> Result:
    """One check's result for one host. A look that did not succeed gives "could not look" with reason and next step."""
    read: Mapping[str, Json] = {}
    try:
        for need in check.needs:
            facts.get(need)
        reading = check.read(facts)
    except CouldNotLook as could_not:
        verdict, summary, proof, fix = Verdict.UNKNOWN, sentence(could_not.trouble), "", ""
        step = next_step(could_not.trouble)
    else:
        judgement = check.judge(reading, JudgeContext(host, at, _server(facts)))
        as_json = to_json(reading)
        read = as_json if isinstance(as_json, Mapping) else {}
        verdict, summary, proof = judgement.verdict, judgement.summary, judgement.proof
        fix, step = judgement.fix, judgement.next_step
    return Result(
        check=check.id,
        subject=host.subject,
        verdict=verdict,
        level=check.level,
        summary=summary,
        rule=check.rule,
        source=check.source,
        method=check.method,
        at=at,
        facts=read,
        addresses=addresses,
        proof=proof[:MOST_PROOF],
        next_step=step,
        fix=fix,
    )


def _server(facts: Facts) -> str:
    answers = facts.maybe(HttpsAnswers)
    first = answers.visits[0].answers[:1] if answers and answers.visits else ()
    return remedies.family(first[0].headers) if first else ""
