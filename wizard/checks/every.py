"""Every check but those of code, by hand, in the order in which people read them. Importing it opens nothing."""

from __future__ import annotations

from wizard.checks import (
    access_log,
    alert_seen,
    anonymous_register,
    apollo_health,
    authentication,
    brand_words,
    caa,
    caching,
    certificate,
    content_type_options,
    cookies,
    cors,
    csp,
    dangling_dns,
    data_ports,
    disclosure,
    disk_encryption,
    dmarc,
    dnssec,
    framing,
    host_control,
    hsts,
    https_redirect,
    incident_mail,
    isolation,
    log_canary,
    name_servers,
    oauth_flow,
    oauth_metadata,
    oauth_redirect,
    output_encoding,
    page_sources,
    probes_seen,
    referrer_policy,
    renegotiation,
    security_txt,
    spf,
    tenant_separation,
    tls_versions,
    url_secrets,
    weak_suites,
    wildcard_dns,
)
from wizard.checks.base import Check
from wizard.domain.looks import SubjectKind
from wizard.domain.observation import Result

#: Every check, by hand on purpose, in the order in which people read them.
CHECKS: tuple[Check, ...] = (
    tls_versions.CHECK,
    weak_suites.CHECK,
    renegotiation.CHECK,
    certificate.CHECK,
    https_redirect.CHECK,
    hsts.CHECK,
    csp.CHECK,
    content_type_options.CHECK,
    framing.CHECK,
    referrer_policy.CHECK,
    cookies.CHECK,
    url_secrets.CHECK,
    access_log.CHECK,
    cors.CHECK,
    caching.CHECK,
    isolation.CHECK,
    page_sources.CHECK,
    disclosure.CHECK,
    authentication.CHECK,
    tenant_separation.CHECK,
    anonymous_register.CHECK,
    oauth_flow.CHECK,
    oauth_redirect.CHECK,
    oauth_metadata.CHECK,
    output_encoding.CHECK,
    log_canary.CHECK,
    probes_seen.CHECK,
    alert_seen.CHECK,
    data_ports.CHECK,
    dangling_dns.CHECK,
    wildcard_dns.CHECK,
    dnssec.CHECK,
    caa.CHECK,
    name_servers.CHECK,
    spf.CHECK,
    dmarc.CHECK,
    security_txt.CHECK,
    brand_words.CHECK,
    incident_mail.CHECK,
    host_control.CHECK,
    apollo_health.CHECK,
    disk_encryption.CHECK,
)


def find(name: str) -> Check | None:
    """The check with this id, alias (HSTS-01, CHK-HSTS) or file name (tls_versions.py), in any case; None if none."""
    wanted = name.strip().lower().removesuffix(".py").replace("_", "-")
    return next((c for c in CHECKS if wanted in (c.id, *(alias.lower() for alias in c.aliases))), None)


def kinds() -> dict[str, SubjectKind]:
    """What each check's results are about."""
    return {check.id: check.about for check in CHECKS}


def rule_now(result: Result) -> str:
    """The rule by which this program would judge it, where that is another than the one it was judged by; else "".

    A result keeps the verdict and the rule that it was made under: a newer program changes no state by itself.
    """
    rule = _RULES.get(result.check, result.rule)
    return "" if rule == result.rule else rule


_RULES = {check.id: check.rule for check in CHECKS}
