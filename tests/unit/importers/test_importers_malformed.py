"""Whatever is damaged, hostile or somebody else's gives one sentence, soon, and never a count."""

import io
import json
import sys
import time
from pathlib import Path

import import_samples as samples
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard import importers
from wizard.importers.base import Report, UnreadableReport

HOSTILE = {
    "empty": b"",
    "blank": b" \n\t\n",
    "mark only": b"\xef\xbb\xbf",
    "a number": b"42",
    "a word": b'"report"',
    "null": b"null",
    "an empty object": b"{}",
    "an empty list, which many tools write": b"[]",
    "a list of numbers": b"[1, 2, 3]",
    "another tool's JSON": b'{"name": "x", "version": "1.0.0", "dependencies": {"lodash": "^4"}}',
    "an npm lock file": b'{"name": "x", "lockfileVersion": 3, "packages": {"": {}}}',
    "a web page": b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
    "a web page without its type": b"<html><body>Sign in</body></html>",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)),
    "a zip": b"PK\x03\x04" + bytes(200),
    "a log of a failed run": b"[main] INFO starting\n[main] ERROR could not reach the database\n0 findings\n",
    "a traceback": b'Traceback (most recent call last):\n  File "x.py", line 1\nKeyError: 1\n',
    "a log that begins like JSON": b'{"level":"error","msg":"could not scan"}\n{"level":"info","msg":"0 findings"}\n',
    "npm without a lock file": (samples.FIXTURES / "npm_enolock.json").read_bytes(),
    "npm without its service": (samples.FIXTURES / "npm_405.json").read_bytes(),
    "GitHub's refusal": b'{"message": "Bad credentials", "documentation_url": "https://docs.example.test"}',
    "GraphQL errors": b'{"data": {"repository": {"vulnerabilityAlerts": null}}, "errors": [{"message": "x"}]}'[:-1],
    "Snyk's error": b'{"ok": false, "error": "Failed to get dependencies", "path": "/x"}',
    "SARIF 1.0": b'{"version": "1.0.0", "runs": [{"tool": {"name": "x"}, "results": []}]}',
    "SARIF whose runs are no list": b'{"version": "2.1.0", "runs": {"results": []}}',
    "SARIF without runs": b'{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0"}',
    "SARIF with no run": b'{"version": "2.1.0", "runs": []}',
    "SARIF of a run without results": b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}}]}',
    "SARIF of a run that failed": (
        b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [], '
        b'"invocations": [{"executionSuccessful": false}]}]}'
    ),
    "a SBOM, which nobody has looked at": b'{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": []}',
    "XML of somebody": b"<?xml version='1.0'?><project><modelVersion>4</modelVersion></project>",
    "unit tests": b'<testsuites><testsuite name="pytest" tests="1"><testcase name="t"/></testsuite></testsuites>',
    "issues of somebody": b"<issues><issue><name>x</name></issue></issues>",
    "billion laughs": (
        b'<?xml version="1.0"?><!DOCTYPE issues [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (98 + n, 97 + n, 97 + n, 97 + n, 97 + n) for n in range(12))
        + b']><issues burpVersion="1"><issue><name>&m;</name></issue></issues>'
    ),
    "one entity": b'<!DOCTYPE issues [<!ENTITY x "y">]><issues burpVersion="1"><issue>&x;</issue></issues>',
    "a file outside": (
        b'<!DOCTYPE issues [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<issues burpVersion="1"><issue><name>&x;</name></issue></issues>'
    ),
    "a parameter entity": b'<!DOCTYPE issues [<!ENTITY % x SYSTEM "http://192.0.2.1/x"> %x;]><issues burpVersion="1"/>',
    "a definition outside": b'<!DOCTYPE issues SYSTEM "http://192.0.2.1/x.dtd"><issues burpVersion="1"></issues>',
    "a definition where none belongs": b'<!DOCTYPE OWASPZAPReport [<!ELEMENT a ANY>]><OWASPZAPReport version="2"/>',
    "long attributes": (
        b'<!DOCTYPE issues [<!ATTLIST issue x CDATA "' + b"A" * 5000 + b'">]><issues burpVersion="1"><issue/></issues>'
    ),
    "an undefined entity": b'<OWASPZAPReport version="2"><site name="&nbsp;"/></OWASPZAPReport>',
    "deep XML": b'<OWASPZAPReport version="2">' + b"<a>" * 100_000,
    "deep XML in a record": b'<OWASPZAPReport version="2"><site name="x"><alertitem>' + b"<a>" * 100_000,
    "deep JSON": b"[" * 200_000,
    "deep JSON that is closed": b'{"runs":' + b"[" * 100_000 + b"]" * 100_000 + b',"version":"2.1.0"}',
    "escaped quotes without end": b'{"version":"' + b'\\"' * 3_000_000,
    "escaped quotes in the open": b"[" + b'\\"' * 3_000_000,
    "endless documents": b"1 " * 3_000_000,
    "endless objects": b"{} " * 1_000_000,
    "blank lines in a failure": samples.DASTARDLY.replace(b"Host: ", b"\n" * 200_000 + b"Hos: ", 1)[:-10],
    "blanks in a Bandit result": samples.real("bandit.xml", "", 0, {}).data.replace(
        b"Location", b" " * 300_000 + b"Place", 1
    ),
    "many values": b'{"runs":[' + b"0," * 4_100_000 + b'0],"version":"2.1.0"}',
    "a key twice": samples.SARIF.replace(b'"version": "2.1.0",', b'"version": "2.1.0", "version": "2.1.0",', 1),
    "NaN": samples.NPM_7.replace(b"9.1", b"NaN", 1),
    "Infinity": samples.NPM_7.replace(b"9.1", b"-Infinity", 1),
    "an endless number": samples.NPM_7.replace(b"9.1", b"9" * 100_000, 1),
    "an exponent without end": samples.NPM_7.replace(b"9.1", b"1e999", 1),
    "half a character": samples.NPM_7.replace(b"Pollution", b"\\ud800", 1),
    "Latin-1 in JSON": samples.NPM_7.replace(b"Pollution", b"Verschmutz\xfcng\xff", 1),
    "Latin-1 in XML": samples.ZAP_XML.replace(b"Cross", b"Cr\xf6ss\xff", 1),
    "an unknown encoding": samples.ZAP_XML.replace(b'version="1.0"?', b'version="1.0" encoding="EBCDIC-XX"?', 1),
    "a multi-byte encoding": samples.ZAP_XML.replace(b'version="1.0"?', b'version="1.0" encoding="Shift_JIS"?', 1),
    "UTF-16 without a mark": samples.SARIF.decode().encode("utf-16-le"),
    "a severity that is a number": samples.NPM_7.replace(b'"severity": "moderate"', b'"severity": 5', 1),
    "a severity that is a list": samples.js(
        [{**json.loads(samples.DEPENDABOT)[0], "security_vulnerability": {"severity": ["high"]}}]
    ),
    "a Burp issue without a severity": samples.BURP_XML.replace(b"<severity>High</severity>", b"", 1),
    "a Bandit result without a severity": b'{"results": [{"test_id": "B101"}], "metrics": {}, "errors": []}',
    "a score that is a word": samples.GRYPE.replace(b'"metrics": {}', b'"metrics": {"baseScore": "bad"}'),
    "yarn without its summary": samples.YARN_1.rpartition(b"\n")[0],
    "a broken declaration in HTML": samples.BURP_HTML.replace(b"<table class='issue-table'>", b"<!<td ", 1),
    "comments without end in HTML": samples.BURP_HTML.replace(b"<h1>", b"<!--" * 500_000, 1),
    "sections without end in HTML": samples.BURP_HTML.replace(b"issue-table", b"<![CDATA[" * 500_000, 1),
    "half a CSV line": samples.DC_CSV[:-40],
    "trailing garbage": samples.SARIF + b"garbage",
    "two documents": samples.SARIF + samples.SARIF,
    "Prowler's unknown status": samples.PROWLER.replace(b'"FAIL"', b'"PERHAPS"'),
}


