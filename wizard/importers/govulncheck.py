"""govulncheck: the stream of JSON messages, and the single object of its first versions. Go's database has no severity.

The unit is a vulnerability; whether the code calls it is its confidence (`called`, `imported`, `required`).
"""

from __future__ import annotations

from typing import Any

from wizard.domain.language import _
from wizard.importers import fields as f
from wizard.importers.base import Report, UnreadableReport
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline

_LEVELS = ("required", "imported", "called")


def _read(documents: list[Any]) -> Report:
    draft = Draft("govulncheck", "govulncheck", "vulnerability")
    messages = f.objects(documents[0]) if isinstance(documents[0], list) else [f.table(one) for one in documents]
    records: dict[str, f.Object] = {}
    traces: dict[str, list[f.Object]] = {}
    configured = False
    for message in messages:
        if "config" in message:
            configured = True
            draft.tool_version = f.text(message, "config", "scanner_version")
        if osv := f.table(message, "osv"):
            records[f.text(osv, "id")] = osv
        if finding := f.table(message, "finding"):
            traces.setdefault(f.text(finding, "osv"), []).append(finding)
        for flaw in f.objects(message, "Vulns"):  # before version 1.0
            osv = f.table(flaw, "OSV")
            records[f.text(osv, "id")] = osv
            traces.setdefault(f.text(osv, "id"), []).extend(_old(flaw))
        configured = configured or "Vulns" in message
    if not configured:
        raise UnreadableReport(_("This govulncheck output lacks its beginning, so it cannot be told what was scanned."))
    draft.leave_out("advisory that does not concern this code", len(records.keys() - traces.keys()))
    for id, findings in traces.items():
        _add(draft, id, records.get(id, {}), findings)
    called = sum(made.confidence == "called" for made in draft.entries)
    if draft.entries:
        draft.note(
            _("{called} of {all} are called by the code; govulncheck itself counts only those as affecting it.").format(
                called=called, all=len(draft.entries)
            )
        )
    return draft.done()


def _old(flaw: f.Object) -> list[f.Object]:
    found: list[f.Object] = []
    for module in f.objects(flaw, "Modules"):
        stacks = [stack for package in f.objects(module, "Packages") for stack in f.objects(package, "CallStacks")]
        step = {"module": f.text(module, "Path"), "version": f.text(module, "FoundVersion")}
        if stacks:
            step["function"] = f.text(stacks[0], "Symbol") or "?"
        found.append({"fixed_version": f.text(module, "FixedVersion"), "trace": [step]})
    return found or [{}]


def _add(draft: Draft, id: str, record: f.Object, findings: list[f.Object]) -> None:
    level = 0
    step: f.Object = {}
    place: f.Object = {}
    for finding in findings:
        trace = f.objects(finding, "trace")
        first = trace[0] if trace else {}
        now = 2 if f.text(first, "function") else 1 if f.text(first, "package") else 0
        if now >= level:
            level, step = now, first
            place = f.table(trace[-1], "position") if trace else {}
    draft.add(
        entry(
            id,
            f.text(record, "summary") or f.text(record, "details").partition("\n")[0] or id,
            aliases=f.texts(record, "aliases"),
            package=f.package("golang", f.text(step, "module"), f.text(step, "version")),
            file=f.text(place, "filename"),
            line=f.whole(place, "line"),
            fix=f.first(f.text(finding, "fixed_version") for finding in findings),
            confidence=_LEVELS[level],
            count=len(findings),
            detail=f.text(record, "details"),
        )
    )


def _claims(outline: Outline) -> bool:
    return (
        outline.has("config.protocol_version")
        or outline.has("finding.osv")
        or (outline.has("osv.id") and outline.lines)
        or outline.has("Vulns[].OSV")
        or outline.has("Vulns", "Modules", "Imports")
    )


IMPORTER = Importer("govulncheck", "govulncheck", (JsonForm(_claims, _read),))
