"""JSON of strangers: what RFC 8259 and 7493 forbid is refused, what Windows writes is forgiven."""

import pytest

from wizard.formats import json
from wizard.formats.malformed import Malformed


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": [1, -2.5, true, null, "\\u00e9"]}', {"a": [1, -2.5, True, None, "é"]}),
        (b"\xef\xbb\xbf[]", []),
        ('{"a": "ü"}'.encode("utf-16"), {"a": "ü"}),
        (b' "\\ud83d\\ude00" ', "😀"),
        (b"[" * 64 + b"]" * 64, None),
    ],
)
def test_what_is_json_is_read(data, value):
    found = json.parse(data)
    assert value is None or found == value


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"[" * 65 + b"]" * 65, "64 levels"),
        (b"[" + b"0," * 4_000_001 + b"0]", "4000000 values"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[NaN]", "NaN"),
        (b"[1e999]", "too large"),
        (b"[" + b"1" * 500 + b"]", "too large"),
        (b'["\\udc00"]', "half a character"),
        (b'["\xff"]', "not UTF-8"),
        (b'{"a": ', "cut short"),
        (b'{"a": "b', "cut short"),
        (b"[1, 2", "cut short"),
        (b"[1,]", "line 1"),
        (b"[1]\n[2]", "more than one"),
        (b"[1] x", "not JSON"),
        (b"{'a': 1}", "line 1"),
        (b"[01]", "line 1"),
        (b'["\t"]', "line 1"),
    ],
)
def test_what_is_not_is_refused_with_a_sentence(data, says):
    with pytest.raises(Malformed, match=says) as refused:
        json.parse(data)
    assert refused.value.sentence.endswith(".")


def test_too_large_is_refused_before_it_is_looked_at(monkeypatch):
    monkeypatch.setattr(json, "MAX_BYTES", 10)
    with pytest.raises(Malformed, match="larger"):
        json.parse(b"x" * 11)


def test_documents_follow_one_another():
    assert json.documents(b'{"a": 1}\n\n{"b": 2}[3]') == [{"a": 1}, {"b": 2}, [3]]
