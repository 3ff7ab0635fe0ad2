"""How the code authorises itself to Apollo: OAuth only, an API key, both, or nobody can tell (CHK-OAUTH)."""

from __future__ import annotations

from wizard.checks.code import apollo_wording, wording
from wizard.checks.code.apollo import ApolloScan, ApolloVerdict
from wizard.checks.code.base import CodeCheck, Judgement
from wizard.domain.language import _
from wizard.domain.observation import Json, Level, Verdict

_MOST = 50

CHECK = CodeCheck(
    id="apollo-authorization",
    title=lambda: _("The code authorises itself to Apollo by OAuth only"),
    level=Level.RECOMMENDED,
    source="Apollo Marketplace: Feature Your Integration, Eligibility",
    aliases=("APOLLO-01", "CHK-OAUTH-CODE"),
)


def judge(scan: ApolloScan, *, oauth_declared: bool) -> Judgement:
    """What the code says beside what the person said: a note, never a failure of its own (ELIG-2 is the person's)."""
    whole = scan.coverage.complete
    facts: dict[str, Json] = {
        "verdict": scan.verdict.value,
        "notes": [note.value for note in scan.notes],
        "scopes": list(scan.scopes),
        "whole": whole,
        "evidence": [f"{e.file}:{e.line} {e.what.value}" for e in scan.evidence if not e.aside][:_MOST],
    }
    said = apollo_wording.verdict_in_words(scan.verdict, whole=whole)
    summary = " ".join((said, *map(apollo_wording.note_in_words, scan.notes)))
    proof = "\n".join(f"{e.file}:{e.line}  {e.what.value}" for e in scan.evidence if not e.aside)[:1000]
    match scan.verdict:
        case ApolloVerdict.OAUTH_ONLY:
            verdict = Verdict.PASS if whole else Verdict.UNKNOWN
        case ApolloVerdict.NO_APOLLO_IO:
            verdict = Verdict.NOT_APPLICABLE if whole else Verdict.UNKNOWN
        case ApolloVerdict.UNDETERMINED:
            verdict = Verdict.UNKNOWN
        case ApolloVerdict.API_KEY | ApolloVerdict.BOTH | ApolloVerdict.BAD_OAUTH | ApolloVerdict.BAD_AUTH:
            verdict = Verdict.FAIL
    next_step = ""
    if verdict is Verdict.FAIL:
        next_step = (
            _("The answer says OAuth only, and the code says otherwise. Correct one of the two.")
            if oauth_declared
            else _("Move customers to OAuth, and name the date when keys end.")
        )
    elif verdict is Verdict.UNKNOWN:
        gaps = " ".join(wording.gap(gap) for gap in scan.coverage.gaps[:3])
        next_step = gaps or _("Show the code of the callback as evidence.")
    return Judgement(verdict, summary, proof=proof, next_step=next_step, facts=facts)
