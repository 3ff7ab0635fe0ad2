"""GitHub's alerts: Dependabot (REST, GraphQL, webhook), code scanning, secret scanning. The unit is an alert."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from wizard.domain.language import _
from wizard.importers import fields as f
from wizard.importers.base import Entry, Report, Status, UnreadableReport, Vector, vector, worst_word
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline

#: What GitHub sends on one page unless asked, and at most.
_PAGES = (30, 100)
#: Where the address of an alert names its repository, in the interface and on the pages.
_REPOSITORY = re.compile(
    r"https://[^/]+/(?:api/v3/)?(?:repos/)?([\w.-]+/[\w.-]+)/(?:security/)?[a-z-]+(?:/alerts)?/\d+"
)
_STATES = {
    "open": Status.OPEN,
    "dismissed": Status.DISMISSED,
    "auto_dismissed": Status.DISMISSED,
    "fixed": Status.FIXED,
    "resolved": Status.DISMISSED,
    "closed": Status.DISMISSED,
}
_REASONS = {
    "false positive": Status.FALSE_POSITIVE,
    "false_positive": Status.FALSE_POSITIVE,
    "inaccurate": Status.FALSE_POSITIVE,
    "revoked": Status.FIXED,
    "tolerable_risk": Status.ACCEPTED,
    "wont_fix": Status.ACCEPTED,
    "won't fix": Status.ACCEPTED,
    "not_used": Status.NOT_AFFECTED,
}


def _status(state: str, reason: str) -> Status:
    status = _STATES.get(state.lower())
    if status is None:
        raise UnreadableReport(
            _("An alert of this GitHub export has the state {state}, which is not known here.").format(
                state=repr(state[:40])
            )
        )
    return _REASONS.get(reason.lower(), status) if status is Status.DISMISSED else status


def _lists(documents: list[Any]) -> list[f.Object]:
    """The alerts of a REST answer: a list, several pages one after another or in one list, or one webhook message."""
    found: list[f.Object] = []
    for document in documents:
        if isinstance(document, dict):
            alert = f.table(document, "alert") or document
            found.append({**alert, "repository": document.get("repository")} if "repository" in document else alert)
            continue
        for item in document if isinstance(document, list) else []:
            found += f.objects(item) if isinstance(item, list) else [f.table(item)]
    return found


def _rest(name: str, read: Callable[[Draft, f.Object], Entry]) -> Callable[[list[Any]], Report]:
    def reader(documents: list[Any]) -> Report:
        draft = Draft("github", name, "alert")
        alerts = _lists(documents)
        for alert in alerts:
            address = _REPOSITORY.fullmatch(f.text(alert, "url")) or _REPOSITORY.fullmatch(f.text(alert, "html_url"))
            draft.targets(f.text(alert, "repository", "full_name") or (address[1] if address else ""))
            draft.add(read(draft, alert))
        if len(alerts) in _PAGES and len(documents) == 1:
            draft.gap(
                _(
                    "These are exactly {n} alerts, which is one page of GitHub's: there may be more that are not here."
                ).format(n=len(alerts))
            )
        return draft.done()

    return reader


def _dependabot(_draft: Draft, alert: f.Object) -> Entry:
    advisory, flaw = f.table(alert, "security_advisory"), f.table(alert, "security_vulnerability")
    if not advisory and not flaw:
        raise UnreadableReport(_("An alert of this Dependabot export names no vulnerability. It is damaged."))
    id = f.text(advisory, "ghsa_id") or f.text(advisory, "cve_id")
    named = [f.text(one, "value") for one in f.objects(advisory, "identifiers")]
    package = f.table(alert, "dependency", "package") or f.table(flaw, "package")
    reason = f.text(alert, "dismissed_reason")
    return entry(
        id or f.label(alert, "number"),
        f.text(advisory, "summary"),
        worst_word((f.text(flaw, "severity"), f.text(advisory, "severity"))),
        (
            *_pair(advisory, "cvss_severities", "cvss_v4", "vector_string"),
            *_pair(advisory, "cvss_severities", "cvss_v3", "vector_string"),
            *_pair(advisory, "cvss", "", "vector_string"),
        ),
        aliases=f.names(id, f.text(advisory, "cve_id"), *named),
        cwe=f.cwes(*(f.text(one, "cwe_id") for one in f.objects(advisory, "cwes"))),
        package=f.package(f.text(package, "ecosystem"), f.text(package, "name")),
        file=f.text(alert, "dependency", "manifest_path"),
        status=_status(f.text(alert, "state") or "open", reason),
        reported_on=f.day(f.text(alert, "created_at")),
        fixed_on=f.day(f.text(alert, "fixed_at")),
        fix=f.text(flaw, "first_patched_version", "identifier"),
        detail=(f"{reason}: {f.text(alert, 'dismissed_comment')}\n" if reason else "")
        + f.text(advisory, "description"),
    )


def _pair(owner: f.Object, *path: str) -> tuple[Vector, ...]:
    *steps, spelling = path
    told = f.table(owner, *(step for step in steps if step))
    return vector(f.text(told, spelling), f.number(told, "score"))


def _code(draft: Draft, alert: f.Object) -> Entry:
    rule, instance = f.table(alert, "rule"), f.table(alert, "most_recent_instance")
    state = f.text(alert, "state") or f.text(instance, "state") or "open"
    if state == "open":  # a fixed one names the commit that it was last seen in
        draft.commit(f.text(instance, "commit_sha"))
    draft.tool = f.text(alert, "tool", "name") or draft.tool
    draft.tool_version = f.label(alert, "tool", "version") or draft.tool_version
    return entry(
        f.text(rule, "id"),
        f.text(rule, "description") or f.text(rule, "name"),
        worst_word((f.text(rule, "security_severity_level"), f.text(rule, "severity"))),
        cwe=f.cwes(*(tag for tag in f.texts(rule, "tags") if "cwe" in tag.lower())),
        file=f.text(instance, "location", "path"),
        line=f.whole(instance, "location", "start_line"),
        status=_status(state, f.text(alert, "dismissed_reason")),
        reported_on=f.day(f.text(alert, "created_at")),
        fixed_on=f.day(f.text(alert, "fixed_at")),
        detail=f.text(instance, "message", "text"),
    )


def _secret(_draft: Draft, alert: f.Object) -> Entry:
    """The secret itself is not kept, not even masked: GitHub's alert names its kind and place."""
    validity = f.text(alert, "validity")
    return entry(
        f.text(alert, "secret_type"),
        f.text(alert, "secret_type_display_name") or f.text(alert, "secret_type"),
        file=f.text(alert, "first_location_detected", "path"),
        line=f.whole(alert, "first_location_detected", "start_line"),
        url=f.text(alert, "html_url"),
        status=_status(f.text(alert, "state") or "open", f.text(alert, "resolution")),
        reported_on=f.day(f.text(alert, "created_at")),
        fixed_on=f.day(f.text(alert, "resolved_at")),
        detail=validity,
    )


