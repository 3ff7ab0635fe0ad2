"""Burp Suite: the XML export of the desktop editions, JSON of the REST and GraphQL interfaces. The unit is an issue.

Requests, responses and what an issue says of the concrete exchange are never kept: they hold session cookies.
"""

from __future__ import annotations

from typing import Any

from wizard.domain.language import _
from wizard.formats import xml
from wizard.importers import fields as f
from wizard.importers.base import Report, Status, UnreadableReport
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, XmlForm
from wizard.importers.outline import Outline
from wizard.importers.zap import host_of


def _read_xml(stream: xml.Source) -> Report:
    draft = Draft("burp", "Burp Suite", "issue")
    for seen in xml.walk(stream, ("issue",)):
        if seen.opened and seen.path == ("issues",):
            draft.tool_version = seen.element.get("burpVersion", "")
            draft.scanned_at = f.moment(seen.element.get("exportTime", ""))
        elif seen.path == ("issues", "issue"):
            found = seen.element
            background = xml.words(found, "issueBackground")
            classified = xml.words(found, "vulnerabilityClassifications")
            _add(
                draft,
                id=xml.words(found, "type"),
                name=xml.words(found, "name"),
                severity=xml.words(found, "severity"),
                confidence=xml.words(found, "confidence"),
                origin=xml.words(found, "host"),
                path=xml.words(found, "location") or xml.words(found, "path"),
                background=background,
                fix=xml.words(found, "remediationBackground"),
                classified=classified,
            )
    return draft.done()


def _read_rest(documents: list[Any]) -> Report:
    draft = Draft("burp", "Burp Suite", "issue")
    runs = f.objects(documents[0]) if isinstance(documents[0], list) else [f.table(documents[0])]
    for run in runs:
        status = f.text(run, "scan_status").lower()
        events = f.objects(run, "issue_events") if f.needed(run, "issue_events") else []
        if status in ("failed", "cancelled") and not events:
            raise UnreadableReport(_("This Burp scan did not finish and lists no issue: that is not zero findings."))
        if status and status != "succeeded":
            draft.blind_spot(
                _("The scan's status is {status}: what it lists may not be all.").format(status=repr(status[:40]))
            )
        for event in events:
            issue = f.table(event, "issue")
            _add(
                draft,
                id=f.label(issue, "type_index"),
                name=f.text(issue, "name"),
                severity=f.text(issue, "severity"),
                confidence=f.text(issue, "confidence"),
                origin=f.text(issue, "origin"),
                path=f.text(issue, "path"),
                background=f.text(issue, "issue_background"),
                fix=f.text(issue, "remediation_background") or f.text(issue, "remediation"),
                classified=f.text(issue, "vulnerability_classifications"),
            )
    return draft.done()


def _read_graphql(documents: list[Any]) -> Report:
    draft = Draft("burp", "Burp Suite", "issue")
    root = f.table(documents[0])
    scan = f.table(root, "data", "scan")
    draft.scanned_at = f.moment(f.text(scan, "end_time") or f.text(scan, "start_time"))
    found = f.needed(root, "Issues") if "Issues" in root else f.needed(scan, "issues")
    for issue in found:
        kind = f.table(issue, "issue_type")
        _add(
            draft,
            id=f.label(kind, "type_index"),
            name=f.text(kind, "name"),
            severity=f.text(issue, "severity"),
            confidence=f.text(issue, "confidence"),
            origin=f.text(issue, "origin"),
            path=f.text(issue, "path"),
            background=f.text(kind, "description_html"),
            fix=f.text(kind, "remediation_html") or f.text(issue, "remediation_html"),
            classified=f.text(kind, "vulnerability_classifications_html"),
        )
    return draft.done()


def _add(
    draft: Draft,
    *,
    id: str,
    name: str,
    severity: str,
    confidence: str,
    origin: str,
    path: str,
    background: str,
    fix: str,
    classified: str,
) -> None:
    if not severity:
        raise UnreadableReport(_("An issue of this Burp report has no severity. The report is damaged."))
    false = any(said.lower().replace("_", " ") == "false positive" for said in (severity, confidence))
    draft.targets(origin)
    draft.add(
        entry(
            id or name,
            name,
            severity,
            cwe=f.cwes(classified),
            url=origin + path.partition(" [")[0],
            host=host_of(origin),
            status=Status.FALSE_POSITIVE if false else Status.OPEN,
            fix=f.plain(fix),
            confidence=confidence,
            detail=f.plain(background),
        )
    )


def _rest(outline: Outline) -> bool:
    return outline.has("issue_events")


def _graphql(outline: Outline) -> bool:
    return (outline.has("Issues") and (outline.has("Issues[].issue_type") or len(outline.values) == 1)) or outline.has(
        "data.scan.issues"
    )


IMPORTER = Importer(
    "burp",
    "Burp Suite",
    (
        XmlForm(lambda root: root.name == "issues" and "burpVersion" in root.attributes, _read_xml),
        JsonForm(_rest, _read_rest),
        JsonForm(_graphql, _read_graphql),
    ),
)
