"""The JSON Schema says what the loader says: the same keys, the same words, the same types."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from wizard import resources
from wizard.catalog.lint import lint
from wizard.catalog.shape import SHAPES, json_schema

SCHEMA_FILE = Path(__file__).parents[3] / "docs" / "questionnaire.schema.json"
SCHEMA: dict[str, Any] = json_schema()


def as_json(value: object) -> Any:
    return json.loads(json.dumps(value, default=lambda d: d.isoformat() if isinstance(d, date) else str(d)))


def errors(data: object) -> list[str]:
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    return [e.message for e in checker.iter_errors(as_json(data))]


def test_the_published_schema_is_the_loaders() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == SCHEMA


@pytest.mark.parametrize(
    "file", sorted((resources.questionnaires() / "apollo-marketplace").glob("*.toml")), ids=lambda p: p.name
)
def test_every_shipped_file_fits(file: Path) -> None:
    assert errors(tomllib.loads(file.read_text(encoding="utf-8"))) == []


MISTAKES = tomllib.loads((Path(__file__).parent / "mistakes.toml").read_text(encoding="utf-8"))
SHAPE_MISTAKES = [
    "unknown-key",
    "unknown-key-in-a-question",
    "unknown-key-in-a-column",
    "unknown-table",
    "unknown-key-in-main",
    "missing-key",
    "missing-key-in-main",
    "wrong-type",
    "wrong-type-of-list",
    "text-where-tables-go",
    "flag-as-text",
    "bad-id",
    "bad-digest",
    "unknown-obligation",
    "unknown-kind",
    "unknown-kind-of-cell",
    "duplicate-in-a-list",
    "row-that-is-no-text",
    "empty-list",
]


@pytest.mark.parametrize("name", SHAPE_MISTAKES)
def test_both_refuse_the_same(name: str, tmp_path: Path) -> None:
    from test_catalog_lint import CHECKS, MAIN, SECTION, write

    case = MISTAKES[name]
    main = case.get("file") == "questionnaire.toml"
    text = (MAIN if main else SECTION).replace(case["old"], case["new"], 1)
    assert errors(tomllib.loads(text))
    assert lint(write(tmp_path / "q", **{"main" if main else "section": text}), CHECKS)


def test_every_table_is_described() -> None:
    text = (SCHEMA_FILE.parent / "questionnaire-format.md").read_text(encoding="utf-8")
    for name, shape in SHAPES.items():
        for key in shape:
            assert f"`{key}`" in text, f"{key} of {name} is not in the documentation"
