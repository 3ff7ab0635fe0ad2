"""OSV-Scanner: JSON of versions 1 and 2. The unit is a group of aliases of one flaw in one package."""

from __future__ import annotations

from typing import Any

from wizard.importers import fields as f
from wizard.importers.base import Report, Vector, vector, worst_word
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline


def _read(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    draft = Draft("osv-scanner", "OSV-Scanner", "vulnerability")
    f.needed(root, "results")
    for result in f.objects(root, "results"):
        place = f.text(result, "source", "path")
        draft.targets(place)
        for found in f.objects(result, "packages"):
            records = {f.text(record, "id"): record for record in f.objects(found, "vulnerabilities")}
            groups = f.objects(found, "groups") or [{"ids": [id]} for id in records]
            for group in groups:
                _group(draft, group, records, f.table(found, "package"), place)
    return draft.done()


def _group(draft: Draft, group: f.Object, records: dict[str, f.Object], package: f.Object, place: str) -> None:
    ids = f.texts(group, "ids")
    told = [records[id] for id in ids if id in records]
    vectors: list[Vector] = list(vector("", f.number(group, "max_severity"), "3.1"))
    words = []
    for record in told:
        for severity in (*f.objects(record, "severity"), *_of_packages(record)):
            if f.text(severity, "type").upper().startswith("CVSS"):
                vectors += vector(f.text(severity, "score"))
            else:  # a distribution's own word: {"type": "Ubuntu", "score": "medium"}
                words.append(f.label(severity, "score"))
        word = f.get(record, "database_specific", "severity")
        words += [word] if isinstance(word, str) else []
    word = worst_word(words)
    id = f.first(ids)
    named = [alias for record in told for alias in f.texts(record, "aliases")]
    draft.add(
        entry(
            id,
            f.first(f.text(record, "summary") for record in told),
            word,
            vectors,
            aliases=(*ids, *f.texts(group, "aliases"), *named),
            cwe=f.cwes(*(cwe for record in told for cwe in _weaknesses(record))),
            package=f.package(f.text(package, "ecosystem"), f.text(package, "name"), f.label(package, "version")),
            file=place,
            fix=", ".join(_fixes(told)),
            detail=f.first(f.text(record, "details") for record in told),
        )
    )


def _of_packages(record: f.Object) -> list[f.Object]:
    return [severity for affected in f.objects(record, "affected") for severity in f.objects(affected, "severity")]


def _weaknesses(record: f.Object) -> tuple[str, ...]:
    found = f.get(record, "database_specific", "cwe_ids")
    return f.texts(found) if isinstance(found, list | str) else ()


def _fixes(records: list[f.Object]) -> list[str]:
    return list(
        dict.fromkeys(
            f.text(event, "fixed")
            for record in records
            for affected in f.objects(record, "affected")
            for span in f.objects(affected, "ranges")
            for event in f.objects(span, "events")
            if "fixed" in event
        )
    )


def _claims(outline: Outline) -> bool:
    return outline.has("results") and (
        outline.has("results[].packages") or outline.has("experimental_config") or outline.has("results[].source.type")
    )


IMPORTER = Importer("osv-scanner", "OSV-Scanner", (JsonForm(_claims, _read),))
