"""npm, yarn and pnpm audit. npm counts vulnerable packages (from version 7 on), the others count advisories."""

from __future__ import annotations

from typing import Any

from wizard.domain.language import _
from wizard.importers import fields as f
from wizard.importers.base import Entry, Report, UnreadableReport, vector
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline

_WORDS = ("info", "low", "moderate", "high", "critical")


def _read_packages(documents: list[Any]) -> Report:
    """`npm audit --json` of npm 7 and later: one entry a vulnerable package, its advisories as parts."""
    root = f.table(documents[0])
    _refuse_error(root)
    if root.get("vulnerabilities") is None:
        raise UnreadableReport(_("This npm audit lacks its vulnerabilities, so nothing can be concluded from it."))
    draft = Draft("npm-audit", "npm audit", "vulnerable package")
    for name, told in f.table(root, "vulnerabilities").items():
        found = f.table(told)
        via = f.items(found, "via")
        advisories = tuple(_advisory_of(item, name) for item in via if isinstance(item, dict))
        through = ", ".join(item for item in via if isinstance(item, str))
        repair = found.get("fixAvailable")
        draft.add(
            entry(
                name,
                advisories[0].title
                if advisories
                else _("{name} needs {others}, which is vulnerable").format(name=name, others=through),
                f.text(found, "severity"),
                cwe=tuple(dict.fromkeys(number for part in advisories for number in part.cwe)),
                package=f.package("npm", name),
                file=f.first(f.texts(found, "nodes")),
                fix=f"{f.text(repair, 'name')} {f.text(repair, 'version')}" if isinstance(repair, dict) else "",
                count=max(len(f.items(found, "nodes")), 1),
                detail=f.text(found, "range"),
                parts=advisories,
            )
        )
    _totals(draft, f.table(root, "metadata", "vulnerabilities"))
    if isinstance(f.get(root, "metadata", "dependencies"), dict):
        draft.looked_at(f.count(root, "metadata", "dependencies", "total"))
    return draft.done()


def _advisory_of(told: f.Object, package: str) -> Entry:
    url = f.text(told, "url")
    id = f.first(f.names("", url)) or f.label(told, "source")
    return entry(
        id,
        f.text(told, "title"),
        f.text(told, "severity"),
        vector(f.text(told, "cvss", "vectorString"), f.number(told, "cvss", "score")),
        aliases=f.names(id, url),
        cwe=f.cwes(*f.texts(told, "cwe")),
        package=f.package("npm", f.text(told, "dependency") or package),
        url=url,
        detail=f.text(told, "range"),
    )


def _read_advisories(documents: list[Any]) -> Report:
    """npm 6, pnpm and yarn 2 to 3: one entry an advisory."""
    root = f.table(documents[0])
    _refuse_error(root)
    draft = Draft("npm-audit", "npm audit", "advisory")
    if root.get("advisories") is None:
        raise UnreadableReport(_("This audit lacks its advisories, so nothing can be concluded from it."))
    for told in f.table(root, "advisories").values():
        paths = sum(len(f.items(place, "paths")) or 1 for place in f.objects(told, "findings"))
        draft.add(_advisory(f.table(told), max(paths, 1)))
    if muted := len(f.items(root, "muted")):
        draft.leave_out("muted", muted)
    _totals(draft, f.table(root, "metadata", "vulnerabilities"))
    draft.looked_at(f.count(root, "metadata", "totalDependencies"))
    return draft.done()


def _advisory(told: f.Object, count: int) -> Entry:
    url = f.text(told, "url")
    id = f.text(told, "github_advisory_id") or f.first(f.names("", url)) or f.label(told, "id")
    version = f.first(f.label(place, "version") for place in f.objects(told, "findings"))
    return entry(
        id,
        f.text(told, "title"),
        f.text(told, "severity"),
        vector(f.text(told, "cvss", "vectorString"), f.number(told, "cvss", "score")),
        aliases=(*f.texts(told, "cves"), *f.names(id, url)),
        cwe=f.cwes(*f.texts(told, "cwe")),
        package=f.package("npm", f.text(told, "module_name"), version),
        url=url,
        fix=f.text(told, "patched_versions"),
        count=count,
        detail=f.text(told, "overview"),
    )


