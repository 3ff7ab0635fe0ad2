"""The audits of Rust (cargo audit), PHP (composer audit), Ruby (bundler-audit). The unit is a package's advisory."""

from __future__ import annotations

from typing import Any

from wizard.domain.language import _
from wizard.importers import fields as f
from wizard.importers.base import Entry, Report, Status, UnreadableReport, vector
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, TextForm
from wizard.importers.outline import Outline

_BUNDLER_FIELDS = ("Name", "Version", "Advisory", "CVE", "GHSA", "Criticality", "URL", "Title", "Solution")


def _read_cargo(documents: list[Any]) -> Report:
    """cargo audit gives a CVSS vector and no word; what it calls warnings is counted apart."""
    root = f.table(documents[0])
    draft = Draft("cargo-audit", "cargo audit", "vulnerability")
    found = f.table(root, "vulnerabilities")
    numbered = {key: value for key, value in found.items() if key.isdecimal()}  # some write the list as an object
    if not numbered:
        f.needed(found, "list")
    for told in f.objects(list(numbered.values())) if numbered else f.objects(found, "list"):
        advisory = f.table(told, "advisory")
        id = f.text(advisory, "id")
        draft.add(
            entry(
                id,
                f.text(advisory, "title"),
                f.text(advisory, "severity"),
                vector(f.text(advisory, "cvss")),
                aliases=(*f.texts(advisory, "aliases"), *f.names(id, id)),
                package=f.package(
                    "cargo",
                    f.text(told, "package", "name") or f.text(advisory, "package"),
                    f.label(told, "package", "version"),
                ),
                fix=", ".join(f.texts(told, "versions", "patched")),
                detail=f.text(advisory, "description"),
            )
        )
    if "count" in found:
        draft.states_in_all(f.whole(found, "count"), "count")
    draft.looked_at(f.count(root, "lockfile", "dependency-count"))
    for kind, warnings in f.table(root, "warnings").items():
        draft.leave_out(f"warning: {kind}", len(f.items(warnings)))
    return draft.done()


