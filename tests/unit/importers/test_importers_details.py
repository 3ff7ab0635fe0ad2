"""What single tools write in their own way, and must not be read as less than it says."""

import io
import json

import import_samples as samples
import pytest

from wizard import importers
from wizard.importers.base import Severity, Status, UnreadableReport, worst_word


def read(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return importers.read(io.BytesIO(data))


def severities(report):
    return [entry.severity.value for entry in report.entries]


def test_levels_of_sarif_come_from_the_result_the_run_or_the_rule():
    report = read(samples.SARIF_LEVELS)
    assert severities(report)[:3] == ["high", "low", "high"]  # raised; no invocation named; an override never lowers
    assert severities(report)[3:7] == ["info", "info", "unknown", "high"]
    assert severities(report)[8:10] == ["critical", "medium"]
    assert report.commits == ("b87c4e9aa01",)
    assert report.tool == "Any, Second"
    assert report.target == ("https://example.test/o/r",)


def test_the_worst_of_several_words_counts():
    assert worst_word(("", "low", "HIGH", "medium")) == "HIGH"
    assert worst_word(("odd", "low")) == "low"
    assert worst_word(("", "odd")) == "odd"
    assert worst_word(()) == ""


@pytest.mark.parametrize(("one", "other"), [("low", "critical"), ("critical", "low")])
def test_advisory_and_package_may_differ_and_the_higher_counts(one, other):
    alert = json.loads(samples.WEBHOOK)["alert"]
    alert["security_advisory"] |= {"severity": one, "cvss": None, "cvss_severities": None}
    alert["security_vulnerability"]["severity"] = other
    assert severities(read([alert])) == ["critical"]


def test_code_scanning_takes_the_higher_of_both_words_and_keeps_the_commit_of_open_alerts():
    alert = json.loads(samples.CODE_SCANNING)[0]
    alert["rule"] |= {"security_severity_level": "medium", "severity": "error"}
    alert["most_recent_instance"]["commit_sha"] = "39406e42cb832f683daa691dd652a8dc36ee8930"
    gone = {**alert, "state": "fixed", "fixed_at": "2024-02-01T10:00:00Z"}
    gone["most_recent_instance"] = {**alert["most_recent_instance"], "commit_sha": "a" * 40}
    report = read([alert, gone])
    assert severities(report) == ["high", "high"]
    assert report.commits == ("39406e42cb832f683daa691dd652a8dc36ee8930",)
    assert str(report.entries[1].fixed_on) == "2024-02-01"
    assert report.entries[0].fixed_on is None


def test_the_day_of_a_fix_is_kept():
    alert = json.loads(samples.WEBHOOK)["alert"]
    report = read([{**alert, "state": "fixed", "fixed_at": "2024-03-05T08:00:00Z"}])
    assert (report.entries[0].status, str(report.entries[0].fixed_on)) == (Status.FIXED, "2024-03-05")
    assert read([{**alert, "state": "open", "fixed_at": "2024-03-05T08:00:00Z"}]).entries[0].fixed_on is None


def test_the_day_on_which_an_advisory_was_published_does_not_start_a_clock():
    npm = json.loads(samples.NPM_6)
    for advisory in npm["advisories"].values():
        advisory["created"] = "2015-01-01T00:00:00Z"
    assert [entry.reported_on for entry in read(npm).entries] == [None]


def test_a_distributions_own_word_in_osv_is_a_severity():
    osv = json.loads(samples.OSV)
    package = osv["results"][0]["packages"][0]
    for group in package["groups"]:
        group.pop("max_severity", None)
    for record in package["vulnerabilities"]:
        record["severity"] = [{"type": "Ubuntu", "score": "critical"}]
        record.pop("database_specific", None)
        record["affected"] = []
    assert severities(read(osv)) == ["critical"]


def test_an_old_nosey_parker_tells_its_place_without_a_list():
    told = json.loads(samples.NOSEY.splitlines()[0])
    told["matches"][0]["provenance"] = {"kind": "file", "path": "app/config.py"}
    assert read(told).entries[0].place.file == "app/config.py"


def test_a_policy_of_snyk_that_lowers_does_not_lower_here():
    snyk = json.loads(samples.SNYK)
    for told in snyk["vulnerabilities"]:
        told |= {"severity": "low", "originalSeverity": "critical", "cvssScore": 1.0, "CVSSv3": ""}
    assert severities(read(snyk)) == ["critical"]


def test_settings_that_snyk_found_are_not_zero_vulnerabilities():
    entry = read(samples.SNYK_SETTINGS).findings[0]
    assert (entry.id, entry.place.file, entry.place.line) == ("SNYK-CC-K8S-1", "pod.yaml", 12)


def test_alerts_of_a_sequence_of_zap_are_not_counted_twice():
    alert = samples.ZAP_XML.partition(b"<alertitem>")[2].partition(b"</alertitem>")[0]
    again = (
        b"<sequences><sequence><steps><step><alertitem>" + alert + b"</alertitem></step></steps></sequence></sequences>"
    )
    report = read(samples.ZAP_XML.replace(b"</OWASPZAPReport>", again + b"</OWASPZAPReport>"))
    assert len(report.findings) == samples.SAMPLES["zap-xml"].findings
    zap = json.loads(samples.ZAP_JSON)
    zap["sequences"] = [{"name": "s", "steps": [{"pass": False, "alert": zap["site"][0]["alerts"][0]}, {"pass": True}]}]
    twin = read(zap)
    left = "alert of a step of a sequence (listed under its site)"
    assert [{one.reason: one.count for one in each.left_out}[left] for each in (report, twin)] == [1, 1]
    assert len(twin.findings) == len(report.findings)


def test_a_clean_yarn_audit_may_begin_with_warnings():
    summary = {"type": "auditSummary", "data": {"vulnerabilities": {"info": 0, "low": 0, "high": 0}}}
    lines = [{"type": "warning", "data": "package.json: No license field"}, summary]
    assert read(samples.lines(*lines)).findings == ()
    with pytest.raises(UnreadableReport, match="failed"):
        read(samples.lines(lines[0], {"type": "error", "data": "no network"}))


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("lodash:4.17.15", ("lodash", "4.17.15")),
        ("@babel/core:7.0.0-beta.3", ("@babel/core", "7.0.0-beta.3")),
        ("adapter.ear: dom4j-2.1.1.jar", ("dom4j-2.1.1.jar", "")),
        ("a.ear: b.war: c.jar", ("c.jar", "")),
    ],
)
def test_a_jar_in_an_archive_is_not_taken_for_a_version(name, package):
    report = json.loads(samples.DC_JSON)
    report["dependencies"][0] |= {"packages": [], "fileName": name}
    found = read(report).entries[0].package
    assert (found.name, found.version) == package


