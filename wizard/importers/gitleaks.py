"""gitleaks: JSON of versions 7 and 8, CSV, JUnit (its SARIF is read as SARIF). The secrets inside are never kept."""

from __future__ import annotations

import re
from typing import Any

from wizard.domain.language import _
from wizard.formats import csv, xml
from wizard.importers import fields as f
from wizard.importers.base import Entry, Report
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm, TextForm, XmlForm
from wizard.importers.outline import Outline

_CASE = re.compile(r"(\S{1,200}) has detected a secret in file .*, line (\d{1,9})\.", re.S)


def _leak(rule: str, title: str, file: str, line: int, commit: str) -> Entry:
    return entry(
        rule,
        title or rule,
        file=file,
        line=line,
        detail=_("In commit {commit}").format(commit=commit[:40]) if commit else "",
    )


def _read(documents: list[Any]) -> Report:
    draft = Draft("gitleaks", "gitleaks", "leak")
    for document in documents:
        for told in f.objects(document) if isinstance(document, list) else [f.table(document)]:
            if "RuleID" in told:
                leak = _leak(
                    f.text(told, "RuleID"),
                    f.text(told, "Description"),
                    f.text(told, "File"),
                    f.whole(told, "StartLine"),
                    f.text(told, "Commit"),
                )
            else:
                draft.targets(f.text(told, "repo"))
                leak = _leak(
                    f.text(told, "rule"),
                    f.text(told, "rule"),
                    f.text(told, "file"),
                    f.whole(told, "lineNumber"),
                    f.text(told, "commit"),
                )
            draft.add(leak)
    return draft.done()


def _read_csv(page: str) -> Report:
    draft = Draft("gitleaks", "gitleaks", "leak")
    for row in csv.rows(page, ("RuleID", "File", "StartLine")):
        draft.add(_leak(row["RuleID"], "", row["File"], f.whole(row, "StartLine"), row.get("Commit", "")))
    return draft.done()


def _read_junit(stream: xml.Source) -> Report:
    """Each failure's text is the leak as JSON, with the secret; rule and place stand in the name of the case."""
    draft = Draft("gitleaks", "gitleaks", "leak")
    for seen in xml.walk(stream, ("testcase",)):
        if seen.opened:
            count = seen.element.get("failures", "")
            if seen.path[-1] == "testsuite" and count.isdecimal():
                draft.states_in_all(int(count), "failures")
        elif seen.path[-1] == "testcase":
            for failure in seen.element.findall("failure"):
                name, file = seen.element.get("name", ""), seen.element.get("file", "")
                told = _CASE.fullmatch(name)
                rule, line = (told[1], int(told[2])) if told else (failure.get("type", ""), 0)
                draft.add(_leak(rule, failure.get("type", "") or name, file, line, ""))
    return draft.done()


def _claims(outline: Outline) -> bool:
    return outline.has("RuleID", "Match", "Secret") or outline.has("rule", "offender", "commit")


def _is_junit(root: xml.Root) -> bool:
    return root.name == "testsuites" and root.child is not None and root.child.attributes.get("name") == "gitleaks"


IMPORTER = Importer(
    "gitleaks",
    "gitleaks",
    (
        JsonForm(_claims, _read),
        TextForm(lambda start: start.startswith("RuleID,") and ",Secret," in start[:300], _read_csv),
        XmlForm(_is_junit, _read_junit),
    ),
)
