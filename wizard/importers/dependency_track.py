"""Dependency-Track: its finding packaging format and the list its interface gives. The unit is a finding."""

from __future__ import annotations

from typing import Any

from wizard.importers import fields as f
from wizard.importers.base import Report, Status, vector
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline

_STATES = {
    "RESOLVED": Status.FIXED,
    "FALSE_POSITIVE": Status.FALSE_POSITIVE,
    "NOT_AFFECTED": Status.NOT_AFFECTED,
}
_SCORES = (
    ("4.0", "cvssV4BaseScore", "cvssV4Vector"),
    ("4.0", "cvssV4Score", "cvssV4Vector"),
    ("3.1", "cvssV3BaseScore", "cvssV3Vector"),
    ("2.0", "cvssV2BaseScore", "cvssV2Vector"),
)


def _read(documents: list[Any]) -> Report:
    root = documents[0]
    draft = Draft("dependency-track", "Dependency-Track", "finding")
    if isinstance(root, list):
        findings = f.objects(root)
    else:
        draft.tool_version = f.label(root, "meta", "version")
        draft.scanned_at = f.moment(f.text(root, "meta", "timestamp"))
        draft.targets(f"{f.text(root, 'project', 'name')} {f.label(root, 'project', 'version')}".strip())
        f.needed(root, "findings")
        findings = f.objects(root, "findings")
    for told in findings:
        _add(draft, told)
    return draft.done()


def _add(draft: Draft, told: f.Object) -> None:
    flaw, component, analysis = f.table(told, "vulnerability"), f.table(told, "component"), f.table(told, "analysis")
    id = f.text(flaw, "vulnId")
    vectors = [
        scored
        for version, score, spelling in _SCORES
        for scored in vector(f.text(flaw, spelling), f.number(flaw, score), version)
    ]
    named = [f.label(alias, key) for alias in f.objects(flaw, "aliases") for key in alias]
    status = _STATES.get(f.text(analysis, "state") or f.text(analysis, "analysisState"), Status.OPEN)
    if status is Status.OPEN and f.flag(analysis, "isSuppressed"):
        status = Status.SUPPRESSED
    group, name = f.text(component, "group"), f.text(component, "name")
    draft.add(
        entry(
            id,
            f.text(flaw, "title") or f.text(flaw, "description").partition("\n")[0] or id,
            f.text(flaw, "severity"),
            vectors,
            aliases=f.names(id, *named),
            cwe=f.cwes(f.get(flaw, "cweId"), *(f.get(one, "cweId") for one in f.objects(flaw, "cwes"))),
            package=f.package(
                "",
                f"{group}:{name}" if group else name,
                f.label(component, "version"),
                f.text(component, "purl"),
            ),
            status=status,
            reported_on=f.day(f.label(told, "attribution", "attributedOn")),
            fix=f.text(flaw, "recommendation"),
            detail=f.text(flaw, "description"),
        )
    )


def _claims(outline: Outline) -> bool:
    return (
        outline.says("meta.application") == "Dependency-Track"
        or outline.has("findings[].component", "findings[].vulnerability")
        or (outline.listed and outline.has("component", "vulnerability.vulnId"))
    )


IMPORTER = Importer("dependency-track", "Dependency-Track", (JsonForm(_claims, _read),))
