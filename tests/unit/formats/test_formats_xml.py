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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("end", "cut"),
    [
        (b"</alertitem></alerts></site></OWASPZAPReport>", False),
        (b"</site></OWASPZAPReport >\r\n", False),
        (b"</site></ns0:OWASPZAPReport>", False),
        (b"</OWASPZAPReport><!-- made by a tool -->\n", False),
        (b"</site>", True),
        (b"</OWASPZAPReport", True),
        (b"</OWASPZAPReports>", True),
        (b"</NotOWASPZAPReport>", True),
        (b"some text", True),
    ],
)
def test_a_large_document_that_was_cut_is_known_by_its_end(end, cut):
    assert xml.cut_short("OWASPZAPReport", b"x" * xml.END + end) is cut
    assert xml.cut_short("OWASPZAPReport", end) is False  # a small one is for the parser


def test_elements_without_end_are_refused_soon_and_use_little(monkeypatch):
    monkeypatch.setattr(xml, "MAX_LOOSE", 1000)
    monkeypatch.setattr(xml, "MAX_RECORDS", 1000)
    for piece in (b"<a/>", b"<r/>"):
        with pytest.raises(Malformed, match="far more entries"):
            list(xml.walk(io.BytesIO(b"<root>" + piece * 1001 + b"</root>"), ("r",)))
    seen = list(xml.walk(io.BytesIO(b"<root>" + b"<r><a>x</a></r>" * 1000 + b"</root>"), ("r",)))
    assert sum(each.path[-1] == "r" and len(each.path) == 2 for each in seen) == 1000


@pytest.mark.slow
def test_what_was_seen_is_forgotten_and_a_record_is_whole():
    data = b"<root><meta>" + b"<one>1</one>" * 20_000 + b"</meta>" + b"<r><a>x</a><b>y</b></r>" * 20_000 + b"</root>"
    texts = [(s.path, xml.words(s.element, "a"), xml.words(s.element, "b")) for s in xml.walk(io.BytesIO(data), ("r",))]
    assert texts.count((("root", "r"), "x", "y")) == 20_000
    ends = [s.element.text for s in xml.walk(io.BytesIO(data), ("r",)) if s.path[-1] == "one" and not s.opened]
    assert ends == ["1"] * 20_000