def _read_composer(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("composer-audit", "composer audit", "advisory")
    if root.get("advisories") is None:
        raise UnreadableReport(_("This composer audit lacks its advisories, so nothing can be concluded from it."))
    for key, status in (("advisories", Status.OPEN), ("ignored-advisories", Status.SUPPRESSED)):
        for name, told in _entries(root.get(key)):
            for advisory in f.objects(list(told.values()) if isinstance(told, dict) else told):
                id = f.text(advisory, "advisoryId") or f.text(advisory, "cve")
                reported = advisory.get("reportedAt")
                sources = [f.text(source, "remoteId") for source in f.objects(advisory, "sources")]
                draft.add(
                    entry(
                        id,
                        f.text(advisory, "title"),
                        f.text(advisory, "severity"),
                        aliases=f.names(id, f.text(advisory, "cve"), *sources),
                        package=f.package("composer", f.text(advisory, "packageName") or name),
                        url=f.text(advisory, "link"),
                        status=status,
                        detail=f.text(advisory, "affectedVersions")
                        + (f" ({reported})" if isinstance(reported, str) else ""),
                    )
                )
    draft.leave_out("abandoned package", len(_entries(root.get("abandoned"))))
    return draft.done()


def _entries(found: Any) -> list[tuple[str, Any]]:
    """PHP writes an empty object as an empty list."""
    return [] if not found else list(f.table(found).items())


def _read_bundler(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("bundler-audit", "bundler-audit", "advisory")
    draft.tool_version = f.label(root, "version")
    draft.scanned_at = f.moment(f.text(root, "created_at"))
    f.needed(root, "results")
    for told in f.objects(root, "results"):
        if f.text(told, "type") == "insecure_source":
            draft.add(_insecure_source(f.text(told, "source")))
            continue
        advisory = f.table(told, "advisory")
        id = f.text(advisory, "id")
        cve, ghsa = f.text(advisory, "cve"), f.text(advisory, "ghsa")
        draft.add(
            entry(
                id,
                f.text(advisory, "title"),
                f.text(advisory, "criticality"),
                (
                    *vector("", f.number(advisory, "cvss_v4"), "4.0"),
                    *vector("", f.number(advisory, "cvss_v3"), "3.1"),
                    *vector("", f.number(advisory, "cvss_v2"), "2.0"),
                ),
                aliases=(
                    f"CVE-{cve}" if cve and not cve.startswith("CVE") else cve,
                    f"GHSA-{ghsa}" if ghsa and not ghsa.startswith("GHSA") else ghsa,
                ),
                package=f.package("gem", f.text(told, "gem", "name"), f.label(told, "gem", "version")),
                url=f.text(advisory, "url"),
                fix=", ".join(f.texts(advisory, "patched_versions")),
                detail=f.text(advisory, "description"),
            )
        )
    return draft.done()


def _read_bundler_text(page: str) -> Report:
    """What bundler-audit prints when nobody asks for JSON: blocks of "Name: …", "Version: …", and a last line."""
    draft = Draft("bundler-audit", "bundler-audit", "advisory")
    lines = [line.strip() for line in page.splitlines()]
    blocks: list[dict[str, str]] = []
    for line in lines:
        name, colon, told = line.partition(":")
        if line.startswith("Insecure Source URI found:"):
            draft.add(_insecure_source(told.strip()))
        elif colon and name in _BUNDLER_FIELDS:
            if name == "Name":
                blocks.append({})
            if blocks:
                blocks[-1].setdefault(name, told.strip())
    if not any(
        line in ("Vulnerabilities found!", "Unpatched versions found!", "No vulnerabilities found") for line in lines
    ):
        raise UnreadableReport(
            _("This bundler-audit output lacks its last line, so it was cut short. Run it with “--format json”.")
        )
    for block in blocks:
        names = [block[key] for key in ("CVE", "GHSA", "Advisory", "Title", "URL", "Name") if block.get(key)]
        id = names[0] if names else "?"
        draft.add(
            entry(
                id,
                block.get("Title", ""),
                block.get("Criticality", ""),
                aliases=tuple(block[key] for key in ("CVE", "GHSA", "Advisory") if key in block),
                package=f.package("gem", block.get("Name", ""), block.get("Version", "")),
                url=block.get("URL", ""),
                fix=block.get("Solution", ""),
            )
        )
    return draft.done()


def _insecure_source(address: str) -> Entry:
    return entry("insecure_source", _("Gems come over an unencrypted connection"), url=address)


def _is_cargo(outline: Outline) -> bool:
    return (
        outline.has("vulnerabilities.list")
        or outline.has("vulnerabilities.0.advisory.id")
        or outline.has("database.advisory-count", "lockfile")
    )


def _is_composer(outline: Outline) -> bool:
    return outline.has("advisories") and not outline.has("metadata") and not outline.has("actions")


def _is_bundler(outline: Outline) -> bool:
    return outline.has("results", "created_at", "version") and not outline.has("paths")


CARGO = Importer("cargo-audit", "cargo audit", (JsonForm(_is_cargo, _read_cargo),))
COMPOSER = Importer("composer-audit", "composer audit", (JsonForm(_is_composer, _read_composer),))


def _is_bundler_text(start: str) -> bool:
    found = start.replace("\r", "")
    return (found.startswith("Name: ") and "\nVersion: " in found) or start.startswith(
        ("Insecure Source URI found:", "ruby-advisory-db:", "Updating ruby-advisory-db", "Download ruby-advisory-db")
    )


BUNDLER = Importer(
    "bundler-audit",
    "bundler-audit",
    (JsonForm(_is_bundler, _read_bundler), TextForm(_is_bundler_text, _read_bundler_text)),
)