def read(data):
    return importers.read(io.BytesIO(data))


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_one_sentence_soon_and_no_count(name):
    began = time.process_time()
    with pytest.raises(UnreadableReport) as refused:
        read(HOSTILE[name])
    assert time.process_time() - began < 5
    assert refused.value.sentence.endswith(".")
    assert len(refused.value.sentence) < 400
    assert "Traceback" not in refused.value.sentence


WHOLE = sorted(name for name, sample in samples.SAMPLES.items() if not sample.lines)


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_was_cut_short_is_never_read_as_less(name):
    data = samples.SAMPLES[name].data.rstrip()
    for part in (0.1, 0.35, 0.5, 0.75, 0.9, 0.99):
        with pytest.raises(UnreadableReport):
            read(data[: int(len(data) * part)])
    with pytest.raises(UnreadableReport):
        read(data[:-1])


@pytest.mark.parametrize("name", ["sarif", "zap-xml", "npm-7"])
def test_windows_encodings_with_their_mark_are_read(name):
    sample = samples.SAMPLES[name]
    text = sample.data.decode()
    for data in (b"\xef\xbb\xbf" + sample.data, text.encode("utf-16")):
        assert len(read(data).findings) == sample.findings


@pytest.mark.slow
def test_nothing_is_opened_and_nobody_is_called(monkeypatch):
    seen = []
    watching = [True]
    sys.addaudithook(lambda event, args: watching and event in ("open", "socket.connect") and seen.append(args[:1]))
    try:
        for data in HOSTILE.values():
            with pytest.raises(UnreadableReport):
                read(data)
    finally:
        watching.clear()
    ours = (str(Path(sys.prefix)), str(Path(sys.base_prefix)))  # Python reads its own codecs when they are first needed
    assert [place for (place,) in seen if not str(place).startswith(ours)] == []


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        ["CVSS:3.1/AV:N", "CVE-2021-1", "CWE-99999999999", "pkg:npm/@a/b@1", "http://[", "<p>&#xD800;", "9" * 20]
    ),
    st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


