"""Scanners for secrets: TruffleHog, Nosey Parker, Kingfisher, detect-secrets. The secrets inside are never kept.

None of them writes a severity: a secret in a repository breaks the rule, whatever it opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wizard.domain.language import _
from wizard.importers import fields as f
from wizard.importers.base import Report, Status, UnreadableReport
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline


def _each(documents: list[Any]) -> Iterator[f.Object]:
    for document in documents:
        yield from f.objects(document) if isinstance(document, list) else [f.table(document)]


def _read_trufflehog(documents: list[Any]) -> Report:
    draft = Draft("trufflehog", "TruffleHog", "finding")
    for told in _each(documents):
        if "stringsFound" in told:  # version 2: one line a commit and rule
            strings = len(f.items(told, "stringsFound"))
            rule = f.text(told, "reason")
            draft.add(entry(rule, rule, file=f.text(told, "path"), count=strings, detail=f.text(told, "branch")))
            continue
        if "DetectorName" not in told:
            draft.leave_out("message of the tool")
            continue
        source: f.Object = f.table(next(iter(f.table(told, "SourceMetadata", "Data").values()), None))
        detector = f.text(told, "DetectorName")
        draft.targets(f.text(source, "repository"))
        draft.add(
            entry(
                detector,
                _("{kind} credential").format(kind=detector),
                file=f.text(source, "file"),
                line=f.whole(source, "line"),
                url=f.text(source, "link"),
                confidence="verified" if f.flag(told, "Verified") else "unverified",
            )
        )
    return draft.done()


def _read_nosey_parker(documents: list[Any]) -> Report:
    draft = Draft("nosey-parker", "Nosey Parker", "finding")
    for told in _each(documents):
        matches = f.objects(told, "matches")
        first = matches[0] if matches else {}
        provenance = first.get("provenance")  # one object before version 0.14, a list since
        origins = [provenance] if isinstance(provenance, dict) else f.objects(provenance)
        file = f.first(f.text(origin, "path") for origin in origins) or f.first(
            f.text(origin, "blob_path")
            or f.text(origin, "commit_provenance", "blob_path")
            or f.text(origin, "first_commit", "blob_path")
            for origin in origins
        )
        rule = f.text(told, "rule_name")
        draft.targets(f.first(f.text(origin, "repo_path") for origin in origins))
        rejected = "reject" in f.texts(told, "statuses")
        draft.add(
            entry(
                f.text(told, "rule_text_id") or rule,
                rule,
                file=file,
                line=f.whole(first, "location", "source_span", "start", "line"),
                status=Status.FALSE_POSITIVE if rejected else Status.OPEN,
                count=f.whole(told, "num_matches") or len(matches),
            )
        )
    return draft.done()


def _read_kingfisher(documents: list[Any]) -> Report:
    """One object with all findings, or one line each; the last line is a summary, whose `findings` is their number."""
    draft = Draft("kingfisher", "Kingfisher", "finding")
    summed = listed = False
    for document in _each(documents):
        if isinstance(document.get("findings"), int):
            summed = True
            draft.tool_version = f.label(document, "kingfisher", "version_used")
            draft.scanned_at = f.moment(f.text(document, "scan_date"))
            draft.states_in_all(f.whole(document, "findings"), "findings")
            continue
        if "audit" in document and "findings" not in document:
            continue  # the journal of the run
        listed = listed or "findings" in document
        facts = f.table(document, "metadata")
        draft.tool_version = f.label(facts, "kingfisher_version") or draft.tool_version
        draft.scanned_at = f.moment(f.text(facts, "scan_timestamp")) or draft.scanned_at
        draft.targets(f.text(facts, "target"))
        if "findings" in f.table(facts, "summary"):
            draft.states_in_all(f.whole(facts, "summary", "findings"), "findings")
        for told in f.objects(document, "findings") if "findings" in document else [document]:
            found = f.table(told, "finding")
            if not found:
                raise UnreadableReport(_("An entry of this Kingfisher report names no finding. It is damaged."))
            draft.targets(f.text(found, "git_metadata", "repository_url"))
            draft.add(
                entry(
                    f.text(told, "rule", "id"),
                    f.text(told, "rule", "description") or f.text(told, "rule", "name"),
                    file=f.text(found, "path"),
                    line=f.whole(found, "line"),
                    confidence=f.label(found, "confidence"),
                    detail=f.text(found, "validation", "status"),
                )
            )
    if not summed and not listed:
        draft.gap(_("The last line of this output, its summary, is not there: it may have been cut short."))
    return draft.done()


def _read_detect_secrets(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("detect-secrets", "detect-secrets", "secret")
    draft.tool_version = f.label(root, "version")
    draft.scanned_at = f.moment(f.text(root, "generated_at"))
    if root.get("results") is None:
        raise UnreadableReport(_("This detect-secrets report lacks its results, so nothing can be concluded from it."))
    for file, secrets in f.table(root, "results").items():
        for told in f.objects(secrets):
            kind = f.text(told, "type")
            draft.add(
                entry(
                    kind,
                    kind,
                    file=file,
                    line=f.whole(told, "line_number"),
                    status=Status.FALSE_POSITIVE if f.flag(told, "is_secret") is False else Status.OPEN,
                    confidence="verified" if f.flag(told, "is_verified") else "",
                )
            )
    return draft.done()


def _is_trufflehog(outline: Outline) -> bool:
    return outline.has("DetectorName", "SourceMetadata") or outline.has("stringsFound", "reason")


def _is_nosey_parker(outline: Outline) -> bool:
    return outline.has("rule_name", "matches") and (outline.has("num_matches") or outline.has("matches[].provenance"))


def _is_kingfisher(outline: Outline) -> bool:
    return (
        outline.has("findings[].rule.id", "findings[].finding")
        or outline.has("rule.id", "finding.fingerprint")
        or outline.has("findings", "kingfisher.version_used")
    )


TRUFFLEHOG = Importer("trufflehog", "TruffleHog", (JsonForm(_is_trufflehog, _read_trufflehog),))
NOSEY_PARKER = Importer("nosey-parker", "Nosey Parker", (JsonForm(_is_nosey_parker, _read_nosey_parker),))
KINGFISHER = Importer("kingfisher", "Kingfisher", (JsonForm(_is_kingfisher, _read_kingfisher),))
DETECT_SECRETS = Importer(
    "detect-secrets",
    "detect-secrets",
    (JsonForm(lambda outline: outline.has("plugins_used", "results"), _read_detect_secrets),),
)
