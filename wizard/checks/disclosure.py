"""Disclosure: do answers tell attackers which software runs, and which version?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.masking import mask_field
from wizard.checks.pages import PageTrouble, trouble_of
from wizard.checks.seen import asked
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: Fields that serve nobody but attackers (names from the OWASP Secure Headers Project's list of fields to remove).
_TELLING = frozenset(
    {
        "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator", "x-powered-cms", "x-php-version",
        "x-drupal-dynamic-cache", "x-owa-version", "x-litespeed-tag", "x-mod-pagespeed", "x-page-speed",
        "x-jitsi-release", "x-joomla-version", "x-varnish-server", "x-server-powered-by", "x-runtime-version",
        "x-content-encoded-by", "x-umbraco-version", "x-envoy-upstream-service-time", "x-kubernetes-pf-flowschema-ui",
        "x-kubernetes-pf-prioritylevel-uid", "x-sourcefiles", "x-backend-server", "x-server", "x-nextjs-page",
        "x-atmosphere-tracking-id", "liferay-portal", "oracle-mobile-runtime-version", "powered-by", "k-proxy-request",
        "hosted-by", "host-header", "product", "server-timing", "sourcemap", "x-sourcemap", "$wsep",
    }
)  # fmt: skip
#: A product with a version: “nginx/1.25”, “Apache/2 (Ubuntu)”, “PHP 8.2”; not “ECS (nyb/1D2B)”.
_VERSION = re.compile(r"/ ?v?[0-9]+(?![0-9A-Za-z])|[ -]v?[0-9]+\.[0-9]")
#: Of these only the name tells something; a page may well be meant to have them.
_NOT_WORTH_IT = frozenset({"server-timing", "sourcemap", "x-sourcemap", "x-nextjs-page"})


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The fields that tell too much, each once."""

    fields: tuple[str, ...]
    trouble: PageTrouble | None = None


def read(facts: Facts) -> Disclosure:
    """The telling fields of every answer."""
    answers = facts.get(HttpsAnswers)
    found = [
        f"{name}: {mask_field(name, value)[:200]}"
        for seen in asked(answers)
        for name, value in seen.answer.headers
        if _tells(name.lower(), value)
    ]
    return Disclosure(tuple(dict.fromkeys(found))[:20], trouble_of(answers))


def _tells(name: str, value: str) -> bool:
    if name in ("server", "via"):
        return name == "server" and bool(_VERSION.search(value))
    return name in _TELLING - _NOT_WORTH_IT


def judge(reading: Disclosure, context: JudgeContext) -> Judgement:
    """OWASP Secure Headers Project."""
    if reading.trouble:
        return Judgement(Verdict.UNKNOWN, reading.trouble.said, next_step=reading.trouble.next_step)
    if not reading.fields:
        return Judgement(Verdict.PASS, _("No version is told."))
    said = _("Tells what runs: {field}").format(field=reading.fields[0])
    fix = {"nginx": "server_tokens off;", "apache": "ServerTokens Prod", "express": 'app.disable("x-powered-by");'}
    remedy = fix.get(context.server, _("Remove these fields from every answer."))
    return Judgement(Verdict.WARN, said, "\n".join(reading.fields), fix=remedy)


CHECK = Check(
    id="disclosure",
    title=lambda: _("Disclosed software"),
    level=Level.RECOMMENDED,
    source="OWASP Secure Headers Project; OWASP ASVS 5.0 13.4",
    aliases=("HDR-09",),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=2,
)
