"""nuclei: JSON Lines and JSON. The unit is a match of a template; it attacks, so it counts as an active test."""

from __future__ import annotations

from typing import Any

from wizard.importers import fields as f
from wizard.importers.base import Report, Status, vector
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline
from wizard.importers.zap import host_of


def _read(documents: list[Any]) -> Report:
    draft = Draft("nuclei", "nuclei", "match")
    draft.active = True
    found = [told for one in documents for told in (f.objects(one) if isinstance(one, list) else [f.table(one)])]
    for told in found:
        info = f.table(told, "info")
        classified = f.table(info, "classification")
        when = f.moment(f.text(told, "timestamp"))
        if when and (draft.scanned_at is None or when > draft.scanned_at):
            draft.scanned_at = when
        address = f.text(told, "matched-at") or f.text(told, "matched") or f.text(told, "host")
        host = host_of(f.text(told, "host") or address)
        draft.targets(host)
        id = f.text(told, "template-id") or f.text(told, "templateID")
        draft.add(
            entry(
                id,
                f.text(info, "name"),
                f.text(info, "severity"),
                vector(f.text(classified, "cvss-metrics"), f.number(classified, "cvss-score")),
                aliases=(*(name.upper() for name in f.texts(classified, "cve-id")), *f.names(id, id)),
                cwe=f.cwes(*f.texts(classified, "cwe-id")),
                url=address,
                host=host,
                status=Status.PASSED if f.flag(told, "matcher-status") is False else Status.OPEN,
                reported_on=when.date() if when else None,
                fix=f.text(info, "remediation"),
                detail=f.text(info, "description"),
            )
        )
    return draft.done()


def _claims(outline: Outline) -> bool:
    return outline.has("info.severity") and (outline.has("template-id") or outline.has("templateID"))


IMPORTER = Importer("nuclei", "nuclei", (JsonForm(_claims, _read),))