def test_old_dependency_check_names_maven_packages_in_another_way():
    data = samples.DC_XML.replace(
        b'<package confidence="HIGH"><id>pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2</id></package>',
        b'<identifier type="maven"><name>(org.apache.logging.log4j:log4j-core:2.13.2)</name></identifier>',
    )
    assert data != samples.DC_XML
    found = read(data).entries[0].package
    assert (found.ecosystem, found.name, found.version) == ("maven", "org.apache.logging.log4j:log4j-core", "2.13.2")


def test_what_is_no_flaw_of_this_code_is_counted_by_govulncheck():
    osv = {"osv": {"id": "GO-2021-0113", "summary": "s", "aliases": []}}
    report = read(samples.GOVULN + b"\n" + json.dumps(osv).encode())
    assert {one.reason: one.count for one in report.left_out} == {"advisory that does not concern this code": 2}


def test_the_leak_of_a_junit_report_is_the_one_of_its_json():
    one, other = read(samples.GITLEAKS_JUNIT).entries[0], read(samples.GITLEAKS_8).entries[0]
    assert (one.id, one.place) == (other.id, other.place)


@pytest.mark.parametrize(
    ("title", "tool", "instead"),
    [
        ("ZAP by Checkmarx Scanning Report", "OWASP ZAP", "Traditional XML Report"),
        ("\n    Bandit Report\n", "Bandit", "-f json"),
        ("Burp Scanner Report", "Burp Suite", "Report selected issues"),
        ("Dependency-Check Report", "Dependency-Check", "--format XML"),
    ],
)
def test_a_page_for_people_says_how_the_same_is_had_as_data(title, tool, instead):
    with pytest.raises(UnreadableReport) as refused:
        read(f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body></body></html>".encode())
    assert tool in refused.value.sentence
    assert instead in refused.value.sentence


def test_an_entry_without_a_name_has_something_to_be_called():
    burp = {"Issues": [{"issue_type": {"name": None}, "severity": "high", "path": "/", "origin": "https://a.example"}]}
    entry = read(burp).entries[0]
    assert entry.severity is Severity.HIGH
    assert entry.title == "(without a name)"


@pytest.mark.parametrize(
    ("change", "gaps", "blind"),
    [
        (lambda run: run, 0, False),
        (lambda run: run["invocations"][0].update(executionSuccessful=False), 1, True),
        (
            lambda run: run["invocations"][0].update(toolExecutionNotifications=[{"level": "error", "message": {}}]),
            1,
            False,
        ),
    ],
)
def test_what_a_run_did_not_look_at_is_told_apart(change, gaps, blind):
    sarif = json.loads(samples.SARIF)
    change(sarif["runs"][0])
    report = read(sarif)
    assert (len(report.gaps), report.blind) == (gaps, blind)
    assert set(report.gaps) <= set(report.notes)


def test_reports_about_nothing_show_nothing():
    for data in (
        {"SchemaVersion": 2, "ArtifactName": "app"},
        {"@programName": "ZAP", "@version": "2.16", "site": []},
        json.loads(samples.GRAPHQL),
    ):
        assert read(data).blind
    assert read(samples.PIP).gaps
    assert not read(samples.PIP).blind


@pytest.mark.parametrize(
    "nothing",
    [
        {"version": "1.60.0", "results": [], "errors": [], "paths": {"scanned": []}},
        {"errors": [], "generated_at": "2024-03-01T10:00:00Z", "metrics": {"_totals": {"loc": 0}}, "results": []},
        {"dependencies": [], "fixes": []},
        json.loads(samples.DC_JSON) | {"dependencies": []},
        {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 0}}},
        {"vulnerabilities": [], "ok": True, "dependencyCount": 0},
        {"Golang errors": {}, "Issues": [], "Stats": {"files": 0}},
        {"database": {}, "lockfile": {"dependency-count": 0}, "vulnerabilities": {"list": []}, "warnings": {}},
        {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [], "vulnerabilities": []},
        {"data": {"repository": {"name": "a", "vulnerabilityAlerts": {"totalCount": 3, "nodes": []}}}},
        {
            "version": "2.1.0",
            "runs": [{"tool": {"driver": {"name": name}}} | more for name, more in (("A", {"results": []}), ("B", {}))],
        },
    ],
)
def test_a_run_that_looked_at_nothing_shows_nothing(nothing):
    report = read(nothing)
    assert (report.findings, report.blind) == ((), True)


