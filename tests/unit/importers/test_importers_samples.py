"""Every form of every report is recognised by its content and read as its tool means it."""

import io
import json

import import_samples as samples
import pytest

from wizard import importers
from wizard.domain.codec import from_json, to_json
from wizard.importers.base import Report, Severity, of_word

ALL = sorted(samples.SAMPLES)


def read(data):
    return importers.read(io.BytesIO(data))


def flat(report):
    return [part for entry in report.entries for part in (entry, *entry.parts)]


@pytest.mark.parametrize("name", ALL)
def test_a_report_is_read_as_its_tool_means_it(name):
    sample = samples.SAMPLES[name]
    report = read(sample.data)
    assert report.importer == sample.importer
    assert len(report.findings) == sample.findings
    assert {severity.value: count for severity, count in report.by_severity.items() if count} == sample.by_severity
    assert {left.reason: left.count for left in report.left_out} == sample.left_out
    assert report.unit == (sample.unit or report.unit) != ""


@pytest.mark.parametrize("name", ALL)
def test_it_is_recognised_by_its_beginning_whatever_its_name(name):
    sample = samples.SAMPLES[name]
    found = importers.recognise(sample.data[: importers.HEAD])
    assert found is not None
    assert found.id == sample.importer


@pytest.mark.parametrize("name", ALL)
def test_it_crosses_the_pipe_unchanged(name):
    report = read(samples.SAMPLES[name].data)
    assert from_json(Report, json.loads(json.dumps(to_json(report)))) == report


@pytest.mark.parametrize("name", ALL)
def test_no_secret_inside_is_kept(name):
    kept = json.dumps(to_json(read(samples.SAMPLES[name].data)))
    planted = (
        samples.SECRET,
        "hunter2-very-secret",
        "kfEn3lq8ZpX7vVb2TtLmYc0sWq9uRr1oHd6gJxAa",
        "VkLZ",
        "ghp_Vr3kLx92",
    )
    assert [secret for secret in planted if secret in kept] == []


@pytest.mark.parametrize("name", ALL)
def test_no_entry_is_less_severe_than_its_file_says(name):
    order = list(Severity)
    for entry in flat(read(samples.SAMPLES[name].data)):
        said = [of_word(entry.word)] + [
            Severity("critical" if s >= 9 else "high" if s >= 7 else "medium" if s >= 4 else "low")
            for vector in entry.vectors
            for s in (vector.score, vector.stated)
            if s
        ]
        assert order.index(entry.severity) <= min(order.index(severity) for severity in said)


@pytest.mark.parametrize("name", ALL)
def test_its_own_totals_agree(name):
    assert [note for note in read(samples.SAMPLES[name].data).notes if note.startswith("The file says")] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zap-xml", "zap-json"),
        ("bandit", "bandit-csv"),
        ("bandit", "bandit-xml"),
        ("semgrep", "semgrep-sarif"),
        ("dependency-check-xml", "dependency-check-json"),
        ("cyclonedx-json", "cyclonedx-xml"),
        ("kingfisher", "kingfisher-lines"),
        ("gitleaks-8", "gitleaks-csv"),
        ("pip-audit-columns", "pip-audit-markdown"),
    ],
)
def test_twins_of_one_run_agree(one, other):
    first, second = read(samples.SAMPLES[one].data), read(samples.SAMPLES[other].data)

    def essence(report):
        return sorted(
            (entry.id, entry.severity.value, entry.score or 0, entry.cwe, str(entry.package))
            for entry in report.findings
        )

    assert essence(first) == essence(second)


def test_every_importer_has_a_sample():
    assert {sample.importer for sample in samples.SAMPLES.values()} == {made.id for made in importers.IMPORTERS}


def test_facts_of_a_report_are_kept():
    zap = read(samples.ZAP_XML)
    assert (zap.tool, zap.tool_version, zap.target) == ("ZAP", "2.14.0", ("https://app.example.test",))
    assert zap.scanned_at.isoformat() == "2024-02-02T09:21:51+00:00"
    assert zap.active is True
    assert zap.authenticated is None
    alert = zap.findings[0]
    assert (alert.host, alert.cwe, alert.count, alert.confidence) == ("app.example.test", (79,), 2, "Medium")
    assert alert.place.url.startswith("https://app.example.test/?q=1&session=")
    html = read(samples.BURP_HTML)
    assert html.authenticated is True
    assert html.stated == {"High": 1, "Info": 1, "Total issues found": 2}
    burp = read(samples.BURP_XML)
    assert burp.scanned_at.isoformat() == "2024-02-06T15:00:00+00:00"
    assert burp.findings[0].place.url == "https://app.example.test/a"


def test_the_score_that_speaks_is_version_3_and_both_are_shown():
    entry = read(samples.DC_XML).findings[0]
    assert (entry.word, entry.severity, entry.score) == ("MEDIUM", Severity.CRITICAL, 10.0)
    assert [(v.version, v.score, v.stated) for v in entry.vectors] == [("3.1", 10.0, 10.0), ("2.0", 9.3, 9.3)]
    assert (entry.package.ecosystem, entry.package.name) == ("maven", "org.apache.logging.log4j:log4j-core")


def test_totals_that_disagree_are_said():
    told = json.loads(samples.NPM_7)
    told["metadata"]["vulnerabilities"]["critical"] = 5
    report = read(samples.js(told))
    assert report.notes == ("The file says 5 × critical, but lists 0. What it lists was counted.",)


def test_a_word_that_nobody_knows_stays_unknown_and_is_named():
    report = read(samples.BURP_XML.replace(b"<severity>High<", b"<severity>Hgih<"))
    assert report.by_severity[Severity.UNKNOWN] == 1
    assert any("Hgih" in note for note in report.notes)


def test_more_pages_are_said():
    assert any("more pages" in note for note in read(samples.GRAPHQL).notes)
