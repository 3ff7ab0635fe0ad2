"""pip-audit: JSON, old and new, and the tables that it prints, in columns or in Markdown.

It knows no severity, so every entry stays unknown until something else rates it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from wizard.domain.language import _, ngettext
from wizard.importers import fields as f
from wizard.importers.base import Report, UnreadableReport
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, TextForm
from wizard.importers.outline import Outline

_HEADING = re.compile(r"^Name(?: +\| | +)Version(?: +\| | +)ID(?: +\| | +)Fix Versions\b", re.M)
_FOUND = re.compile(r"^Found (\d{1,9}) known vulnerabilit", re.M)
_ID = re.compile(r"[A-Z]+-[\w-]+")


def _read(documents: list[Any]) -> Report:
    root = documents[0]
    draft = Draft("pip-audit", "pip-audit", "vulnerability")
    dependencies = (
        f.objects(root)
        if isinstance(root, list)
        else f.needed(root, "dependencies") and f.objects(root, "dependencies")
    )
    skipped = 0
    for dependency in dependencies:
        if f.text(dependency, "skip_reason"):
            skipped += 1
            continue
        for flaw in f.needed(dependency, "vulns"):
            id = f.text(flaw, "id")
            aliases = f.texts(flaw, "aliases")
            draft.add(
                entry(
                    id,
                    f.text(flaw, "description").partition("\n")[0] or id,
                    aliases=(*aliases, *f.names(id, id)),
                    package=f.package("pypi", f.text(dependency, "name"), f.label(dependency, "version")),
                    fix=", ".join(f.texts(flaw, "fix_versions")),
                    detail=f.text(flaw, "description"),
                )
            )
    draft.looked_at(len(dependencies))
    _skipped(draft, skipped)
    return draft.done()


def _read_table(page: str) -> Report:
    """A row is a flaw of a version; what was skipped stands in a second table."""
    draft = Draft("pip-audit", "pip-audit", "vulnerability")
    skipped = 0
    for row in _rows(page):
        if "Skip Reason" in row:
            skipped += 1
        elif _ID.fullmatch(id := row.get("ID", "")) and row.get("Name"):
            package = f.package("pypi", row["Name"], row.get("Version", ""))
            fix = row.get("Fix Versions", "").replace(",", ", ")
            draft.add(entry(id, id, aliases=f.names(id, id, row.get("Aliases", "")), package=package, fix=fix))
        elif "Description" not in row:  # which may go on over several lines
            raise UnreadableReport(_("A line of this pip-audit table names no vulnerability. Export it as JSON."))
    found = _FOUND.search(page)
    if not draft.entries or (found and int(found[1]) != len(draft.entries)):
        raise UnreadableReport(
            _("This pip-audit table does not list as many vulnerabilities as it found. Export it as JSON.")
        )
    _skipped(draft, skipped)
    return draft.done()


def _rows(page: str) -> Iterator[dict[str, str]]:
    """The cells of each row by their headings: the line under these says where columns begin, or `|` parts them."""
    before, headings, starts = "", list[str](), list[int]()

    def cells(line: str) -> list[str]:
        if not starts:
            return [cell.strip() for cell in line.split(" | ")]
        return [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]

    for line in page.splitlines():
        if line.strip() and set(line) <= set("- |"):
            starts = [] if "|" in line else [found.start() for found in re.finditer("-+", line)]
            headings = cells(before)
        elif headings and line.strip() and not line.startswith("Name "):
            told = cells(line)
            yield dict(zip(headings, told + [""] * (len(headings) - len(told)), strict=False))
        before = line


def _skipped(draft: Draft, skipped: int) -> None:
    """Say how many dependencies pip-audit left out."""
    if skipped:
        draft.leave_out("not audited", skipped)
        draft.gap(
            ngettext(
                "{n} dependency was skipped by pip-audit: nothing is known of it.",
                "{n} dependencies were skipped by pip-audit: nothing is known of them.",
                skipped,
            ).format(n=skipped)
        )


def _claims(outline: Outline) -> bool:
    if outline.listed:
        return outline.has("name", "vulns") or outline.has("name", "skip_reason")
    return outline.has("dependencies") and (
        outline.has("dependencies[].vulns") or outline.has("dependencies[].skip_reason") or outline.has("fixes")
    )


IMPORTER = Importer(
    "pip-audit",
    "pip-audit",
    (JsonForm(_claims, _read), TextForm(lambda start: bool(_HEADING.search(start[:2000])), _read_table)),
)
