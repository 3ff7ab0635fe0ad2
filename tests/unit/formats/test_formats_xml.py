"""XML of strangers: harm is refused at the prolog, records come one by one, memory does not grow."""

import io
import tracemalloc

import pytest

from wizard.formats import xml
from wizard.formats.malformed import Malformed


def walk(data, *records):
    return [
        (one.path, one.opened, dict(one.element.attrib), xml.words(one.element, "c"))
        for one in xml.walk(io.BytesIO(data), records)
    ]


def test_names_come_without_namespace_and_records_come_whole():
    data = b'<r xmlns="u" a="1"><s n="x"/><rec k="v"><c> t </c></rec></r>'
    assert walk(data, "rec") == [
        (("r",), True, {"a": "1"}, ""),
        (("r", "s"), True, {"n": "x"}, ""),
        (("r", "s"), False, {"n": "x"}, ""),
        (("r", "rec"), False, {"k": "v"}, "t"),
        (("r",), False, {"a": "1"}, ""),
    ]


def test_the_root_is_told_from_the_beginning():
    found = xml.root(b'<?xml version="1.0"?><!-- hello --><a:issues xmlns:a="u" v="1"><b n="2">')
    assert found is not None
    assert (found.name, found.namespace, found.attributes) == ("issues", "u", {"v": "1"})
    assert found.child is not None
    assert found.child.attributes == {"n": "2"}
    assert xml.root(b"") is None
    assert xml.root(b"nonsense") is None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"<!-- only a comment -->", "first element"),
        (b"<!--" + b" " * 400_000, "no element near its beginning"),
        (b"<a><b></a>", "line 1"),
        (b"<a>\n<b", "cut short"),
        (b"<a/><b/>", "line 1"),
        (b"<a>" + b"<b>" * 70 + b"</b>" * 70 + b"</a>", "64 levels"),
        (b"<a><rec>" + b"<b/>" * 100_001 + b"</rec></a>", "far larger"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a/>', "document type"),
        (b'<!DOCTYPE issues [<!ENTITY x "y">]><issues/>', "entities"),
        (b'<!DOCTYPE issues SYSTEM "x"><issues/>', "outside"),
        (b'<!DOCTYPE issues PUBLIC "x" "y"><issues/>', "outside"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "encoding|line 1"),
        (b"<a>\xff</a>", "line 1"),
        (b"<a>&x;</a>", "line 1"),
    ],
)
def test_what_is_broken_or_harmful_is_refused_with_a_sentence(data, says):
    with pytest.raises(Malformed, match=says) as refused:
        walk(data, "rec")
    assert refused.value.sentence.endswith(".")


def test_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(xml, "MAX_BYTES", 100)
    with pytest.raises(Malformed, match="larger"):
        walk(b"<a>" + b"<b/>" * 100 + b"</a>")


@pytest.mark.parametrize("record", ["rec", "nothing"])
def test_memory_does_not_grow_with_the_document(record):
    class Endless:
        def __init__(self):
            self.pieces = iter([b"<a>", *[b"<rec><c>text</c></rec>" * 50] * 2000, b"</a>"])

        def read(self, size):
            return next(self.pieces, b"")

    tracemalloc.start()
    try:
        count = sum(1 for _seen in xml.walk(Endless(), (record,)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count >= 100_000
    assert peak < 3_000_000
