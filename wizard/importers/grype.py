"""Grype: JSON. The unit is a match of one flaw with one package."""

from __future__ import annotations

from typing import Any

from wizard.importers import fields as f
from wizard.importers.base import Report, Status, Vector, vector
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline


def _read(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("grype", "Grype", "match")
    draft.tool_version = f.text(root, "descriptor", "version")
    draft.scanned_at = f.moment(f.text(root, "descriptor", "timestamp"))
    target = f.get(root, "source", "target")
    draft.targets(target if isinstance(target, str) else f.text(target, "userInput"))
    f.needed(root, "matches")
    for match in f.objects(root, "matches"):
        _add(draft, match, Status.OPEN)
    for match in f.objects(root, "ignoredMatches"):
        _add(draft, match, Status.SUPPRESSED)
    return draft.done()


def _add(draft: Draft, match: f.Object, status: Status) -> None:
    flaw, artifact = f.table(match, "vulnerability"), f.table(match, "artifact")
    related = f.objects(match, "relatedVulnerabilities")
    vectors: list[Vector] = []
    for told in (flaw, *related):
        for scored in f.objects(told, "cvss"):
            vectors += vector(
                f.text(scored, "vector"), f.number(scored, "metrics", "baseScore"), f.label(scored, "version")
            )
    id = f.text(flaw, "id")
    draft.add(
        entry(
            id,
            f.first((f.text(flaw, "description"), *(f.text(one, "description") for one in related), id)),
            f.text(flaw, "severity"),
            vectors,
            aliases=f.names(id, *(f.text(one, "id") for one in related)),
            cwe=f.cwes(*(f.label(one, "cwe") for one in f.objects(flaw, "cwes"))),
            package=f.package(
                f.text(artifact, "type"),
                f.text(artifact, "name"),
                f.text(artifact, "version"),
                f.text(artifact, "purl"),
            ),
            file=f.first(f.text(place, "path") for place in f.objects(artifact, "locations")),
            status=status,
            fix=", ".join(f.texts(flaw, "fix", "versions")),
            detail=f.first((f.text(flaw, "description"), *(f.text(one, "description") for one in related))),
        )
    )


def _claims(outline: Outline) -> bool:
    return outline.has("matches[].vulnerability", "matches[].artifact") or (
        outline.has("matches") and outline.says("descriptor.name").lower() == "grype"
    )


IMPORTER = Importer("grype", "Grype", (JsonForm(_claims, _read),))