def _read_yarn(documents: list[Any]) -> Report:
    """yarn 1: one line an advisory and path, and a summary as the last line."""
    draft = Draft("npm-audit", "yarn audit", "advisory")
    lines: dict[str, list[f.Object]] = {}
    summary: f.Object | None = None
    for document in documents:
        match f.text(document, "type"):
            case "auditAdvisory":
                advisory = f.table(document, "data", "advisory")
                lines.setdefault(f.label(advisory, "id") or f.text(advisory, "url"), []).append(advisory)
            case "auditSummary":
                summary = f.table(document, "data", "vulnerabilities")
            case "error":
                raise UnreadableReport(_("yarn audit failed; its message is no report. Run it again."))
            case "warning" | "info":
                draft.leave_out("message of the tool")
    if summary is None:
        raise UnreadableReport(_("This yarn audit lacks its last line, the summary: it was cut short or failed."))
    for repeated in lines.values():
        draft.add(_advisory(repeated[0], len(repeated)))
        draft.leave_out("the same advisory by another path", len(repeated) - 1)
    _totals(draft, summary)
    return draft.done()


def _read_berry(documents: list[Any]) -> Report:
    """yarn 4: one line a package and advisory; deprecations stand among them."""
    draft = Draft("npm-audit", "yarn npm audit", "advisory")
    for document in documents:
        name, told = f.text(document, "value"), f.table(document, "children")
        id, url = f.label(told, "ID"), f.text(told, "URL")
        if "(deprecation)" in id:
            draft.leave_out("deprecated package")
            continue
        known = f.first(f.names("", url)) or id
        draft.add(
            entry(
                known,
                f.text(told, "Issue"),
                f.text(told, "Severity"),
                aliases=f.names(known, url),
                package=f.package("npm", name, f.first(f.texts(told, "Tree Versions"))),
                url=url,
                count=max(len(f.items(told, "Dependents")), 1),
                detail=f.text(told, "Vulnerable Versions"),
            )
        )
    return draft.done()


def _totals(draft: Draft, told: f.Object) -> None:
    for word in _WORDS:
        if word in told:
            draft.states(word, f.whole(told, word))
    if "total" in told:
        draft.states_in_all(f.whole(told, "total"))


def _refuse_error(root: f.Object) -> None:
    if "error" in root:
        told = root["error"] if isinstance(root["error"], dict) else {}
        raise UnreadableReport(
            _("The audit failed ({code}) and looked at nothing: that is not zero findings. Run it again.").format(
                code=f.label(told, "code") or _("without a code")
            )
        )


def _is_error(outline: Outline) -> bool:
    return outline.has("error.code", "error.summary") or (
        outline.has("error.code", "error.message") and not outline.lines
    )


def _is_packages(outline: Outline) -> bool:
    return outline.has("auditReportVersion")


def _is_advisories(outline: Outline) -> bool:
    return outline.has("advisories") and (outline.has("muted") or outline.has("actions") or outline.has("metadata"))


def _is_yarn(outline: Outline) -> bool:
    said = outline.says("type")  # the first of its lines may be a warning about package.json
    return said.startswith("audit") or (said in ("warning", "info", "error") and outline.has("data"))


def _is_berry(outline: Outline) -> bool:
    return outline.has("value", "children.ID", "children.Severity")


IMPORTER = Importer(
    "npm-audit",
    "npm, yarn, pnpm audit",
    (
        JsonForm(_is_packages, _read_packages),
        JsonForm(_is_advisories, _read_advisories),
        JsonForm(_is_yarn, _read_yarn),
        JsonForm(_is_berry, _read_berry),
        JsonForm(_is_error, _read_packages),
    ),
)
