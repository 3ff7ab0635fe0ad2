"""Snyk test: JSON of one project, several, a container with applications, or infrastructure as code.

Code findings come as SARIF.

The file repeats an issue for every path to it; the unit is the issue, as Snyk counts it. Licence issues are left out.
"""

from __future__ import annotations

from typing import Any

from wizard.domain.language import _
from wizard.domain.vulnerability import SETTINGS
from wizard.importers import fields as f
from wizard.importers.base import Report, Status, UnreadableReport, vector, worst_word
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline


def _read(documents: list[Any]) -> Report:
    root = documents[0]
    draft = Draft("snyk", "Snyk", "issue")
    waiting = f.objects(root) if isinstance(root, list) else [f.table(root)]
    stated = read = 0
    looked: list[int | None] = []
    for project in waiting:
        waiting += f.objects(project, "applications")
        if "error" in project or project.get("vulnerabilities") is None:
            raise UnreadableReport(
                _("A project of this Snyk report was not tested: {said}. Run it again.").format(
                    said=repr(f.label(project, "error")[:100])
                )
            )
        looked.append(None if f.get(project, "infrastructureAsCodeIssues") else f.count(project, "dependencyCount"))
        stated += f.whole(project, "uniqueCount")
        read += _project(draft, project)
    draft.looked_at(None if None in looked else sum(count or 0 for count in looked))
    if stated:
        draft.states_in_all(stated, "uniqueCount", read)
    return draft.done()


def _project(draft: Draft, project: f.Object) -> int:
    """Add a project's issues and say how many different ones it has, licence issues with them."""
    draft.targets(f.text(project, "projectName") or f.text(project, "path"))
    place = f.text(project, "displayTargetFile") or f.text(project, "targetFile")
    paths: dict[str, list[f.Object]] = {}
    licences: set[str] = set()
    for told in f.objects(project, "vulnerabilities"):
        id = f.label(told, "id")
        if f.text(told, "type") == "license" or id.startswith("snyk:lic:"):
            licences.add(id)
            draft.leave_out("licence issue")
        else:
            paths.setdefault(id, []).append(told)
    for id, repeated in paths.items():
        draft.leave_out("the same issue by another path", len(repeated) - 1)
        _issue(draft, id, repeated, place, f.text(project, "packageManager"), Status.OPEN)
    if "infrastructureAsCodeIssues" in project:
        draft.unit = SETTINGS
    for told in f.objects(project, "infrastructureAsCodeIssues"):
        _setting(draft, told, place)
    for told in f.objects(project, "filtered", "ignore"):
        _issue(draft, f.label(told, "id"), [told], place, f.text(project, "packageManager"), Status.SUPPRESSED)
    return len(paths) + len(licences)


def _setting(draft: Draft, told: f.Object, place: str) -> None:
    """An insecure setting in infrastructure as code (`snyk iac test`): its list of vulnerabilities is always empty."""
    draft.add(
        entry(
            f.text(told, "publicId") or f.label(told, "id"),
            f.text(told, "title"),
            worst_word((f.text(told, "severity"), f.text(told, "originalSeverity"))),
            file=place,
            line=f.whole(told, "lineNumber"),
            status=Status.SUPPRESSED if f.flag(told, "isIgnored") else Status.OPEN,
            fix=f.text(told, "resolve"),
            detail=f.text(told, "issue"),
        )
    )


def _issue(draft: Draft, id: str, repeated: list[f.Object], place: str, manager: str, status: Status) -> None:
    told = repeated[0]
    identifiers = f.table(told, "identifiers")
    vectors = list(vector(f.text(told, "CVSSv3"), f.number(told, "cvssScore")))
    for path in repeated:
        for source in (*f.objects(path, "cvssSources"), *f.objects(path, "cvssDetails")):
            stated = f.number(source, "baseScore")
            stated = f.number(source, "cvssV3BaseScore") if stated is None else stated
            vectors += vector(f.text(source, "vector") or f.text(source, "cvssV3Vector"), stated)
    versions = dict.fromkeys(f.label(path, "version") for path in repeated)
    draft.add(
        entry(
            id,
            f.text(told, "title"),
            worst_word(f.text(path, key) for path in repeated for key in ("severity", "originalSeverity")),
            vectors,
            aliases=(*f.texts(identifiers, "CVE"), *f.texts(identifiers, "GHSA")),
            cwe=f.cwes(*f.texts(identifiers, "CWE")),
            package=f.package(
                f.text(told, "packageManager").partition(":")[0] or manager,
                f.text(told, "packageName") or f.text(told, "moduleName"),
                ", ".join(version for version in versions if version),
            ),
            file=place,
            status=status,
            fix=", ".join(f.texts(told, "fixedIn")),
            count=len(repeated),
            detail=f.text(told, "description"),
        )
    )


def _claims(outline: Outline) -> bool:
    return (
        outline.has("vulnerabilities", "ok")
        or outline.has("vulnerabilities[].CVSSv3")
        or outline.has("vulnerabilities[].from")
        or outline.has("ok", "error", "path")
    )


IMPORTER = Importer("snyk", "Snyk", (JsonForm(_claims, _read),))