def _graphql(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("github", "Dependabot", "alert")
    if f.get(root, "data") is None:
        raise UnreadableReport(_("GitHub answered this query with errors instead of alerts. Ask again."))
    if f.items(root, "errors"):
        draft.blind_spot(_("GitHub answered with errors beside the alerts: they may not be all."))
    found = 0
    for repository, alerts in _connections(f.table(root, "data")):
        found += 1
        draft.targets(repository)
        if f.flag(alerts, "pageInfo", "hasNextPage"):
            draft.blind_spot(_("GitHub says that there are more pages of alerts, which are not in this file."))
        nodes = f.objects(alerts, "nodes") or [f.table(edge, "node") for edge in f.objects(alerts, "edges")]
        if f.whole(alerts, "totalCount") > len(nodes):
            draft.blind_spot(_("GitHub counts more alerts than are in this file."))
        for alert in nodes:
            draft.add(_node(alert))
    if not found:
        raise UnreadableReport(_("This answer of GitHub holds no list of vulnerability alerts."))
    return draft.done()


def _connections(data: f.Object) -> Iterator[tuple[str, f.Object]]:
    """Every `vulnerabilityAlerts` in the answer, wherever the query put it, with the name of its repository."""
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            own = value.get("nameWithOwner") or value.get("name")
            name = own if isinstance(own, str) else name
            for key, item in value.items():
                if key == "vulnerabilityAlerts":
                    yield name, f.table(item)
                else:
                    waiting.append((name, item))
        elif isinstance(value, list):
            waiting += ((name, item) for item in reversed(value))


def _node(alert: f.Object) -> Entry:
    flaw = f.table(alert, "securityVulnerability")
    advisory = {**f.table(alert, "securityAdvisory"), **f.table(flaw, "advisory")}
    named = [f.text(one, "value") for one in f.objects(advisory, "identifiers")]
    id = f.text(advisory, "ghsaId") or next((name for name in named if name.startswith("GHSA")), "") or f.first(named)
    dismissed = f.text(alert, "dismissedAt")
    state = f.text(alert, "state") or ("dismissed" if dismissed else "open")
    return entry(
        id or f.text(alert, "id"),
        f.text(advisory, "summary"),
        worst_word((f.text(flaw, "severity"), f.text(advisory, "severity"))),
        (
            *_pair(advisory, "cvssSeverities", "cvssV4", "vectorString"),
            *_pair(advisory, "cvssSeverities", "cvssV3", "vectorString"),
            *_pair(advisory, "cvss", "", "vectorString"),
        ),
        aliases=f.names(id, *named),
        cwe=f.cwes(*(f.text(one, "cweId") for one in f.objects(advisory, "cwes", "nodes"))),
        package=f.package(f.text(flaw, "package", "ecosystem"), f.text(flaw, "package", "name")),
        file=f.text(alert, "vulnerableManifestPath"),
        status=_status(state, f.text(alert, "dismissReason")),
        reported_on=f.day(f.text(alert, "createdAt")),
        fixed_on=f.day(f.text(alert, "fixedAt")),
        fix=f.text(flaw, "firstPatchedVersion", "identifier"),
        detail=f.text(advisory, "description"),
    )


def _refused(documents: list[Any]) -> Report:
    said = f.text(documents[0], "message")
    raise UnreadableReport(
        _("This is an error message of GitHub and no list of alerts: {said}. Nothing can be concluded from it.").format(
            said=repr(said[:100])
        )
    )


def _is_dependabot(outline: Outline) -> bool:
    return any(
        outline.has(f"{at}security_advisory") or outline.has(f"{at}security_vulnerability") for at in ("", "alert.")
    )


def _is_code(outline: Outline) -> bool:
    return any(outline.has(f"{at}rule", f"{at}most_recent_instance") for at in ("", "alert."))


def _is_secret(outline: Outline) -> bool:
    return any(outline.has(f"{at}secret_type", f"{at}state") for at in ("", "alert."))


def _is_graphql(outline: Outline) -> bool:
    return any(path.endswith("vulnerabilityAlerts") for path in outline.values) and outline.has("data")


IMPORTER = Importer(
    "github",
    "GitHub (Dependabot, code scanning, secret scanning)",
    (
        JsonForm(_is_dependabot, _rest("Dependabot", _dependabot)),
        JsonForm(_is_graphql, _graphql),
        JsonForm(_is_secret, _rest("GitHub secret scanning", _secret)),
        JsonForm(_is_code, _rest("GitHub code scanning", _code)),
        JsonForm(lambda outline: outline.has("message", "documentation_url"), _refused),
    ),
)
