"""OAuth metadata: what the partner's own authorization server says of itself, where there is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.http import Answer, parts_of
from wizard.checks.looks.https_answers import Visit
from wizard.checks.looks.well_known import OAUTH_SERVER, OPENID, PROTECTED_RESOURCE, WellKnown
from wizard.checks.troubles import next_step, sentence
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

_ENDPOINTS = (
    *("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint", "revocation_endpoint"),
    *("introspection_endpoint", "userinfo_endpoint", "device_authorization_endpoint", "end_session_endpoint"),
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The document that was found first; `url` is "" when there is none. Missing lists are None."""

    url: str = ""
    issuer: str = ""
    issuer_expected: str = ""
    media_type: str = ""
    endpoints: tuple[tuple[str, str], ...] = ()
    grants: tuple[str, ...] | None = None
    responses: tuple[str, ...] | None = None
    challenges: tuple[str, ...] | None = None
    client_auth: tuple[str, ...] | None = None
    unreadable: bool = False
    #: hosts of its endpoints that the scope does not name
    undeclared: tuple[str, ...] = ()
    #: the host describes a protected resource too (RFC 9728)
    resource: bool = False
    trouble: str = ""
    trouble_next_step: str = ""


def read(facts: Facts) -> Metadata:
    """RFC 8414 first, then OpenID Connect."""
    found = facts.get(WellKnown)
    for path in (OAUTH_SERVER, OPENID):
        visit = found.visit(path)
        if visit is None:
            continue
        if visit.trouble:
            return Metadata(trouble=sentence(visit.trouble), trouble_next_step=next_step(visit.trouble))
        if visit.answers and visit.answers[-1].status >= 500:
            said = _("Could not look: the server answers {status}.").format(status=visit.answers[-1].status)
            return Metadata(trouble=said, trouble_next_step=_("Look again when the server is well."))
        if visit.answers and visit.answers[-1].status == 200 and _looks_like_json(visit.answers[-1]):
            return replace(_metadata(visit, found.declared), resource=_is_resource(found))
    return Metadata(resource=_is_resource(found))


def _is_resource(found: WellKnown) -> bool:
    """RFC 9728 3.2: a JSON object that names the resource."""
    visit = found.visit(PROTECTED_RESOURCE)
    answer = visit.answers[-1] if visit and visit.answers else None
    if answer is None or answer.status != 200 or not _looks_like_json(answer):
        return False
    document = _document(answer)
    return document is not None and isinstance(document.get("resource"), str)


def _looks_like_json(answer: Answer) -> bool:
    """A single-page app answers every path with its page: that is no metadata."""
    return answer.is_data or answer.body.lstrip().startswith("{")


def _document(answer: Answer) -> Mapping[str, Any] | None:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, Mapping) else None


def _metadata(visit: Visit, declared: tuple[str, ...]) -> Metadata:
    answer = visit.answers[-1]
    document = _document(answer)
    if document is None:
        return Metadata(url=answer.url, unreadable=True)
    aliases = document.get("mtls_endpoint_aliases")  # RFC 8705 5
    endpoints = tuple(
        (name, _text(named[name]))
        for named in (document, aliases if isinstance(aliases, Mapping) else {})
        for name in _ENDPOINTS
        if name in named
    )
    hosts = [parts.hostname or "" for _name, address in endpoints if (parts := parts_of(address))]
    return Metadata(
        url=answer.url,
        issuer=_text(document.get("issuer")),
        issuer_expected=visit.answers[0].url.removesuffix(visit.path),
        media_type=answer.media_type,
        endpoints=endpoints,
        grants=_list(document.get("grant_types_supported")),
        responses=_list(document.get("response_types_supported")),
        challenges=_list(document.get("code_challenge_methods_supported")),
        client_auth=_list(document.get("token_endpoint_auth_methods_supported")),
        undeclared=tuple(dict.fromkeys(h for h in hosts if declared and h not in declared)),
    )


def _text(value: Any) -> str:
    return value[:500] if isinstance(value, str) else ""


def _list(value: Any) -> tuple[str, ...] | None:
    """A single value where a list belongs counts as one: it says what is offered, and clients may take it."""
    values = value if isinstance(value, list) else list(value) if isinstance(value, Mapping) else [value]
    return None if value is None else tuple(str(item)[:100] for item in values)


def judge(reading: Metadata, context: JudgeContext) -> Judgement:
    """RFC 8414 2 and 3.3; RFC 9700 2.1 and 2.4."""
    if reading.trouble:
        return Judgement(Verdict.UNKNOWN, reading.trouble, next_step=reading.trouble_next_step)
    if not reading.url:
        said = _("No authorization server is described here.")
        if reading.resource:
            said += " " + _("The host describes itself as a protected resource (RFC 9728).")
        return Judgement(Verdict.NOT_APPLICABLE, said)
    proof = f"{reading.url}\nissuer: {reading.issuer}"
    fault = _fault(reading)
    if fault:
        return Judgement(Verdict.FAIL, fault, proof, fix=_("Correct the metadata, or what it describes."))
    note = _note(reading)
    if note:
        return Judgement(Verdict.WARN, note, proof, fix=_("Offer the authorization code grant with PKCE (S256) only."))
    return Judgement(Verdict.PASS, _("The authorization server offers safe grants only."), proof)


def _fault(reading: Metadata) -> str:
    if reading.unreadable:
        return _("The metadata of the authorization server is not a JSON object.")
    issuer = parts_of(reading.issuer)
    if issuer is None or issuer.scheme != "https" or issuer.query or issuer.fragment:
        return _("The issuer is no plain https address: {issuer}").format(issuer=reading.issuer[:200] or "–")
    if reading.issuer.rstrip("/") != reading.issuer_expected.rstrip("/"):
        return _("The issuer ({issuer}) is not where the metadata lies ({expected}).").format(
            issuer=reading.issuer[:200], expected=reading.issuer_expected
        )
    for name, address in reading.endpoints:
        if not address.lower().startswith("https://"):
            return _("{name} is no https address: {address}").format(name=name, address=address[:200])
    if "password" in (reading.grants or ()):
        return _("The password grant is offered: applications would see the user's password.")
    return ""


def _note(reading: Metadata) -> str:
    # RFC 8414 2: without the list, the default includes the implicit grant.
    tokens = [r for r in reading.responses or () if "token" in r.split()]
    if reading.grants is None or "implicit" in reading.grants or tokens:
        return _("The implicit grant is offered: tokens would appear in addresses.")
    if "S256" not in (reading.challenges or ()):
        return _("PKCE with S256 is not offered.")
    if "plain" in (reading.challenges or ()):
        return _("PKCE is also offered as “plain”, which protects nothing.")
    if "token_endpoint" not in dict(reading.endpoints):
        return _("token_endpoint is missing, so no client can fetch a token by code.")
    if reading.client_auth == ("none",):
        return _("No client authenticates itself at the token endpoint.")
    if reading.undeclared:
        return _("Its endpoints lie on {host}, which the scope does not name.").format(host=reading.undeclared[0])
    if reading.media_type != "application/json":
        return _("The metadata is not sent as application/json.")
    return ""


CHECK = Check(
    id="oauth-metadata",
    title=lambda: _("OAuth metadata"),
    level=Level.RECOMMENDED,
    source="RFC 8414 2, 3.3; RFC 9700 2.1, 2.4; Apollo Marketplace, Marketplace Requirements",
    aliases=("OAUTH-01", "OAUTH-03"),
    needs=(WellKnown,),
    read=read,
    judge=judge,
    version=3,
)
