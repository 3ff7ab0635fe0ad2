"""pip-audit: JSON, old and new. It knows no severity, so every entry stays unknown until something else rates it."""

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
    if skipped:
        draft.leave_out("not audited", skipped)
        draft.gap(
            ngettext(
                "{n} dependency was skipped by pip-audit: nothing is known of it.",
                "{n} dependencies were skipped by pip-audit: nothing is known of them.",
                skipped,
            ).format(n=skipped)
        )
    return draft.done()


def _claims(outline: Outline) -> bool:
    if outline.listed:
        return outline.has("name", "vulns") or outline.has("name", "skip_reason")
    return outline.has("dependencies") and (
        outline.has("dependencies[].vulns") or outline.has("dependencies[].skip_reason") or outline.has("fixes")
    )


IMPORTER = Importer("pip-audit", "pip-audit", (JsonForm(_claims, _read),))