def test_a_run_about_settings_or_secrets_only_is_none_about_libraries():
    def unit(*classes):
        results = [{"Target": "a", "Class": name} for name in classes]
        return read({"SchemaVersion": 2, "ArtifactName": ".", "Results": results}).unit

    assert unit("config", "secret") == "misconfiguration"
    assert unit("secret") == "secret"
    assert unit("config", "lang-pkgs") == unit("os-pkgs") == unit("") == "finding"


def test_an_issue_of_gosec_may_lack_its_rule_and_severity():
    issue = {"confidence": "HIGH", "details": "TLS MinVersion too low", "file": "a.go", "line": 9}
    entry = read({"Golang errors": "", "Issues": [issue], "Stats": {"found": 1}, "GosecVersion": "2.22.3"}).entries[0]
    assert (entry.id, entry.severity, entry.place.line) == ("TLS MinVersion too low", Severity.UNKNOWN, 9)


def test_cargo_audit_may_number_its_vulnerabilities():
    cargo = json.loads(samples.CARGO)
    numbered = {str(n): one for n, one in enumerate(cargo["vulnerabilities"]["list"])}
    assert read({"vulnerabilities": numbered}).entries == read(samples.CARGO).entries


def test_the_worst_rating_of_any_vendor_counts_in_trivy_and_what_is_not_affected_is_shown_apart():
    trivy = json.loads(samples.TRIVY)
    flaw = {"VulnerabilityID": "CVE-2024-1", "Severity": "LOW", "VendorSeverity": {"nvd": 4, "debian": 1, "odd": 9}}
    trivy["Results"] = [{"Target": "a", "Vulnerabilities": [flaw, flaw | {"Status": "not_affected"}]}]
    report = read(trivy)
    assert severities(report) == ["critical", "critical"]
    assert report.stated == {"LOW": 1}
    assert [entry.status for entry in report.entries] == [Status.OPEN, Status.NOT_AFFECTED]


def test_what_trivy_has_no_rating_for_stays_unknown_in_sarif():
    rules = [
        {"id": id, "properties": {"tags": ["security", id], "security-severity": "0.0"}} for id in ("UNKNOWN", "LOW")
    ]
    results = [{"ruleId": rule["id"], "level": "note", "message": {"text": "m"}} for rule in rules]
    run = {"tool": {"driver": {"name": "Trivy", "rules": rules}}, "results": results}
    run["properties"] = {"imageName": "nginx:1.19"}
    sarif = {"version": "2.1.0", "runs": [run]}
    report = read(sarif)
    assert severities(report) == ["unknown", "low"]
    assert report.target == ("nginx:1.19",)
    with pytest.raises(UnreadableReport, match="outside of its runs"):
        read(sarif | {"inlineExternalProperties": [{"results": results}]})