def places(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in children:
        yield from places(item, (*path, key))


def changed(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], new)
    return copy


JSONS = {}
for _name, _sample in samples.SAMPLES.items():
    if _sample.data.lstrip()[:1] in (b"{", b"[") and not _sample.lines:
        JSONS[_name] = json.loads(_sample.data) if _name != "kingfisher" else json.loads(_sample.data.splitlines()[0])


def _reads_or_refuses(data):
    try:
        report, sentence = read(data), "Read."
    except UnreadableReport as refused:
        report, sentence = None, refused.sentence
    assert report is None or isinstance(report, Report)
    assert sentence.endswith(".")


@pytest.mark.slow
@given(st.data())
@settings(max_examples=400, deadline=5000)
def test_any_changed_value_is_read_or_refused(data):
    document = JSONS[data.draw(st.sampled_from(sorted(JSONS)))]
    path = data.draw(st.sampled_from(list(places(document))))
    new = data.draw(VALUES)
    _reads_or_refuses(json.dumps(changed(document, path, new)).encode("utf-8", "surrogatepass"))


@pytest.mark.slow
@given(st.sampled_from(sorted(samples.SAMPLES)), st.data())
@settings(max_examples=300, deadline=5000)
def test_any_changed_byte_is_read_or_refused(name, data):
    whole = bytearray(samples.SAMPLES[name].data)
    for _change in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        length = data.draw(st.integers(0, 30))
        whole[at : at + length] = data.draw(st.binary(max_size=8))
    _reads_or_refuses(bytes(whole))


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused(data):
    importers.recognise(data)
    _reads_or_refuses(data)


WRONG = (None, True, 0, -1, 10**20, 1.5, "", "x", "9.8", [], [1], ["x"], [[]], {}, {"a": None}, {"text": 1})


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(JSONS))
def test_every_value_that_is_wrong_is_read_or_refused(name):
    document = JSONS[name]
    for path in places(document):
        for new in WRONG:
            _reads_or_refuses(json.dumps(changed(document, path, new)).encode())


def test_a_large_file_that_was_cut_is_refused_before_it_is_read():
    whole = samples.ZAP_XML.replace(b"</alerts>", b"<alertitem><riskcode>1</riskcode></alertitem>" * 200 + b"</alerts>")
    assert len(importers.read(io.BytesIO(whole), whole[-importers.END :]).findings) == 202

    class Counting(io.BytesIO):
        taken = 0

        def read(self, size=-1, /):
            data = super().read(size)
            self.taken += len(data)
            return data

    stream = Counting(whole[:-30] * 20)
    with pytest.raises(UnreadableReport, match="cut short"):
        importers.read(stream, whole[:-30][-importers.END :])
    assert stream.taken <= importers.HEAD
