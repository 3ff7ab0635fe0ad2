"""Trivy: JSON of schema 2, the older list, clusters. Misconfigurations and secrets are findings, licences are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.domain.language import _
from wizard.domain.vulnerability import SECRETS, SETTINGS
from wizard.importers import fields as f
from wizard.importers.base import Report, Severity, Status, Vector, highest, of_word, vector
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline

_SCORES = (("V40Vector", "V40Score", "4.0"), ("V3Vector", "V3Score", "3.1"), ("V2Vector", "V2Score", "2.0"))
_IGNORED = {"not_affected": Status.NOT_AFFECTED, "fixed": Status.FIXED}
_NO_LIBRARIES = frozenset({"config", "secret", "license", "license-file"})
#: How `VendorSeverity` numbers the words (Trivy's types.Severity).
_NUMBERED = ("UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL")


def _read(documents: list[Any]) -> Report:
    root = documents[0]
    draft = Draft("trivy", "Trivy", "finding")
    results = 0
    classes: set[str] = set()
    if isinstance(root, dict):
        draft.scanned_at = f.moment(f.text(root, "CreatedAt"))
        draft.tool_version = f.text(root, "Trivy", "Version")
        draft.targets(f.text(root, "ArtifactName") or f.text(root, "ClusterName"))
    for where, result in _results(root):
        results += 1
        classes.add(f.text(result, "Class"))
        if isinstance(root, list):
            draft.targets(f.text(result, "Target"))
        _add(draft, result, where)
    if classes and classes <= _NO_LIBRARIES:
        draft.unit = SETTINGS if "config" in classes else SECRETS
    if not results:
        draft.blind_spot(_("Trivy names nothing that it looked at, so this report shows nothing about anything."))
    return draft.done()


def _results(root: Any) -> Iterator[tuple[str, f.Object]]:
    """Each result with the name of the resource it is about (in clusters)."""
    if isinstance(root, list):
        yield from (("", result) for result in f.objects(root))
        return
    yield from (("", result) for result in f.objects(root, "Results"))
    for kind in ("Resources", "Vulnerabilities", "Misconfigurations", "Findings"):
        for resource in f.objects(root, kind):
            name = "/".join(filter(None, (f.text(resource, key) for key in ("Namespace", "Kind", "Name"))))
            yield from ((name, result) for result in f.objects(resource, "Results"))


def _add(draft: Draft, result: f.Object, where: str) -> None:
    target = f.text(result, "Target")
    kind = f.text(result, "Type")
    for flaw in f.objects(result, "Vulnerabilities"):
        unaffected = f.text(flaw, "Status") == "not_affected"  # "fixed" says that there is a version to move to
        _flaw(draft, flaw, kind, target, where, Status.NOT_AFFECTED if unaffected else Status.OPEN)
    for found in f.objects(result, "Misconfigurations"):
        told = f.text(found, "Status").upper()
        status = {"PASS": Status.PASSED, "EXCEPTION": Status.SUPPRESSED}.get(told, Status.OPEN)
        _setting(draft, found, target, where, status)
    for found in f.objects(result, "Secrets"):
        draft.add(
            entry(
                f.text(found, "RuleID"),
                f.text(found, "Title"),
                f.text(found, "Severity"),
                file=target,
                line=f.whole(found, "StartLine"),
                host=where,
                detail=f.text(found, "Category"),
            )
        )
    draft.leave_out("licence", len(f.items(result, "Licenses")))
    listed = sum(f.text(found, "Status").upper() == "PASS" for found in f.objects(result, "Misconfigurations"))
    draft.leave_out(Status.PASSED.value, f.whole(result, "MisconfSummary", "Successes") - listed)
    for ignored in f.objects(result, "ExperimentalModifiedFindings") + f.objects(result, "ModifiedFindings"):
        status = _IGNORED.get(f.text(ignored, "Status"), Status.SUPPRESSED)
        found = f.table(ignored, "Finding")
        if f.text(found, "VulnerabilityID"):
            _flaw(draft, found, kind, target, where, status)
        else:
            _setting(draft, found, target, where, status)


def _flaw(draft: Draft, flaw: f.Object, kind: str, target: str, where: str, status: Status) -> None:
    vectors: list[Vector] = []
    for source in f.table(flaw, "CVSS").values():
        for spelling, score, version in _SCORES:
            vectors += vector(f.text(source, spelling), f.number(source, score), version)
    id = f.text(flaw, "VulnerabilityID")
    draft.add(
        entry(
            id,
            f.text(flaw, "Title") or id,
            f.text(flaw, "Severity"),
            vectors,
            least=highest(_vendors(flaw)),
            aliases=f.names(id, *f.texts(flaw, "VendorIDs")),
            cwe=f.cwes(*f.texts(flaw, "CweIDs")),
            package=f.package(
                kind,
                f.text(flaw, "PkgName"),
                f.text(flaw, "InstalledVersion"),
                f.text(flaw, "PkgIdentifier", "PURL"),
            ),
            file=f.text(flaw, "PkgPath") or target,
            host=where,
            status=status,
            fix=f.text(flaw, "FixedVersion"),
            detail=f.text(flaw, "Description"),
        )
    )


def _vendors(flaw: f.Object) -> Iterator[Severity]:
    """The rating of each vendor that rated the flaw; Trivy itself shows the one of the first that it trusts."""
    for told in f.table(flaw, "VendorSeverity").values():
        number = f.whole(told)
        if 0 <= number < len(_NUMBERED):
            yield of_word(_NUMBERED[number])


def _setting(draft: Draft, found: f.Object, target: str, where: str, status: Status) -> None:
    draft.add(
        entry(
            f.text(found, "ID") or f.text(found, "AVDID") or f.text(found, "RuleID"),
            f.text(found, "Title"),
            f.text(found, "Severity"),
            file=target,
            line=f.whole(found, "CauseMetadata", "StartLine"),
            host=where,
            status=status,
            fix=f.text(found, "Resolution"),
            detail=f.text(found, "Description"),
        )
    )


def _claims(outline: Outline) -> bool:
    if outline.listed:
        return outline.has("Target") and (outline.has("Vulnerabilities") or outline.has("Type"))
    return (outline.has("SchemaVersion") and (outline.has("Results") or outline.has("ArtifactName"))) or (
        outline.has("ClusterName")
        and any(outline.has(key) for key in ("Resources", "Vulnerabilities", "Misconfigurations", "Findings"))
    )


IMPORTER = Importer("trivy", "Trivy", (JsonForm(_claims, _read),))
