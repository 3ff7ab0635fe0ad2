"""retire.js: JSON, with and without its envelope. The unit is a vulnerability of one component in one file."""

from __future__ import annotations

from typing import Any

from wizard.domain.language import ngettext
from wizard.importers import fields as f
from wizard.importers.base import Report
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline


def _read(documents: list[Any]) -> Report:
    root = documents[0]
    draft = Draft("retire", "retire.js", "vulnerability")
    if isinstance(root, dict):
        draft.tool_version = f.label(root, "version")
        draft.scanned_at = f.moment(f.text(root, "start"))
        errors = len(f.items(root, "errors"))
        if errors:
            draft.leave_out("file not scanned", errors)
            draft.gap(
                ngettext(
                    "retire.js reports {n} error: something was not scanned.",
                    "retire.js reports {n} errors: something was not scanned.",
                    errors,
                ).format(n=errors)
            )
        files = f.needed(root, "data") and f.objects(root, "data")
    else:
        files = f.objects(root)
    for file in files:
        for component in f.objects(file, "results"):
            for flaw in f.objects(component, "vulnerabilities"):
                identifiers = f.table(flaw, "identifiers")
                cves = f.texts(identifiers, "CVE")
                other = f.label(identifiers, "githubID")
                name = f.text(component, "component")
                id = f.first((*cves, other, f.label(identifiers, "retid"), f.text(identifiers, "summary"), name))
                draft.add(
                    entry(
                        id,
                        f.text(identifiers, "summary") or id,
                        f.text(flaw, "severity"),
                        aliases=(*cves, other),
                        cwe=f.cwes(*f.texts(flaw, "cwe")),
                        package=f.package("npm", name, f.label(component, "version")),
                        file=f.text(file, "file"),
                        url=f.first(f.texts(flaw, "info")),
                        fix=f.label(flaw, "below"),
                    )
                )
    return draft.done()


def _claims(outline: Outline) -> bool:
    return (
        outline.has("data[].results[].component")
        or outline.has("file", "results[].component")
        or outline.has("data", "messages", "errors")
    )


IMPORTER = Importer("retire", "retire.js", (JsonForm(_claims, _read),))
