"""OWASP Dependency-Check: XML of every schema, JSON, CSV (its SARIF is read as SARIF).

The unit is one vulnerability of one dependency; related dependencies are the same file in other places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from wizard.domain.language import _
from wizard.formats import csv, xml
from wizard.importers import fields as f
from wizard.importers.base import Package, Report, Status, UnreadableReport, Vector, of_word, vector, worst_word
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, TextForm, XmlForm

#: The metrics of each version: the letter in a vector, and how the report spells them.
_V2 = (
    ("AV", ("accessVector",)),
    ("AC", ("accessComplexity",)),
    ("Au", ("authentication", "authenticationr")),  # versions 2 to 5 of the schema misspell it
    ("C", ("confidentialityImpact", "confidentialImpact")),
    ("I", ("integrityImpact",)),
    ("A", ("availabilityImpact",)),
)
_V3 = (
    ("AV", ("attackVector",)),
    ("AC", ("attackComplexity",)),
    ("PR", ("privilegesRequired",)),
    ("UI", ("userInteraction",)),
    ("S", ("scope",)),
    ("C", ("confidentialityImpact",)),
    ("I", ("integrityImpact",)),
    ("A", ("availabilityImpact",)),
)


#: How an entry of a lock file is called: "lodash:4.17.15", "@babel/core:7.0.0-beta".
_LOCKED = re.compile(r"(@?[^\s:]+):(\d[^\s:]*)")


def _read_xml(stream: xml.Source) -> Report:
    draft = _draft()
    dependencies, count = False, 0
    for seen in xml.walk(stream, ("dependency",)):
        if seen.path[-1] == "dependency":
            _dependency(draft, _tree(seen.element))
            count += 1
        elif seen.path == ("analysis", "dependencies"):
            dependencies = True
        elif not seen.opened:
            told = (seen.element.text or "").strip()
            match seen.path[1:]:
                case ("scanInfo", "engineVersion"):
                    draft.tool_version = told
                case ("projectInfo", "name"):
                    draft.targets(told)
                case ("projectInfo", "reportDate"):
                    draft.scanned_at = f.moment(told)
    if not dependencies:
        raise UnreadableReport(_("This Dependency-Check report lists no dependencies at all. It is damaged."))
    draft.looked_at(count)
    return draft.done()


def _read_json(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = _draft()
    draft.tool_version = f.text(root, "scanInfo", "engineVersion")
    draft.targets(f.text(root, "projectInfo", "name"))
    draft.scanned_at = f.moment(f.text(root, "projectInfo", "reportDate"))
    dependencies = f.needed(root, "dependencies")
    for dependency in dependencies:
        _dependency(draft, f.table(dependency))
    draft.looked_at(len(dependencies))
    return draft.done()


def _read_csv(page: str) -> Report:
    draft = _draft()
    for row in csv.rows(page, ("DependencyName", "DependencyPath")):
        _row(draft, row)
    return draft.done()


def _draft() -> Draft:
    return Draft("dependency-check", "OWASP Dependency-Check", "vulnerability")


def _dependency(draft: Draft, dependency: Mapping[str, Any]) -> None:
    found = dict(dependency)
    related = len(f.items(found, "relatedDependencies"))
    if related:
        draft.leave_out("related dependency (the same file elsewhere)", related)
    package = _package(found)
    place = f.text(found, "filePath") or f.text(found, "fileName")
    for key, status in (("vulnerabilities", Status.OPEN), ("suppressedVulnerabilities", Status.SUPPRESSED)):
        for flaw in f.objects(found, key):
            name = f.text(flaw, "name")
            vectors = (
                *_scored(f.table(flaw, "cvssv4"), "4.0", ()),
                *_scored(f.table(flaw, "cvssv3"), f.label(flaw, "cvssv3", "version") or "3.1", _V3),
                *_scored(f.table(flaw, "cvssv2"), "2.0", _V2),
                *vector("", f.number(flaw, "cvssScore"), "2.0"),
            )
            words = (
                f.text(flaw, "severity"),
                f.text(flaw, "cvssv4", "baseSeverity"),
                f.text(flaw, "cvssv3", "baseSeverity"),
                f.text(flaw, "cvssv2", "severity"),
            )
            draft.add(
                entry(
                    name,
                    name,
                    f.first(words),
                    vectors,
                    least=of_word(worst_word(words)),
                    aliases=f.names(name, name),
                    cwe=f.cwes(*f.texts(flaw, "cwes"), f.text(flaw, "cwe")),
                    package=package,
                    file=place,
                    status=status,
                    detail=f.plain(f.text(flaw, "description")),
                )
            )


def _scored(told: dict[str, Any], version: str, metrics: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Vector, ...]:
    if not told:
        return ()
    stated = f.number(told, "baseScore")
    if stated is None:
        stated = f.number(told, "score")
    spelt = f.text(told, "vectorString")
    if not spelt:
        letters = [(letter, f.first(f.text(told, name) for name in names)[:1].upper()) for letter, names in metrics]
        if letters and all(value for _letter, value in letters):
            spelt = "/".join(f"{letter}:{value}" for letter, value in letters)
            spelt = spelt if version == "2.0" else f"CVSS:{version}/{spelt}"
    return vector(spelt, stated, version)


def _package(found: dict[str, Any]) -> Package | None:
    for identifier in f.objects(found, "packages"):
        if package := f.package("", "", url=f.text(identifier, "id")):
            return package
    for identifier in f.objects(found, "identifiers"):  # schemas before 2.0: type "maven", name "(group:artifact:1.0)"
        group, colon, rest = f.text(identifier, "name").strip("()").partition(":")
        if colon and f.text(identifier, "type").lower() == "maven":
            artifact, _colon, version = rest.partition(":")
            return f.package("maven", f"{group}:{artifact}", version)
    name = f.text(found, "fileName")
    if locked := _LOCKED.fullmatch(name):
        return f.package("", locked[1], locked[2])
    return f.package("", name.rpartition(": ")[2])  # "outer.ear: inner.jar"


def _tree(element: xml.Element) -> dict[str, Any]:
    """The dependency of the XML in the shape of the JSON."""
    found: dict[str, Any] = {name: xml.words(element, name) for name in ("fileName", "filePath")}
    found["relatedDependencies"] = element.findall("relatedDependencies/relatedDependency")
    found["packages"] = [{"id": xml.words(one, "id")} for one in element.findall("identifiers/package")]
    found["identifiers"] = [
        {"type": one.get("type", ""), "name": xml.words(one, "name")}
        for one in element.findall("identifiers/identifier")
    ]
    found["vulnerabilities"] = [_flaw(one) for one in element.findall("vulnerabilities/vulnerability")]
    found["suppressedVulnerabilities"] = [
        _flaw(one) for one in element.findall("vulnerabilities/suppressedVulnerability")
    ]
    return found


def _flaw(element: xml.Element) -> dict[str, Any]:
    flaw: dict[str, Any] = {
        name: xml.words(element, name) for name in ("name", "severity", "cvssScore", "cwe", "description")
    }
    flaw["cwes"] = [one.text or "" for one in element.findall("cwes/cwe")]
    for name in ("cvssV2", "cvssV3", "cvssV4"):
        part = element.find(name)
        if part is not None:
            flaw[name.lower()] = {child.tag: (child.text or "").strip() for child in part}
    return flaw


def _row(draft: Draft, row: Mapping[str, str]) -> None:
    draft.targets(row.get("Project", ""))
    draft.scanned_at = draft.scanned_at or f.moment(row.get("ScanDate", ""))
    name = row.get("CVE", "") or row.get("Vulnerability", "")[:100]
    if not name:
        return
    told = dict(row)
    vectors: list[Vector] = []
    for version, column in (("4.0", "CVSSv4"), ("3.1", "CVSSv3"), ("2.0", "CVSSv2")):
        stated = f.number(told, f"{column}_BaseScore")
        if stated is None:
            stated = f.number(told, f"{column}_Score")
        vectors += vector(row.get(column, ""), stated, version)
    identifiers = row.get("Identifiers", "").replace(",", " ").split()
    draft.add(
        entry(
            name,
            name,
            worst_word(
                row.get(column, "") for column in ("CVSSv4_BaseSeverity", "CVSSv3_BaseSeverity", "CVSSv2_Severity")
            ),
            vectors,
            aliases=f.names(name, name),
            cwe=f.cwes(row.get("CWE", "")),
            package=next((found for one in identifiers if (found := f.package("", "", url=one))), None)
            or f.package("", row.get("DependencyName", "")),
            file=row.get("DependencyPath", ""),
            detail=row.get("Vulnerability", ""),
        )
    )


IMPORTER = Importer(
    "dependency-check",
    "OWASP Dependency-Check",
    (
        XmlForm(lambda root: root.name == "analysis" and "dependency-check" in root.namespace, _read_xml),
        JsonForm(
            lambda outline: (
                outline.has("reportSchema") and (outline.has("projectInfo") or outline.has("scanInfo.engineVersion"))
            ),
            _read_json,
        ),
        TextForm(
            lambda start: (
                "DependencyName" in start[:400] and "DependencyPath" in start[:400] and "\n{" not in start[:2]
            ),
            _read_csv,
        ),
    ),
)
