"""OAuth 2.0 is the only way in which Apollo customers authorise the integration (ELIG-2)."""

from __future__ import annotations

from wizard.checks.answers.base import PAGE, AnswerCheck, Judgement, Said
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


def _judge(said: Said) -> Judgement | None:
    match said.text("SCOPE-5"):
        case "oauth-only":
            return Judgement(Verdict.PASS, _("SCOPE-5 says that OAuth 2.0 is the only way in."))
        case "oauth-and-keys":
            summary = _("SCOPE-5 says that some customers still use API keys beside OAuth 2.0.")
        case "keys-only":
            summary = _("SCOPE-5 says that customers use API keys only.")
        case _:
            return None
    step = _("Move these customers to OAuth, or note an exception with the day on which the last key ends.")
    return Judgement(Verdict.FAIL, summary, step)


CHECK = AnswerCheck(
    id="sole-authorisation",
    title=lambda: _("OAuth 2.0 as the only way in"),
    level=Level.MUST,
    source=f"{PAGE}, Marketplace Requirements",
    reads=("SCOPE-5",),
    judge=_judge,
)
