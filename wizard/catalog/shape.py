"""What a questionnaire's files may hold: every table, its keys and their types, said once for loader and schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from wizard.domain.questionnaire import CELL_KINDS, AnswerKind, Obligation


class Type(Enum):
    """The type of a key's value, as TOML writes it."""

    TEXT = auto()
    ID = auto()
    FLAG = auto()
    DATE = auto()
    DIGEST = auto()
    CONDITION = auto()
    TEXTS = auto()
    IDS = auto()
    TABLE = auto()
    TABLES = auto()


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its type, whether it must be there, the words it may hold, and the shape of the tables below it."""

    type: Type
    required: bool = False
    words: tuple[str, ...] = ()
    shape: str = ""


Shape = Mapping[str, Key]

#: Ids of requirements and questions: letters, digits, hyphens; they stand in conditions, files and the PDF.
ID_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]{0,63}$"
DIGEST_PATTERN = r"^[0-9a-f]{64}$"

_TEXT, _MUST_TEXT = Key(Type.TEXT), Key(Type.TEXT, required=True)
_ID = Key(Type.ID, required=True)

_REQUIREMENT: dict[str, Key] = {
    "id": _ID,
    "title": _MUST_TEXT,
    "explanation": _MUST_TEXT,
    "why": _MUST_TEXT,
    "checks": Key(Type.IDS),
    "deciding": Key(Type.IDS),
    "applies": Key(Type.CONDITION),
    "otherwise": _TEXT,
    "withdrawn_by": Key(Type.CONDITION),
    "withdrawn_because": _TEXT,
    "notes": Key(Type.TEXTS),
}

SHAPES: Mapping[str, Shape] = {
    # questionnaire.toml
    "questionnaire file": {
        "questionnaire": Key(Type.TABLE, required=True, shape="questionnaire"),
        "link": Key(Type.TABLES, shape="link"),
    },
    "questionnaire": {
        "id": _ID,
        "version": _MUST_TEXT,
        "title": _MUST_TEXT,
        "publisher": _MUST_TEXT,
        "page": _MUST_TEXT,
        "read_on": Key(Type.DATE, required=True),
        "notes": Key(Type.TEXTS),
    },
    "link": {"title": _MUST_TEXT, "url": _MUST_TEXT},
    # every other file
    "section file": {
        "section": Key(Type.TABLE, required=True, shape="section"),
        "scoping": Key(Type.TABLES, shape="scoping"),
        "requirement": Key(Type.TABLES, shape="requirement"),
        "question": Key(Type.TABLES, shape="question"),
    },
    "section": {"id": _ID, "title": _MUST_TEXT, "summary": _MUST_TEXT},
    "scoping": {**_REQUIREMENT, "good_evidence": Key(Type.TEXTS), "bad_evidence": Key(Type.TEXTS), "fix": _TEXT},
    "requirement": {
        **_REQUIREMENT,
        "obligation": Key(Type.TEXT, required=True, words=tuple(Obligation)),
        "good_evidence": Key(Type.TEXTS, required=True),
        "bad_evidence": Key(Type.TEXTS, required=True),
        "fix": _MUST_TEXT,
        "source": Key(Type.TABLE, required=True, shape="source"),
        "blocked_by": Key(Type.IDS),
        "computed": Key(Type.FLAG),
        "part": Key(Type.TABLES, shape="part"),
    },
    "source": {
        "heading": _MUST_TEXT,
        "word": Key(Type.TEXT, required=True, words=("must", "should", "recommended", "imperative", "statement")),
        "digest": Key(Type.DIGEST, required=True),
    },
    "part": {
        "id": _ID,
        "title": _MUST_TEXT,
        "checks": Key(Type.IDS),
        "applies": Key(Type.CONDITION),
        "otherwise": _TEXT,
    },
    "question": {
        "id": _ID,
        "kind": Key(Type.TEXT, required=True, words=tuple(AnswerKind)),
        "requirements": Key(Type.IDS, required=True),
        "ask": _MUST_TEXT,
        "help": _TEXT,
        "required": Key(Type.FLAG),
        "when": Key(Type.CONDITION),
        "otherwise": _TEXT,
        "unmet": Key(Type.CONDITION),
        "option": Key(Type.TABLES, shape="option"),
        "column": Key(Type.TABLES, shape="column"),
        "row": Key(Type.TABLES, shape="row"),
        "minimum": _TEXT,
        "maximum": _TEXT,
        "unit": _TEXT,
        "statement": _TEXT,
        "refuses_secrets": Key(Type.FLAG),
        "private": Key(Type.FLAG),
    },
    "option": {"id": _ID, "label": _MUST_TEXT},
    "column": {
        "id": _ID,
        "label": _MUST_TEXT,
        "kind": Key(Type.TEXT, words=tuple(sorted(CELL_KINDS))),
        "option": Key(Type.TABLES, shape="option"),
        "required": Key(Type.FLAG),
        "hint": _TEXT,
    },
    "row": {},
}


def json_schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of one questionnaire file; `docs/questionnaire.schema.json` is this, printed.

    A TOML date is a text of format `date` in it. What a schema cannot say (ids that exist, conditions, cycles) the
    linter says.
    """
    definitions = {name.replace(" ", "-"): _object(shape) for name, shape in SHAPES.items() if name != "row"}
    definitions["row"] = {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One file of a questionnaire: questionnaire.toml, or a section",
        "oneOf": [{"$ref": "#/$defs/questionnaire-file"}, {"$ref": "#/$defs/section-file"}],
        "$defs": definitions,
    }


def _object(shape: Shape) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {name: _property(key) for name, key in shape.items()},
        "required": [name for name, key in shape.items() if key.required],
        "additionalProperties": False,
    }


def _property(key: Key) -> dict[str, object]:
    reference: dict[str, object] = {"$ref": f"#/$defs/{key.shape.replace(' ', '-')}"}
    match key.type:
        case Type.TEXT if key.words:
            return {"enum": [str(word) for word in key.words]}
        case Type.TEXT | Type.CONDITION:
            return {"type": "string", "minLength": 1}
        case Type.ID:
            return {"type": "string", "pattern": ID_PATTERN}
        case Type.DIGEST:
            return {"type": "string", "pattern": DIGEST_PATTERN}
        case Type.DATE:
            return {"type": "string", "format": "date"}
        case Type.FLAG:
            return {"type": "boolean"}
        case Type.TEXTS:
            return {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": int(key.required)}
        case Type.IDS:
            items = {"type": "string", "pattern": ID_PATTERN}
            return {"type": "array", "items": items, "uniqueItems": True, "minItems": int(key.required)}
        case Type.TABLE:
            return reference
        case Type.TABLES:
            return {"type": "array", "items": reference, "minItems": 1}
