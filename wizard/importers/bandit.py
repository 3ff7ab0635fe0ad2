"""Bandit: JSON, CSV and XML (its SARIF is read as SARIF). The unit is a result."""

from __future__ import annotations

import re
from typing import Any

from wizard.domain.language import _, ngettext
from wizard.formats import csv, xml
from wizard.importers import fields as f
from wizard.importers.base import Entry, Report, UnreadableReport
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, TextForm, XmlForm
from wizard.importers.outline import Outline

#: Tests whose text quotes the secret that they found.
_QUOTES_SECRET = frozenset({"B105", "B106", "B107"})
#: Bandit writes a few lines; more would only keep the expression below busy.
_LONGEST = 4000
_QUOTED = re.compile(r"'.*'", re.S)
_XML_TEXT = re.compile(
    r"Test ID: (?P<test>\S+)\s+Severity: (?P<severity>\S+)\s+Confidence: (?P<confidence>\S+)\s+"
    r"(?:CWE: (?P<cwe>\S+)(?: \(\S*\))?\s+)?(?P<text>.*?)\s*Location (?P<file>.*?):(?P<line>\d+)\s*$",
    re.S,
)


def _result(test: str, text: str, severity: str, confidence: str, file: str, line: int, cwe: tuple[int, ...]) -> Entry:
    if not severity:
        raise UnreadableReport(_("A result of this Bandit report has no severity. The report is damaged."))
    shown = _QUOTED.sub("'…'", text) if test in _QUOTES_SECRET else text
    return entry(test, shown, severity, cwe=cwe, file=file, line=line, confidence=confidence)


def _read(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("bandit", "Bandit", "result")
    draft.scanned_at = f.moment(f.text(root, "generated_at"))
    f.needed(root, "results")
    for told in f.objects(root, "results"):
        draft.add(
            _result(
                f.text(told, "test_id"),
                f.text(told, "issue_text"),
                f.text(told, "issue_severity"),
                f.text(told, "issue_confidence"),
                f.text(told, "filename"),
                f.whole(told, "line_number"),
                f.cwes(f.get(told, "issue_cwe", "id")),
            )
        )
    totals = f.table(root, "metrics", "_totals")
    for key in totals:
        if key.startswith("SEVERITY."):
            draft.states(key.removeprefix("SEVERITY."), f.whole(totals, key))
    draft.leave_out("suppressed in the code (nosec)", f.whole(totals, "nosec"))
    draft.looked_at(f.count(totals, "loc"))
    errors = len(f.items(root, "errors"))
    if errors:
        draft.leave_out("file not scanned", errors)
        draft.gap(
            ngettext(
                "{n} file could not be scanned by Bandit: nothing is known of it.",
                "{n} files could not be scanned by Bandit: nothing is known of them.",
                errors,
            ).format(n=errors)
        )
    return draft.done()


def _read_csv(page: str) -> Report:
    draft = Draft("bandit", "Bandit", "result")
    for row in csv.rows(
        page, ("filename", "test_id", "issue_severity", "issue_confidence", "issue_text", "line_number")
    ):
        draft.add(
            _result(
                row["test_id"],
                row["issue_text"],
                row["issue_severity"],
                row["issue_confidence"],
                row["filename"],
                f.whole(row, "line_number"),
                f.cwes(row.get("issue_cwe", "")),
            )
        )
    return draft.done()


def _read_xml(stream: xml.Source) -> Report:
    draft = Draft("bandit", "Bandit", "result")
    for seen in xml.walk(stream, ("testcase",)):
        if seen.opened and seen.path == ("testsuite",):
            count = seen.element.get("tests", "")
            if count.isdecimal():
                draft.states_in_all(int(count), "tests")
        elif seen.path[-1] == "testcase":
            for told in seen.element.findall("error"):
                found = _XML_TEXT.search((told.text or "")[:_LONGEST])
                if not found:
                    raise UnreadableReport(_("A result of this Bandit report cannot be understood. Export it as JSON."))
                draft.add(
                    _result(
                        found["test"],
                        found["text"],
                        told.get("type") or found["severity"],
                        found["confidence"],
                        found["file"],
                        int(found["line"][:9]),
                        f.cwes(found["cwe"] or ""),
                    )
                )
    return draft.done()


def _claims(outline: Outline) -> bool:
    return (
        outline.has("metrics._totals.SEVERITY.HIGH")
        or outline.has("results", "metrics")
        or outline.has("results[].test_id", "results[].issue_severity")
    )


IMPORTER = Importer(
    "bandit",
    "Bandit",
    (
        JsonForm(_claims, _read),
        TextForm(lambda start: start.startswith("filename,test_name,test_id,issue_severity,"), _read_csv),
        XmlForm(lambda root: root.name == "testsuite" and root.attributes.get("name") == "bandit", _read_xml),
    ),
)
