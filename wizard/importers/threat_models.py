"""Threat models: OWASP Threat Dragon (JSON, versions 1 and 2) and Microsoft's Threat Modeling Tool (.tm7).

The unit is a threat; a mitigated one is fixed, one that does not apply is not counted as open.
"""

from __future__ import annotations

from typing import Any

from wizard.formats import xml
from wizard.importers import fields as f
from wizard.importers.base import Report, Status
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, XmlForm
from wizard.importers.outline import Outline

_STATES = {
    "mitigated": Status.FIXED,
    "mitigationimplemented": Status.FIXED,
    "notapplicable": Status.NOT_AFFECTED,
    "n/a": Status.NOT_AFFECTED,
}
#: The name that .NET's serialiser gives to one threat of the list.
_THREAT = "KeyValueOfstringThreatpc_P0_PhOB"


def _status(word: str) -> Status:
    return _STATES.get(word.replace(" ", "").lower(), Status.OPEN)


def _read_dragon(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("threat-dragon", "OWASP Threat Dragon", "threat")
    draft.tool_version = f.label(root, "version")
    draft.targets(f.text(root, "summary", "title"))
    for diagram in f.needed(root, "detail", "diagrams"):
        cells = f.objects(diagram, "cells") or f.objects(diagram, "diagramJson", "cells")
        for cell in cells:
            data = f.table(cell, "data") or cell
            for threat in f.objects(data, "threats"):
                draft.add(
                    entry(
                        f.label(threat, "number") or f.label(threat, "id") or f.text(threat, "title"),
                        f.text(threat, "title"),
                        f.text(threat, "severity"),
                        file=f.text(diagram, "title"),
                        status=_status(f.text(threat, "status")),
                        fix=f.text(threat, "mitigation"),
                        confidence=f.text(threat, "type"),
                        detail=f.text(threat, "description"),
                    )
                )
    return draft.done()


def _read_microsoft(stream: xml.Source) -> Report:
    draft = Draft("microsoft-threats", "Microsoft Threat Modeling Tool", "threat")
    for seen in xml.walk(stream, (_THREAT,)):
        if seen.path[-1] == "ThreatModelName" and not seen.opened:
            draft.targets((seen.element.text or "").strip())
        elif seen.path[-1] == "Version" and len(seen.path) == 2 and not seen.opened:
            draft.tool_version = (seen.element.text or "").strip()
        elif seen.path[-1] == _THREAT:
            facts = {
                xml.words(one, "Key"): xml.words(one, "Value") for one in seen.element.iter("KeyValueOfstringstring")
            }
            title = facts.get("Title", "") or facts.get("UserThreatShortDescription", "")
            draft.add(
                entry(
                    xml.words(seen.element, "Value/Id") or title,
                    title,
                    facts.get("Priority", "") or xml.words(seen.element, "Value/Priority"),
                    status=_status(xml.words(seen.element, "Value/State")),
                    fix=facts.get("PossibleMitigations", ""),
                    confidence=facts.get("UserThreatCategory", ""),
                    detail=facts.get("UserThreatDescription", "") or facts.get("StateInformation", ""),
                )
            )
    return draft.done()


def _is_dragon(outline: Outline) -> bool:
    return outline.has("summary", "detail.diagrams")


def _is_microsoft(root: xml.Root) -> bool:
    return root.name == "ThreatModel" and "ThreatModeling" in root.namespace


DRAGON = Importer("threat-dragon", "OWASP Threat Dragon", (JsonForm(_is_dragon, _read_dragon),))
MICROSOFT = Importer("microsoft-threats", "Microsoft Threat Modeling Tool", (XmlForm(_is_microsoft, _read_microsoft),))