@pytest.mark.parametrize(
    ("tool", "named", "purls", "package"),
    [
        ("dependency-check", ["pkg:maven/org.a/a@1"], None, ("maven", "org.a:a", "1")),
        ("dependency-check", ["pkg:maven/org.a/a@1", "pkg:maven/org.a/b@1"], None, None),
        ("Grype", ["/app/a.jar"], ["pkg:npm/%40babel/core@7.0.0"], ("npm", "@babel/core", "7.0.0")),
        ("Snyk Open Source", ["@babel/core@7.0.0"], None, ("", "@babel/core", "7.0.0")),
        ("CodeQL", ["user@host"], "no list", None),
        ("any", [], None, None),
    ],
)
def test_the_library_of_a_sarif_result_is_kept_so_that_both_formats_of_a_run_are_one(tool, named, purls, package):
    rule = {"id": "CVE-2024-1", "properties": {"purls": purls} if purls else {}}
    places = [{"logicalLocations": [{"fullyQualifiedName": name} for name in named]}]
    result = {"ruleId": "CVE-2024-1", "message": {"text": "m"}, "locations": places}
    sarif = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": tool, "rules": [rule]}}, "results": [result]}]}
    found = read(sarif).entries[0].package
    assert (found and (found.ecosystem, found.name, found.version)) == package


def test_what_burp_says_is_a_false_positive_by_its_confidence_is_one():
    burp = json.loads(samples.BURP_GRAPHQL)
    issues = burp.get("Issues") or burp["data"]["scan"]["issues"]
    for issue in issues:
        issue["confidence"] = "false_positive"
    assert {entry.status for entry in read(burp).entries} == {Status.FALSE_POSITIVE}


def test_the_address_of_an_alert_names_its_repository():
    alert = json.loads(samples.WEBHOOK)["alert"]
    for address in (
        "https://api.github.com/repos/acme/shop/dependabot/alerts/1",
        "https://github.example/api/v3/repos/acme/shop/dependabot/alerts/1",
        "https://github.com/acme/shop/security/dependabot/1",
    ):
        assert read([alert | {"url": address}]).target == ("acme/shop",)
    assert read([alert | {"url": "https://example.test/x"}]).target == ()


def test_zones_that_java_writes_by_hours_are_read():
    burp = samples.BURP_XML.replace(b"EST 2024", b"GMT-03:30 2024")
    assert read(burp).scanned_at.isoformat() == "2024-02-06T13:30:00+00:00"


@pytest.mark.parametrize(
    ("data", "what"), [(b"PK\x03\x04", "compressed"), (b"%PDF-1.7", "PDF"), (b"\x1f\x8b", "Unpack")]
)
def test_what_holds_no_text_is_named(data, what):
    with pytest.raises(UnreadableReport, match=what):
        read(data + bytes(200))


def test_a_table_that_lists_less_than_it_found_is_refused():
    assert len(read(samples.PIP_COLUMNS).findings) == 2
    for cut in (samples.PIP_COLUMNS.replace(b"Found 2", b"Found 3"), samples.PIP_MARKDOWN.partition(b"flask")[0]):
        with pytest.raises(UnreadableReport, match="does not list as many"):
            read(cut)


def test_a_line_of_a_table_that_names_no_flaw_is_refused():
    with pytest.raises(UnreadableReport, match="names no vulnerability"):
        read(samples.PIP_MARKDOWN.replace(b"PYSEC-2018-66", b"nothing"))
    with pytest.raises(UnreadableReport, match="names no vulnerability"):
        read(samples.PIP_MARKDOWN.replace(b"--- | --- | --- | ---\nflask", b"| -- |\n--- | ---\nflask", 1))


@pytest.mark.parametrize(
    "answer",
    [
        [{"name": "d", "encryption": {"type": "EncryptionAtRestWithPlatformKey"}, "diskState": "Attached"}],
        [{"name": "p", "fullyQualifiedDomainName": "p.example", "dataEncryption": {"type": "SystemManaged"}}],
        [{"name": "d", "sizeGb": "10", "physicalBlockSizeBytes": "4096"}],
        [{"name": "b", "storage_url": "gs://b/", "default_storage_class": "STANDARD"}],
    ],
)
def test_what_a_cloud_always_encrypts_has_passed(answer):
    report = read(answer)
    assert report.importer == "cloud-facts"
    assert [entry.status for entry in report.entries] == [Status.PASSED]


def test_settings_that_trivy_only_counts_as_passed_are_counted():
    failing = {"ID": "DS002", "Title": "root", "Severity": "HIGH", "Status": "FAIL"}
    passed = {**failing, "ID": "DS001", "Status": "PASS"}
    result = {"Target": "Dockerfile", "Class": "config", "MisconfSummary": {"Successes": 22, "Failures": 1}}
    for listed in ([failing], [failing, passed]):
        report = read({"SchemaVersion": 2, "ArtifactName": ".", "Results": [{**result, "Misconfigurations": listed}]})
        assert {one.reason: one.count for one in report.left_out} == {"passed": 22}
        assert len(report.findings) == 1
