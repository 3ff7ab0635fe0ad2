"""Vulnerabilities in CycloneDX: JSON and XML of 1.4 and later, and the XML extension that versions up to 1.3 used.

The unit is a vulnerability of the list; where it affects several components, they are its parts.
"""

from __future__ import annotations

from typing import Any

from wizard.domain.language import _
from wizard.formats import xml
from wizard.importers import fields as f
from wizard.importers.base import Package, Report, Status, UnreadableReport, Vector, vector, worst_word
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, XmlForm

#: `analysis.state` (CycloneDX 1.4 and later).
_STATES = {
    "resolved": Status.FIXED,
    "resolved_with_pedigree": Status.FIXED,
    "false_positive": Status.FALSE_POSITIVE,
    "not_affected": Status.NOT_AFFECTED,
}


def _read_json(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = _draft()
    metadata = f.table(root, "metadata")
    draft.scanned_at = f.moment(f.text(metadata, "timestamp"))
    tools = metadata.get("tools")
    made = f.objects(metadata, "tools") if isinstance(tools, list) else f.objects(metadata, "tools", "components")
    _tool(draft, [(f.text(one, "name"), f.label(one, "version")) for one in made])
    draft.targets(f.text(metadata, "component", "name"))
    packages: dict[str, Package] = {}
    waiting = [*f.objects(root, "components"), f.table(metadata, "component")]
    while waiting:
        component = waiting.pop()
        waiting += f.objects(component, "components")
        name = "/".join(filter(None, (f.text(component, "group"), f.text(component, "name"))))
        found = f.package("", name, f.label(component, "version"), f.text(component, "purl"))
        if found:
            packages[f.text(component, "bom-ref") or f.text(component, "purl")] = found
    if root.get("vulnerabilities") is None:
        raise _only_components()
    flaws = f.objects(root, "vulnerabilities")
    for told in flaws:
        _add(draft, told, packages)
    draft.looked_at(len(flaws) + len(f.objects(root, "components")))
    return draft.done()


def _read_xml(stream: xml.Source) -> Report:
    draft = _draft()
    packages: dict[str, Package] = {}
    tools: list[tuple[str, str]] = []
    looked, count = False, 0
    for seen in xml.walk(stream, ("component", "vulnerability", "tool")):
        name, element = seen.path[-1], seen.element
        if name == "vulnerabilities":
            looked = True
        elif seen.opened:
            continue
        elif name == "timestamp" and seen.path[1:2] == ("metadata",):
            draft.scanned_at = f.moment((element.text or "").strip())
        elif name == "tool" or (name == "component" and "tools" in seen.path):
            tools.append((xml.words(element, "name"), xml.words(element, "version")))
        elif name == "component":
            count += seen.path[1:2] != ("metadata",)
            if seen.path[1:2] == ("metadata",):
                draft.targets(xml.words(element, "name"))
            for component in element.iter("component"):
                own = _component(component)
                if own:
                    packages[component.get("bom-ref") or xml.words(component, "purl")] = own
                for flaw in component.findall("vulnerabilities/vulnerability"):
                    looked = True
                    _add(draft, _flaw(flaw), packages, own)
        elif name == "vulnerability":
            _add(draft, _flaw(element), packages, packages.get(element.get("ref", "")))
    _tool(draft, tools)
    if not looked:
        raise _only_components()
    draft.looked_at(count + len(draft.entries))
    return draft.done()


def _draft() -> Draft:
    return Draft("cyclonedx", "CycloneDX", "vulnerability")


def _tool(draft: Draft, tools: list[tuple[str, str]]) -> None:
    named = [(name, version) for name, version in tools if name]
    if named:
        draft.tool, draft.tool_version = named[0]


def _only_components() -> UnreadableReport:
    return UnreadableReport(
        _(
            "This bill of materials lists components only: nobody looked for vulnerabilities, which is not zero "
            "findings."
        )
    )


def _component(element: xml.Element) -> Package | None:
    name = "/".join(filter(None, (xml.words(element, "group"), xml.words(element, "name"))))
    return f.package("", name, xml.words(element, "version"), xml.words(element, "purl"))


def _add(draft: Draft, told: f.Object, packages: dict[str, Package], own: Package | None = None) -> None:
    vectors: list[Vector] = []
    words = []
    for rating in f.objects(told, "ratings"):
        method = f.text(rating, "method").upper()
        if not method or method.startswith("CVSS"):
            version = {"CVSSV2": "2.0", "CVSSV3": "3.0", "CVSSV31": "3.1", "CVSSV4": "4.0"}.get(method, "3.1")
            vectors += vector(f.text(rating, "vector"), f.number(rating, "score"), version)
        words += [f.text(rating, "severity")]
    word = worst_word(words)
    id = f.text(told, "id")
    named = [f.text(one, "id") for one in f.objects(told, "references")]
    affected = [f.text(one, "ref") for one in f.objects(told, "affects")]
    found = [packages.get(ref) or f.package("", "", url=ref) for ref in affected] or [own]
    state = f.text(told, "analysis", "state").lower()
    shared: dict[str, Any] = {
        "aliases": f.names(id, *named),
        "cwe": f.cwes(*f.texts(told, "cwes")),
        "status": _STATES.get(state, Status.OPEN),
        "fix": f.text(told, "recommendation"),
        "detail": f.text(told, "description") or f.text(told, "detail"),
    }
    title = f.text(told, "description").partition("\n")[0] or id
    parts = (
        tuple(entry(id, title, word, vectors, package=package, **shared) for package in found) if len(found) > 1 else ()
    )
    draft.add(entry(id, title, word, vectors, package=found[0], count=max(len(found), 1), parts=parts, **shared))


def _flaw(element: xml.Element) -> f.Object:
    """The vulnerability of the XML in the shape of the JSON; the extension's names are the older ones."""
    ratings = []
    for rating in element.findall("ratings/rating"):
        score = xml.words(rating, "score") or xml.words(rating, "score/base")
        ratings.append(
            {
                "score": score,
                "severity": xml.words(rating, "severity"),
                "method": xml.words(rating, "method"),
                "vector": xml.words(rating, "vector"),
            }
        )
    return {
        "id": xml.words(element, "id"),
        "ratings": ratings,
        "cwes": [one.text or "" for one in element.findall("cwes/cwe")],
        "description": xml.words(element, "description"),
        "detail": xml.words(element, "detail"),
        "recommendation": xml.words(element, "recommendation") or xml.words(element, "recommendations/recommendation"),
        "references": [{"id": xml.words(one, "id")} for one in element.findall("references/reference")],
        "affects": [{"ref": xml.words(one, "ref")} for one in element.findall("affects/target")],
        "analysis": {"state": xml.words(element, "analysis/state")},
    }


IMPORTER = Importer(
    "cyclonedx",
    "CycloneDX",
    (
        JsonForm(lambda outline: outline.says("bomFormat") == "CycloneDX", _read_json),
        XmlForm(lambda root: root.name == "bom" and "cyclonedx" in root.namespace, _read_xml),
    ),
)
