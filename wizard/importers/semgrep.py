"""Semgrep: its JSON, its platform's lists of findings, and GitLab's SAST report (which other scanners write too)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from wizard.domain.language import _, ngettext
from wizard.importers import fields as f
from wizard.importers.base import Report, Severity, Status, UnreadableReport, worst_word
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline

_STATES = {
    "muted": Status.DISMISSED,
    "ignored": Status.DISMISSED,
    "fixed": Status.FIXED,
    "removed": Status.FIXED,
    "dismissed": Status.DISMISSED,
}


def _read(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("semgrep", "Semgrep", "result")
    draft.tool_version = f.label(root, "version")
    f.needed(root, "results")
    repeated: Counter[tuple[object, ...]] = Counter()
    for told in f.objects(root, "results"):
        extra = f.table(told, "extra")
        metadata = f.table(extra, "metadata")
        rule, file, line = f.text(told, "check_id"), f.text(told, "path"), f.whole(told, "start", "line")
        found = f.table(extra, "sca_info", "dependency_match", "found_dependency")  # only of Supply Chain
        cve = f.label(metadata, "sca-vuln-database-identifier")
        severity = f.text(extra, "severity")
        if not severity:
            raise UnreadableReport(_("A result of this Semgrep report has no severity. The report is damaged."))
        repeated[(rule, file, line, f.whole(told, "start", "col"), f.whole(told, "end", "line"))] += 1
        draft.add(
            entry(
                rule,
                f.text(extra, "message").partition("\n")[0],
                worst_word((severity, f.label(metadata, "sca-severity"))),
                # Semgrep's documentation: ERROR, WARNING, INFO are high, medium, low; its SARIF says "note" for INFO
                least=Severity.LOW if severity.upper() == "INFO" else Severity.UNKNOWN,
                aliases=f.names(rule, cve),
                cwe=f.cwes(*f.texts(metadata, "cwe")),
                package=f.package(f.text(found, "ecosystem"), f.text(found, "package"), f.label(found, "version")),
                file=file,
                line=line,
                status=Status.SUPPRESSED if f.flag(extra, "is_ignored") else Status.OPEN,
                fix=f.text(extra, "fix"),
                confidence=f.label(metadata, "confidence"),
                detail=f.text(extra, "message"),
            )
        )
    twice = sum(count - 1 for count in repeated.values())
    if twice:
        draft.note(
            ngettext(
                "{n} result stands in the file more than once; it was counted as often.",
                "{n} results stand in the file more than once; they were counted as often.",
                twice,
            ).format(n=twice)
        )
    if f.get(root, "paths", "scanned") is not None:
        draft.looked_at(len(f.items(root, "paths", "scanned")))
    errors = len(f.items(root, "errors"))
    if errors:
        draft.leave_out("error of the tool", errors)
        draft.gap(
            ngettext(
                "Semgrep reports {n} error: something may not have been scanned.",
                "Semgrep reports {n} errors: something may not have been scanned.",
                errors,
            ).format(n=errors)
        )
    return draft.done()


def _read_platform(documents: list[Any]) -> Report:
    draft = Draft("semgrep", "Semgrep", "finding")
    for document in documents:
        f.needed(document, "findings")
        for told in f.objects(document, "findings"):
            draft.targets(f.text(told, "repository", "name"))
            state = f.text(told, "triage_state").lower() if f.text(told, "state") != "fixed" else "fixed"
            status = _STATES.get(state) or _STATES.get(f.text(told, "state").lower(), Status.OPEN)
            draft.add(
                entry(
                    f.text(told, "rule_name") or f.text(told, "rule", "name"),
                    (f.text(told, "rule_message") or f.text(told, "rule", "message")).partition("\n")[0],
                    f.text(told, "severity"),
                    cwe=f.cwes(*f.texts(told, "rule", "cwe_names")),
                    file=f.text(told, "location", "file_path"),
                    line=f.whole(told, "location", "line"),
                    status=status,
                    reported_on=f.day(f.text(told, "created_at") or f.text(told, "relevant_since")),
                    confidence=f.label(told, "confidence"),
                    detail=f.text(told, "rule_message") or f.text(told, "rule", "message"),
                )
            )
    return draft.done()


def _read_dependencies(documents: list[Any]) -> Report:
    """The platform's list of vulnerable dependencies (Semgrep Supply Chain)."""
    draft = Draft("semgrep", "Semgrep Supply Chain", "vulnerability")
    for document in documents:
        f.needed(document, "vulns")
        for told in f.objects(document, "vulns"):
            advisory = f.table(told, "advisory")
            named = f.texts(advisory, "references", "cveIds")
            rule = f.text(advisory, "ruleId")
            draft.targets(f.text(told, "repositoryName"))
            draft.add(
                entry(
                    f.first(named) or rule,
                    f.text(advisory, "title") or f.text(told, "title"),
                    f.text(advisory, "severity"),
                    aliases=named,
                    cwe=f.cwes(*f.texts(advisory, "references", "cweIds")),
                    package=f.package(
                        f.text(advisory, "ecosystem"),
                        f.text(told, "matchedDependency", "name"),
                        f.label(told, "matchedDependency", "versionSpecifier"),
                    ),
                    file=f.text(told, "dependencyFileLocation", "path"),
                    line=f.whole(told, "dependencyFileLocation", "startLine"),
                    status=_STATES.get(f.text(told, "triage", "status").lower(), Status.OPEN),
                    reported_on=f.day(f.text(told, "openedAt")),
                    fix=f.label(told, "closestSafeDependency", "versionSpecifier"),
                    confidence=f.text(told, "exposureType"),
                    detail=f.text(advisory, "description"),
                )
            )
    return draft.done()


