"""Scanners of one language: Brakeman (Ruby on Rails) and gosec (Go). The code they quote is not kept."""

from __future__ import annotations

from typing import Any

from wizard.domain.language import ngettext
from wizard.importers import fields as f
from wizard.importers.base import Report, Status
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm


def _read_brakeman(documents: list[Any]) -> Report:
    """Brakeman knows a confidence and no severity, so its warnings stay unknown until somebody rates them."""
    root = f.table(documents[0])
    scan = f.table(root, "scan_info")
    draft = Draft("brakeman", "Brakeman", "warning")
    draft.tool_version = f.label(scan, "brakeman_version")
    draft.scanned_at = f.moment(f.text(scan, "end_time") or f.text(scan, "timestamp"))
    draft.targets(f.text(scan, "app_path"))
    f.needed(root, "warnings")
    for key, status in (("warnings", Status.OPEN), ("ignored_warnings", Status.SUPPRESSED)):
        for told in f.objects(root, key):
            draft.add(
                entry(
                    f.text(told, "check_name") or f.label(told, "warning_code"),
                    f.text(told, "warning_type"),
                    cwe=f.cwes(*f.items(told, "cwe_id")),
                    file=f.text(told, "file"),
                    line=f.whole(told, "line"),
                    status=status,
                    confidence=f.text(told, "confidence"),
                    detail=f.text(told, "message"),
                )
            )
    if "security_warnings" in scan:
        draft.states_in_all(f.whole(scan, "security_warnings"), "security_warnings")
    draft.leave_out("obsolete entry of the ignore list", len(f.items(root, "obsolete")))
    _errors(draft, len(f.items(root, "errors")))
    return draft.done()


def _read_gosec(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("gosec", "gosec", "issue")
    draft.tool_version = f.label(root, "GosecVersion")
    f.needed(root, "Issues")
    for told in f.objects(root, "Issues"):
        line = f.label(told, "line").partition("-")[0]
        draft.add(
            entry(
                f.text(told, "rule_id"),
                f.text(told, "details"),
                f.text(told, "severity"),
                cwe=f.cwes(f.label(told, "cwe", "id")),
                file=f.text(told, "file"),
                line=int(line) if line.isdecimal() and len(line) < 10 else 0,
                status=Status.SUPPRESSED if f.items(told, "suppressions") or f.flag(told, "nosec") else Status.OPEN,
                confidence=f.text(told, "confidence"),
            )
        )
    draft.looked_at(f.count(root, "Stats", "files"))
    errors = root.get("Golang errors")
    _errors(draft, len(errors) if isinstance(errors, dict | list) else int(bool(errors)))
    return draft.done()


def _errors(draft: Draft, errors: int) -> None:
    if errors:
        draft.leave_out("file not scanned", errors)
        draft.gap(
            ngettext(
                "The tool reports {n} error: something was not scanned.",
                "The tool reports {n} errors: something was not scanned.",
                errors,
            ).format(n=errors)
        )


BRAKEMAN = Importer(
    "brakeman",
    "Brakeman",
    (JsonForm(lambda outline: outline.has("scan_info", "warnings"), _read_brakeman),),
)
GOSEC = Importer(
    "gosec",
    "gosec",
    (JsonForm(lambda outline: outline.has("Issues", "Stats") or outline.has("Issues", "GosecVersion"), _read_gosec),),
)