def _read_gitlab(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    scan = f.table(root, "scan")
    draft = Draft("semgrep", f.text(scan, "scanner", "name") or "GitLab", "vulnerability")
    draft.tool_version = f.label(scan, "scanner", "version")
    draft.scanned_at = f.moment(f.text(scan, "end_time") or f.text(scan, "start_time"))
    f.needed(root, "vulnerabilities")
    if f.text(scan, "status") == "failure":
        raise UnreadableReport(_("This report is from a scan that failed: what it lists is not zero findings."))
    for told in f.objects(root, "vulnerabilities"):
        identifiers = f.objects(told, "identifiers")
        named = [f.label(one, "value") for one in identifiers]
        own = next((f.label(one, "value") for one in identifiers if "cwe" not in f.text(one, "type").lower()), "")
        package = f.table(told, "location", "dependency")
        draft.add(
            entry(
                own or f.label(told, "id"),
                f.text(told, "name") or f.text(told, "message"),
                f.text(told, "severity"),
                aliases=f.names(own, *named),
                cwe=f.cwes(*(f.label(one, "name") for one in identifiers if f.text(one, "type").lower() == "cwe")),
                package=f.package("", f.text(package, "package", "name"), f.label(package, "version")),
                file=f.text(told, "location", "file"),
                line=f.whole(told, "location", "start_line"),
                fix=f.text(told, "solution"),
                confidence=f.text(told, "confidence"),
                detail=f.text(told, "description"),
            )
        )
    return draft.done()


def _is_semgrep(outline: Outline) -> bool:
    return outline.has("results[].check_id", "results[].extra") or (
        outline.has("results", "errors", "paths") or outline.has("results", "errors", "version")
    )


def _is_platform(outline: Outline) -> bool:
    return outline.has("findings[].rule_name") or outline.has("findings[].triage_state")


def _is_gitlab(outline: Outline) -> bool:
    return outline.has("vulnerabilities", "scan.scanner") or (
        outline.has("vulnerabilities[].identifiers", "vulnerabilities[].location", "version")
    )


IMPORTER = Importer(
    "semgrep",
    "Semgrep",
    (
        JsonForm(_is_semgrep, _read),
        JsonForm(_is_platform, _read_platform),
        JsonForm(lambda outline: outline.has("vulns[].advisory.ruleId"), _read_dependencies),
        JsonForm(_is_gitlab, _read_gitlab),
    ),
)
