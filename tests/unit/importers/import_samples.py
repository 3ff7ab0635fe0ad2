# ruff: noqa: E501 - reports have long lines
"""Reports small enough to read here, one for each form that an importer knows, with what they must be read as."""

import json
from dataclasses import dataclass, field
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
SECRET = "s3cr3tValueNobodyMayKeep42"


@dataclass(frozen=True)
class Sample:
    data: bytes
    importer: str
    findings: int
    by_severity: dict
    left_out: dict = field(default_factory=dict)
    unit: str = ""
    lines: bool = False


def js(value):
    return json.dumps(value).encode()


def lines(*values):
    return b"\n".join(js(value) for value in values)


def real(name, *rest, **more):
    return Sample((FIXTURES / name).read_bytes(), *rest, **more)


ZAP_XML = f"""<?xml version="1.0"?><OWASPZAPReport programName="ZAP" version="2.14.0" generated="Fri, 2 Feb 2024 09:21:51">
<site name="https://app.example.test" host="app.example.test" port="443" ssl="true"><alerts>
<alertitem><pluginid>40012</pluginid><alertRef>40012</alertRef><alert>Cross Site Scripting</alert><riskcode>3</riskcode>
<confidence>2</confidence><riskdesc>High (Medium)</riskdesc><desc>&lt;p&gt;Bad.&lt;/p&gt;</desc><instances>
<instance><uri>https://app.example.test/?q=1&amp;session={SECRET}</uri><attack>alert(1)</attack><evidence>{SECRET}</evidence></instance>
<instance><uri>https://app.example.test/b</uri></instance></instances><count>2</count><solution>Encode.</solution><cweid>79</cweid></alertitem>
<alertitem><pluginid>10020</pluginid><alert>Missing header</alert><riskcode>0</riskcode><confidence>0</confidence><instances/></alertitem>
<alertitem><pluginid>10021</pluginid><alert>Sniffing</alert><riskcode>0</riskcode><confidence>1</confidence><instances/></alertitem>
</alerts></site></OWASPZAPReport>""".encode()
ZAP_JSON = js(
    {
        "@programName": "ZAP",
        "@version": "2.14.0",
        "@generated": "Fri, 2 Feb 2024 09:21:51",
        "site": [
            {
                "@name": "https://app.example.test",
                "@host": "app.example.test",
                "alerts": [
                    {
                        "pluginid": "40012",
                        "alertRef": "40012",
                        "alert": "Cross Site Scripting",
                        "riskcode": "3",
                        "confidence": "2",
                        "riskdesc": "High (Medium)",
                        "desc": "<p>Bad.</p>",
                        "instances": [
                            {"uri": "https://app.example.test/?q=1&session=" + SECRET, "attack": "alert(1)"},
                            {"uri": "https://app.example.test/b", "evidence": SECRET},
                        ],
                        "count": "2",
                        "solution": "Encode.",
                        "cweid": "79",
                    },
                    {"pluginid": "10020", "alert": "Missing header", "riskcode": "0", "confidence": "0"},
                    {"pluginid": "10021", "alert": "Sniffing", "riskcode": "0", "confidence": "1"},
                ],
            }
        ],
        "insights": [{"level": "Info"}],
    }
)
BURP_XML = f"""<?xml version="1.0"?>
<!DOCTYPE issues [
<!ELEMENT issues (issue*)>
<!ATTLIST issues burpVersion CDATA "">
<!ELEMENT issue (name)>
<!ATTLIST request base64 (true|false) "false">
]>
<issues burpVersion="2024.1" exportTime="Tue Feb 06 10:00:00 EST 2024">
<issue><serialNumber>1</serialNumber><type>2097920</type><name>XSS</name><host ip="192.0.2.1">https://app.example.test</host>
<path><![CDATA[/a]]></path><location><![CDATA[/a [q parameter]]]></location><severity>High</severity><confidence>Certain</confidence>
<issueBackground><![CDATA[<p>About.</p>]]></issueBackground><issueDetail>{SECRET}</issueDetail>
<vulnerabilityClassifications><![CDATA[<a href="https://cwe.mitre.org/data/definitions/79.html">CWE-79: XSS</a>]]></vulnerabilityClassifications>
<requestresponse><request base64="false"><![CDATA[GET / HTTP/1.1
Cookie: session={SECRET}]]></request></requestresponse></issue>
<issue><type>1</type><name>TLS</name><host>https://app.example.test</host><path>/</path><location>/</location><severity>Information</severity>
<confidence>Firm</confidence></issue>
<issue><type>2</type><name>Not so</name><host>https://app.example.test</host><path>/</path><severity>False positive</severity></issue>
</issues>""".encode()
DASTARDLY = f"""<?xml version="1.0"?><testsuites failures="1" name="Dastardly scan results" tests="2">
<testsuite failures="0" name="https://app.example.test:443/" tests="1"><testcase name="No issues were identified"/></testsuite>
<testsuite failures="1" name="https://app.example.test:443/a" tests="1"><testcase name="XSS"><failure message="XSS" type="High"><![CDATA[
Severity: High

Confidence: Certain

Host: https://app.example.test

Path: /a

Issue Background
About it.

Evidence
Cookie: session={SECRET}

Vulnerability Classifications

- CWE-79: XSS
]]></failure></testcase></testsuite></testsuites>""".encode()
BURP_HTML = b"""<html><head><title>Scan Remediation Report #1</title></head><body>
<span class="label">Generated by Burp Suite Enterprise Edition | 2024-02-06 10:00 AM</span>
<div class="label">Status:</div><div class="value">Completed</div>
<div class="label">Application logins:</div><div class="value">tester</div>
<table class="info-table"><tbody><tr><td class="name">High:</td><td class="value">1</td></tr>
<tr><td class="name">Information:</td><td class="value">1</td></tr>
<tr><td class="name">Total issues found:</td><td class="value">2</td></tr></tbody></table>
<h1>Issues found on https://app.example.test</h1><table class='issue-table'><tbody>
<tr class="issue-type-row"><td colspan="4">XSS [1]</td></tr>
<tr><td class="issue-path issue-link"><a href="#">/a</a></td><td>High</td><td class="nowrap">Certain</td><td><a>&gt;&gt;</a></td></tr>
<tr class="issue-type-row"><td colspan="4">TLS certificate [1]</td></tr>
<tr><td class="issue-path"><a href="#">/</a></td><td>Info</td><td class="nowrap">Certain</td><td>x</td></tr>
</tbody></table></body></html>"""
DC_XML = b"""<?xml version="1.0"?><analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.4.0.xsd">
<scanInfo><engineVersion>9.0.9</engineVersion></scanInfo><projectInfo><name>shop</name><reportDate>2024-02-06T10:00:00.123456789Z</reportDate></projectInfo>
<dependencies><dependency><fileName>log4j-core-2.13.2.jar</fileName><filePath>/app/log4j-core-2.13.2.jar</filePath>
<relatedDependencies><relatedDependency><filePath>/b.jar</filePath></relatedDependency></relatedDependencies>
<identifiers><package confidence="HIGH"><id>pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2</id></package></identifiers>
<vulnerabilities><vulnerability source="NVD"><name>CVE-2021-44228</name><severity>MEDIUM</severity>
<cvssV2><score>9.3</score><accessVector>NETWORK</accessVector><accessComplexity>MEDIUM</accessComplexity><authenticationr>NONE</authenticationr>
<confidentialImpact>COMPLETE</confidentialImpact><integrityImpact>COMPLETE</integrityImpact><availabilityImpact>COMPLETE</availabilityImpact><severity>HIGH</severity></cvssV2>
<cvssV3><baseScore>10.0</baseScore><attackVector>NETWORK</attackVector><attackComplexity>LOW</attackComplexity><privilegesRequired>NONE</privilegesRequired>
<userInteraction>NONE</userInteraction><scope>CHANGED</scope><confidentialityImpact>HIGH</confidentialityImpact><integrityImpact>HIGH</integrityImpact>
<availabilityImpact>HIGH</availabilityImpact><baseSeverity>CRITICAL</baseSeverity><version>3.1</version></cvssV3>
<cwes><cwe>CWE-502</cwe></cwes><description>Bad.</description></vulnerability>
<vulnerability source="OSSINDEX"><name>CVE-2021-45105</name><severity>Moderate</severity></vulnerability>
<suppressedVulnerability source="NVD"><name>CVE-2020-1</name><severity>LOW</severity></suppressedVulnerability></vulnerabilities></dependency></dependencies></analysis>"""
DC_JSON = js(
    {
        "reportSchema": "1.1",
        "scanInfo": {"engineVersion": "9.0.9"},
        "projectInfo": {"name": "shop", "reportDate": "2024-02-06T10:00:00.123456789Z"},
        "dependencies": [
            {
                "fileName": "log4j-core-2.13.2.jar",
                "filePath": "/app/log4j-core-2.13.2.jar",
                "relatedDependencies": [{"filePath": "/b.jar"}],
                "packages": [{"id": "pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2"}],
                "vulnerabilities": [
                    {
                        "name": "CVE-2021-44228",
                        "severity": "MEDIUM",
                        "cvssv2": {
                            "score": 9.3,
                            "accessVector": "NETWORK",
                            "accessComplexity": "MEDIUM",
                            "authenticationr": "NONE",
                            "confidentialityImpact": "COMPLETE",
                            "integrityImpact": "COMPLETE",
                            "availabilityImpact": "COMPLETE",
                            "severity": "HIGH",
                        },
                        "cvssv3": {
                            "baseScore": 10.0,
                            "attackVector": "NETWORK",
                            "attackComplexity": "LOW",
                            "privilegesRequired": "NONE",
                            "userInteraction": "NONE",
                            "scope": "CHANGED",
                            "confidentialityImpact": "HIGH",
                            "integrityImpact": "HIGH",
                            "availabilityImpact": "HIGH",
                            "baseSeverity": "CRITICAL",
                            "version": "3.1",
                        },
                        "cwes": ["CWE-502"],
                        "description": "Bad.",
                    },
                    {"name": "CVE-2021-45105", "severity": "Moderate"},
                ],
                "suppressedVulnerabilities": [{"name": "CVE-2020-1", "severity": "LOW"}],
            }
        ],
    }
)
DC_CSV = (
    b'"Project","ScanDate","DependencyName","DependencyPath","Identifiers","CVE","CWE","Vulnerability",'
    b'"CVSSv2_Severity","CVSSv2_Score","CVSSv2","CVSSv3_BaseSeverity","CVSSv3_BaseScore","CVSSv3"\n'
    b'"shop","Tue, 6 Feb 2024 10:00:00 GMT","log4j-core-2.13.2.jar","/app/log4j-core-2.13.2.jar",'
    b'"pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2","CVE-2021-44228","CWE-502","Bad, ""very"".","HIGH","9.3",'
    b'"/AV:N/AC:M/Au:N/C:C/I:C/A:C","CRITICAL","10.0","CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"\n'
)


def alert(number, state, severity, **more):
    return {
        "number": number,
        "state": state,
        "dependency": {"package": {"ecosystem": "pip", "name": "django"}, "manifest_path": "requirements.txt"},
        "security_advisory": {
            "ghsa_id": "GHSA-2gwj-7jmv-h26r",
            "cve_id": "CVE-2022-28346",
            "summary": "SQL injection",
            "severity": severity,
            "cvss_severities": {
                "cvss_v3": {"vector_string": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "score": 9.8},
                "cvss_v4": {"vector_string": None, "score": 0.0},
            },
            "cwes": [{"cwe_id": "CWE-89"}],
        },
        "security_vulnerability": {"severity": severity, "first_patched_version": {"identifier": "3.2.13"}},
        "created_at": "2024-01-05T10:00:00Z",
        **more,
    }


DEPENDABOT = js(
    [
        alert(1, "open", "medium"),
        alert(2, "dismissed", "high", dismissed_reason="no_bandwidth"),
        alert(3, "dismissed", "high", dismissed_reason="inaccurate"),
        alert(4, "fixed", "high"),
        alert(5, "auto_dismissed", "low"),
    ]
)
WEBHOOK = js({"action": "created", "alert": alert(1, "open", "high"), "repository": {"full_name": "o/r"}})
NODE = {
    "createdAt": "2024-01-05T10:00:00Z",
    "state": "OPEN",
    "vulnerableManifestPath": "package-lock.json",
    "securityVulnerability": {
        "severity": "MODERATE",
        "package": {"ecosystem": "NPM", "name": "lodash"},
        "advisory": {
            "summary": "Pollution",
            "ghsaId": "GHSA-p6mc-m468-83gw",
            "cvss": {"score": 7.4, "vectorString": None},
        },
    },
}
GRAPHQL = js(
    {
        "data": {
            "repository": {
                "nameWithOwner": "o/r",
                "vulnerabilityAlerts": {
                    "pageInfo": {"hasNextPage": True},
                    "edges": [{"node": NODE}, {"node": {**NODE, "state": "DISMISSED"}}],
                },
            }
        }
    }
)
CODE_SCANNING = js(
    [
        {
            "number": 1,
            "state": "open",
            "created_at": "2024-01-05T10:00:00Z",
            "rule": {"id": "py/sql", "severity": "error", "security_severity_level": "critical", "description": "SQL"},
            "tool": {"name": "CodeQL", "version": "2.16"},
            "most_recent_instance": {"location": {"path": "a.py", "start_line": 3}, "message": {"text": "m"}},
        }
    ]
)
SECRET_SCANNING = js(
    [
        {"number": 1, "state": "open", "secret_type": "aws", "secret_type_display_name": "AWS key", "secret": SECRET},
        {"number": 2, "state": "resolved", "resolution": "revoked", "secret_type": "aws", "secret": SECRET},
    ]
)
ADVISORY_6 = {
    "id": 1065,
    "title": "Prototype pollution",
    "module_name": "lodash",
    "severity": "high",
    "cves": ["CVE-2019-10744"],
    "cwe": "CWE-471",
    "github_advisory_id": "GHSA-jf85-cpcp-j695",
    "findings": [{"version": "4.17.10", "paths": ["lodash", "a>lodash"]}],
    "created": "2019-07-15T17:22:56.990Z",
    "cvss": {"score": 9.1, "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H"},
}
NPM_6 = js(
    {
        "actions": [],
        "advisories": {"1065": ADVISORY_6},
        "muted": [],
        "metadata": {"vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": 2, "critical": 0}},
    }
)
NPM_7 = js(
    {
        "auditReportVersion": 2,
        "vulnerabilities": {
            "lodash": {
                "name": "lodash",
                "severity": "high",
                "via": [
                    {
                        "source": 1,
                        "name": "lodash",
                        "dependency": "lodash",
                        "title": "Pollution",
                        "url": "https://github.com/advisories/GHSA-jf85-cpcp-j695",
                        "severity": "high",
                        "cwe": ["CWE-471"],
                        "cvss": {"score": 9.1, "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H"},
                    },
                    {
                        "source": 2,
                        "title": "ReDoS",
                        "url": "x",
                        "severity": "low",
                        "cvss": {"score": 0, "vectorString": None},
                    },
                ],
                "nodes": ["node_modules/lodash"],
                "fixAvailable": True,
            },
            "grunt": {"name": "grunt", "severity": "moderate", "via": ["lodash"], "nodes": []},
        },
        "metadata": {
            "vulnerabilities": {"info": 0, "low": 0, "moderate": 1, "high": 1, "critical": 0, "total": 2},
        },
    }
)
YARN_1 = lines(
    {"type": "auditAdvisory", "data": {"resolution": {"path": "lodash"}, "advisory": ADVISORY_6}},
    {"type": "auditAdvisory", "data": {"resolution": {"path": "a>lodash"}, "advisory": ADVISORY_6}},
    {
        "type": "auditSummary",
        "data": {"vulnerabilities": {"info": 0, "low": 0, "moderate": 0, "high": 2, "critical": 0}},
    },
)
YARN_4 = lines(
    {
        "value": "lodash",
        "children": {
            "ID": 1,
            "Issue": "Pollution",
            "URL": "https://github.com/advisories/GHSA-jf85-cpcp-j695",
            "Severity": "high",
            "Tree Versions": ["4.17.10"],
            "Dependents": ["a", "b"],
        },
    },
    {"value": "old", "children": {"ID": "old (deprecation)", "Issue": "gone", "Severity": "moderate"}},
)
PIP = js(
    {
        "dependencies": [
            {
                "name": "django",
                "version": "3.2",
                "vulns": [
                    {
                        "id": "PYSEC-2022-190",
                        "fix_versions": ["3.2.13"],
                        "aliases": ["CVE-2022-28346"],
                        "description": "SQL",
                    }
                ],
            },
            {"name": "private", "skip_reason": "not found"},
        ],
        "fixes": [],
    }
)
PIP_OLD = js(
    [{"name": "django", "version": "3.2", "vulns": [{"id": "PYSEC-2022-190", "fix_versions": [], "description": ""}]}]
)
TRIVY = js(
    {
        "SchemaVersion": 2,
        "CreatedAt": "2024-02-06T10:00:00.5+01:00",
        "ArtifactName": "app:1",
        "Results": [
            {
                "Target": "app:1 (debian 12)",
                "Type": "debian",
                "Vulnerabilities": [
                    {
                        "VulnerabilityID": "CVE-2023-0001",
                        "PkgName": "openssl",
                        "InstalledVersion": "3.0.0",
                        "Severity": "LOW",
                        "CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "V3Score": 9.8}},
                    },
                    {"VulnerabilityID": "CVE-2023-0002", "PkgName": "zlib", "Severity": "UNKNOWN"},
                ],
            },
            {
                "Target": "Dockerfile",
                "Type": "dockerfile",
                "Misconfigurations": [
                    {"ID": "DS002", "Title": "root", "Severity": "HIGH", "Status": "FAIL"},
                    {"ID": "DS001", "Title": "latest", "Severity": "MEDIUM", "Status": "PASS"},
                ],
                "Secrets": [{"RuleID": "aws", "Title": "AWS", "Severity": "CRITICAL", "Match": SECRET, "StartLine": 2}],
                "Licenses": [{"Name": "GPL-3.0", "Severity": "HIGH"}],
            },
        ],
    }
)
TRIVY_OLD = js(
    [{"Target": "a", "Type": "npm", "Vulnerabilities": [{"VulnerabilityID": "CVE-1-1", "Severity": "HIGH"}]}]
)
TRIVY_K8S = js(
    {
        "ClusterName": "c",
        "Resources": [
            {
                "Namespace": "n",
                "Kind": "Pod",
                "Name": "p",
                "Results": [{"Target": "t", "Misconfigurations": [{"ID": "K1", "Severity": "LOW", "Status": "FAIL"}]}],
            }
        ],
    }
)
MATCH = {
    "vulnerability": {
        "id": "GHSA-jf85-cpcp-j695",
        "severity": "Medium",
        "cvss": [
            {
                "version": "4.0",
                "vector": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                "metrics": {},
            }
        ],
        "fix": {"versions": ["4.17.21"]},
    },
    "relatedVulnerabilities": [{"id": "CVE-2019-10744", "cvss": []}],
    "artifact": {"name": "lodash", "version": "4.17.10", "type": "npm", "purl": "pkg:npm/lodash@4.17.10"},
}
GRYPE = js(
    {
        "matches": [MATCH, {**MATCH, "vulnerability": {"id": "CVE-2000-0001", "severity": "Negligible"}}],
        "ignoredMatches": [MATCH],
        "source": {"type": "directory", "target": "."},
        "descriptor": {"name": "grype", "version": "0.74.0", "timestamp": "2024-02-06T10:00:00Z"},
    }
)
FLAW = {
    "id": "SNYK-JS-LODASH-1",
    "title": "Pollution",
    "severity": "medium",
    "cvssScore": 7.4,
    "CVSSv3": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:H",
    "identifiers": {"CVE": ["CVE-2020-8203"], "CWE": ["CWE-400"]},
    "packageName": "lodash",
    "version": "4.17.15",
    "from": ["a", "lodash"],
}
SNYK = js(
    {
        "ok": False,
        "packageManager": "npm",
        "projectName": "shop",
        "uniqueCount": 2,
        "vulnerabilities": [
            FLAW,
            {**FLAW, "from": ["b", "lodash"]},
            {"id": "snyk:lic:npm:x:GPL-3.0", "type": "license", "severity": "high", "title": "GPL"},
        ],
    }
)
OSV = js(
    {
        "results": [
            {
                "source": {"path": "Cargo.lock", "type": "lockfile"},
                "packages": [
                    {
                        "package": {"name": "regex", "version": "1.5.1", "ecosystem": "crates.io"},
                        "vulnerabilities": [
                            {
                                "id": "GHSA-m5pq-gvj9-9vr8",
                                "aliases": ["CVE-2022-24713", "RUSTSEC-2022-0013"],
                                "summary": "slow",
                                "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-400"]},
                                "severity": [
                                    {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}
                                ],
                                "affected": [{"ranges": [{"events": [{"introduced": "0"}, {"fixed": "1.5.5"}]}]}],
                            },
                            {"id": "RUSTSEC-2022-0013", "aliases": ["CVE-2022-24713", "GHSA-m5pq-gvj9-9vr8"]},
                        ],
                        "groups": [{"ids": ["GHSA-m5pq-gvj9-9vr8", "RUSTSEC-2022-0013"], "max_severity": "7.5"}],
                    }
                ],
            }
        ]
    }
)
GITLEAKS_8 = js(
    [
        {
            "RuleID": "aws",
            "Description": "AWS",
            "Match": SECRET,
            "Secret": SECRET,
            "File": "a.py",
            "StartLine": 3,
            "Commit": "c" * 40,
        }
    ]
)
GITLEAKS_7 = js(
    [{"line": SECRET, "lineNumber": 3, "offender": SECRET, "commit": "c", "rule": "AWS", "file": "a", "repo": "."}]
)
GITLEAKS_CSV = f"RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine,EndLine\naws,{'c' * 40},a.py,,{SECRET},{SECRET},3,3\n".encode()
GITLEAKS_JUNIT = (
    f'<?xml version="1.0"?><testsuites><testsuite failures="1" name="gitleaks" tests="1"><testcase '
    f'classname="AWS" file="a.py" name="aws has detected a secret in file a.py, line 3."><failure message="x" '
    f'type="AWS">{SECRET}</failure></testcase></testsuite></testsuites>'
).encode()
CDX_JSON = js(
    {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "metadata": {
            "timestamp": "2024-02-06T10:00:00Z",
            "tools": {"components": [{"name": "trivy", "version": "0.49"}]},
            "component": {"name": "shop"},
        },
        "components": [
            {"bom-ref": "a", "name": "lodash", "version": "1", "purl": "pkg:npm/lodash@1"},
            {"bom-ref": "b", "name": "lodash", "version": "2", "purl": "pkg:npm/lodash@2"},
        ],
        "vulnerabilities": [
            {
                "id": "CVE-2019-10744",
                "ratings": [
                    {"severity": "low"},
                    {
                        "score": 9.1,
                        "severity": "critical",
                        "method": "CVSSv31",
                        "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H",
                    },
                ],
                "cwes": [471],
                "affects": [{"ref": "a"}, {"ref": "b"}],
            },
            {
                "id": "CVE-2000-0001",
                "ratings": [{"severity": "high"}],
                "affects": [{"ref": "a"}],
                "analysis": {"state": "not_affected"},
            },
        ],
    }
)
CDX_XML = b"""<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1"><metadata><timestamp>2024-02-06T10:00:00Z</timestamp>
<tools><components><component type="application"><name>trivy</name><version>0.49</version></component></components></tools>
<component type="application"><name>shop</name></component></metadata>
<components><component type="library" bom-ref="a"><name>lodash</name><version>1</version><purl>pkg:npm/lodash@1</purl></component>
<component type="library" bom-ref="b"><name>lodash</name><version>2</version><purl>pkg:npm/lodash@2</purl></component></components>
<vulnerabilities><vulnerability><id>CVE-2019-10744</id><ratings><rating><severity>low</severity></rating><rating><score>9.1</score>
<severity>critical</severity><method>CVSSv31</method><vector>CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H</vector></rating></ratings>
<cwes><cwe>471</cwe></cwes><affects><target><ref>a</ref></target><target><ref>b</ref></target></affects></vulnerability>
<vulnerability><id>CVE-2000-0001</id><ratings><rating><severity>high</severity></rating></ratings><analysis><state>not_affected</state></analysis>
<affects><target><ref>a</ref></target></affects></vulnerability></vulnerabilities></bom>"""
CDX_OLD = b"""<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.2" xmlns:v="http://cyclonedx.org/schema/ext/vulnerability/1.0">
<components><component type="library" bom-ref="a"><name>lodash</name><version>1</version><purl>pkg:npm/lodash@1</purl>
<v:vulnerabilities><v:vulnerability ref="a"><v:id>CVE-2018-7489</v:id><v:ratings><v:rating><v:score><v:base>9.8</v:base></v:score>
<v:severity>Critical</v:severity><v:method>CVSSv3</v:method></v:rating></v:ratings><v:cwes><v:cwe>184</v:cwe></v:cwes></v:vulnerability>
</v:vulnerabilities></component></components></bom>"""
DTRACK = js(
    {
        "version": "1.2",
        "meta": {"application": "Dependency-Track", "version": "4.10.0", "timestamp": "2024-02-11T10:00:00Z"},
        "project": {"name": "shop", "version": "1"},
        "findings": [
            {
                "component": {
                    "name": "log4j-core",
                    "group": "org.apache",
                    "version": "2",
                    "purl": "pkg:maven/org.apache/log4j-core@2",
                },
                "vulnerability": {
                    "vulnId": "CVE-2021-44228",
                    "severity": "HIGH",
                    "cvssV3BaseScore": 10.0,
                    "cweId": 502,
                    "aliases": [{"ghsaId": "GHSA-jfh8-c2jp-5v3q"}],
                },
                "analysis": {"state": "NOT_SET", "isSuppressed": False},
                "attribution": {"attributedOn": 1707600000000},
            },
            {
                "component": {"name": "x"},
                "vulnerability": {"vulnId": "I-1", "severity": "UNASSIGNED"},
                "analysis": {"state": "FALSE_POSITIVE", "isSuppressed": True},
            },
        ],
    }
)
GOVULN = b"\n".join(
    json.dumps(message, indent=1).encode()
    for message in (
        {"config": {"protocol_version": "v1.0.0", "scanner_version": "v1.1.0", "scan_level": "symbol"}},
        {"osv": {"id": "GO-2023-1", "summary": "slow", "aliases": ["CVE-2023-1111"]}},
        {"osv": {"id": "GO-2023-2", "summary": "other"}},
        {"finding": {"osv": "GO-2023-1", "fixed_version": "v1.2", "trace": [{"module": "m", "version": "v1.1"}]}},
        {
            "finding": {
                "osv": "GO-2023-1",
                "trace": [{"module": "m", "version": "v1.1", "package": "p", "function": "F"}],
            }
        },
    )
)
GOVULN_OLD = js(
    {
        "Imports": {},
        "Vulns": [
            {
                "OSV": {"id": "GO-2022-1", "summary": "slow"},
                "Modules": [
                    {"Path": "m", "FoundVersion": "v1", "FixedVersion": "v2", "Packages": [{"CallStacks": []}]}
                ],
            }
        ],
        "Modules": [],
    }
)
GOVULN_NONE = js({"Imports": {}, "Vulns": None, "Modules": [{"Path": "m"}]})
CARGO = js(
    {
        "database": {"advisory-count": 500},
        "lockfile": {"dependency-count": 10},
        "vulnerabilities": {
            "found": True,
            "count": 1,
            "list": [
                {
                    "advisory": {
                        "id": "RUSTSEC-2022-0013",
                        "title": "slow",
                        "aliases": ["CVE-2022-24713"],
                        "cvss": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
                    },
                    "versions": {"patched": [">=1.5.5"]},
                    "package": {"name": "regex", "version": "1.5.1"},
                }
            ],
        },
        "warnings": {"unmaintained": [{"kind": "unmaintained"}]},
    }
)
COMPOSER = js(
    {
        "advisories": {
            "twig/twig": [
                {
                    "advisoryId": "PKSA-1",
                    "packageName": "twig/twig",
                    "title": "escape",
                    "cve": "CVE-2022-39261",
                    "severity": "high",
                }
            ]
        },
        "abandoned": {"old/old": None},
    }
)
BUNDLER = js(
    {
        "version": "0.9.1",
        "created_at": "2024-02-06 10:00:00 +0100",
        "results": [
            {
                "type": "unpatched_gem",
                "gem": {"name": "rack", "version": "1.6.13"},
                "advisory": {
                    "id": "CVE-2020-8161",
                    "title": "traversal",
                    "cvss_v3": 8.6,
                    "cve": "2020-8161",
                    "ghsa": "5f9h-9pjv-v6j7",
                    "criticality": "high",
                },
            },
            {"type": "insecure_source", "source": "http://gems.example.test"},
        ],
    }
)
RETIRE = js(
    {
        "version": "4.3.0",
        "start": "2024-02-06T10:00:00Z",
        "data": [
            {
                "file": "js/jquery.js",
                "results": [
                    {
                        "component": "jquery",
                        "version": "1.8.0",
                        "vulnerabilities": [
                            {
                                "severity": "medium",
                                "identifiers": {"CVE": ["CVE-2012-6708"], "summary": "XSS"},
                                "below": "1.9.0",
                                "cwe": ["CWE-79"],
                            }
                        ],
                    }
                ],
            }
        ],
        "messages": [],
        "errors": [],
    }
)
NUCLEI = lines(
    {
        "template-id": "CVE-2021-44228",
        "info": {
            "name": "Log4Shell",
            "severity": "high",
            "classification": {
                "cve-id": ["cve-2021-44228"],
                "cwe-id": ["cwe-502"],
                "cvss-metrics": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
                "cvss-score": 10,
            },
        },
        "host": "https://app.example.test",
        "matched-at": "https://app.example.test/a?token=" + SECRET,
        "request": "Cookie: session=" + SECRET,
        "timestamp": "2024-02-06T10:00:00.5+01:00",
    },
    {
        "template-id": "x",
        "info": {"name": "x", "severity": "info"},
        "host": "app.example.test",
        "matcher-status": False,
    },
)
BRAKEMAN = js(
    {
        "scan_info": {
            "app_path": "/app",
            "brakeman_version": "6.1",
            "security_warnings": 1,
            "end_time": "2024-02-06 10:00:00 +0000",
        },
        "warnings": [
            {
                "warning_type": "SQL Injection",
                "check_name": "SQL",
                "message": "x",
                "file": "a.rb",
                "line": 3,
                "confidence": "High",
                "cwe_id": [89],
                "code": SECRET,
            }
        ],
        "ignored_warnings": [{"warning_type": "XSS", "check_name": "XSS"}],
        "errors": [],
    }
)
GOSEC = js(
    {
        "Golang errors": {},
        "Issues": [
            {
                "severity": "HIGH",
                "confidence": "LOW",
                "cwe": {"id": "798"},
                "rule_id": "G101",
                "details": "hardcoded",
                "file": "a.go",
                "code": SECRET,
                "line": "7-8",
            }
        ],
        "Stats": {"found": 1},
        "GosecVersion": "2.18",
    }
)
TRUFFLEHOG = lines(
    {
        "SourceMetadata": {
            "Data": {"Git": {"commit": "c", "file": "a.py", "line": 3, "repository": "https://git.example.test/r"}}
        },
        "DetectorName": "AWS",
        "Verified": True,
        "Raw": SECRET,
        "Redacted": SECRET[:6],
    }
)
TRUFFLEHOG_2 = lines(
    {
        "branch": "main",
        "path": "a.py",
        "reason": "High Entropy",
        "stringsFound": [SECRET, "b"],
        "diff": SECRET,
        "commit": "c",
    }
)
NOSEY = lines(
    {
        "rule_name": "Generic API Key",
        "match_content": SECRET,
        "num_matches": 2,
        "matches": [
            {
                "provenance": [{"kind": "file", "path": "a.py"}],
                "location": {"source_span": {"start": {"line": 16}}},
                "snippet": {"matching": SECRET},
            }
        ],
    }
)
DRAGON = js(
    {
        "version": "2.0",
        "summary": {"title": "Shop"},
        "detail": {
            "diagrams": [
                {
                    "title": "Main",
                    "cells": [
                        {
                            "data": {
                                "threats": [
                                    {
                                        "number": 1,
                                        "title": "Spoof",
                                        "severity": "High",
                                        "status": "Open",
                                        "type": "Spoofing",
                                    },
                                    {"number": 2, "title": "Leak", "severity": "Medium", "status": "Mitigated"},
                                    {"number": 3, "title": "Later", "severity": "TBD", "status": "Open"},
                                ]
                            }
                        }
                    ],
                }
            ]
        },
    }
)
TM7 = b"""<ThreatModel xmlns="http://schemas.datacontract.org/2004/07/ThreatModeling.Model" xmlns:a="http://schemas.microsoft.com/2003/10/Serialization/Arrays">
<MetaInformation><ThreatModelName>Shop</ThreatModelName></MetaInformation>
<ThreatInstances><a:KeyValueOfstringThreatpc_P0_PhOB><a:Key>k</a:Key><a:Value><Id>1</Id><Properties>
<a:KeyValueOfstringstring><a:Key>Title</a:Key><a:Value>Spoofing</a:Value></a:KeyValueOfstringstring>
<a:KeyValueOfstringstring><a:Key>Priority</a:Key><a:Value>High</a:Value></a:KeyValueOfstringstring></Properties><State>NeedsInvestigation</State></a:Value></a:KeyValueOfstringThreatpc_P0_PhOB>
<a:KeyValueOfstringThreatpc_P0_PhOB><a:Key>l</a:Key><a:Value><Id>2</Id><Priority>Low</Priority><State>Mitigated</State></a:Value></a:KeyValueOfstringThreatpc_P0_PhOB>
</ThreatInstances></ThreatModel>"""
PROWLER = js(
    [
        {
            "CheckID": "rds_encrypted",
            "CheckTitle": "RDS",
            "Status": "FAIL",
            "StatusExtended": "no",
            "Severity": "high",
            "Provider": "aws",
        },
        {
            "CheckID": "s3_encrypted",
            "CheckTitle": "S3",
            "Status": "PASS",
            "StatusExtended": "yes",
            "Severity": "medium",
            "Provider": "aws",
        },
    ]
)
OCSF = js(
    [
        {
            "metadata": {"event_code": "rds_encrypted", "product": {"name": "Prowler", "version": "4.1"}},
            "severity": "High",
            "status": status,
            "status_code": code,
            "finding_info": {"title": "RDS"},
            "resources": [{"uid": "arn:aws:rds:x", "region": "eu-1"}],
            "cloud": {"provider": "aws", "account": {"uid": "1"}},
            "time_dt": "2024-02-06T10:00:00",
        }
        for status, code in (("New", "FAIL"), ("Suppressed", "FAIL"), ("New", "PASS"))
    ]
)
PROWLER_CSV = b"""AUTH_METHOD;TIMESTAMP;ACCOUNT_UID;PROVIDER;CHECK_ID;CHECK_TITLE;STATUS;STATUS_EXTENDED;MUTED;SEVERITY;RESOURCE_UID;REGION;PROWLER_VERSION
p;2024-02-06 10:00:00;1;aws;rds;RDS;FAIL;no;False;high;arn:x;eu;4.1
p;2024-02-06 10:00:00;1;aws;s3;S3;PASS;yes;False;low;arn:y;eu;4.1
"""
AWS_RDS = js(
    {
        "DBInstances": [
            {"DBInstanceIdentifier": "a", "StorageEncrypted": True},
            {"DBInstanceIdentifier": "b", "StorageEncrypted": False},
        ]
    }
)
AWS_S3 = js(
    {
        "ServerSideEncryptionConfiguration": {
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        }
    }
)
AZURE = js({"name": "st", "encryption": {"services": {"blob": {"enabled": True}, "file": {"enabled": False}}}})
SARIF = js(
    {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "CodeQL",
                        "semanticVersion": "2.16.1",
                        "rules": [
                            {"id": "a", "properties": {"security-severity": "9.8", "tags": ["external/cwe/cwe-089"]}},
                            {"id": "b", "properties": {"security-severity": "HIGH"}},
                            {"id": "c", "defaultConfiguration": {"level": "note"}},
                            {"id": "d"},
                        ],
                    }
                },
                "invocations": [{"executionSuccessful": True, "endTimeUtc": "2024-02-06T10:00:00Z"}],
                "results": [
                    {
                        "ruleId": "a",
                        "message": {"text": "m"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": "a.py"},
                                    "region": {"startLine": 3, "snippet": {"text": SECRET}},
                                }
                            }
                        ],
                    },
                    {"ruleIndex": 1, "message": {"text": "m"}},
                    {"ruleId": "c", "message": {"text": "m"}},
                    {"ruleId": "d", "message": {"text": "m"}},
                    {"ruleId": "d", "level": "ERROR", "message": {"text": "m"}},
                    {"ruleId": "d", "kind": "pass", "message": {"text": "m"}},
                    {"ruleId": "d", "message": {"text": "m"}, "suppressions": [{"kind": "inSource"}]},
                    {
                        "ruleId": "d",
                        "message": {"text": "m"},
                        "suppressions": [{"kind": "external", "status": "rejected"}],
                    },
                ],
            }
        ],
    }
)

REST = js(
    {
        "scan_status": "succeeded",
        "issue_events": [
            {
                "type": "issue_found",
                "issue": {
                    "name": "XSS",
                    "type_index": 2097920,
                    "severity": "high",
                    "confidence": "certain",
                    "origin": "https://app.example.test",
                    "path": "/a",
                    "evidence": [SECRET],
                },
            }
        ],
    }
)
BURP_GRAPHQL = js(
    {
        "Issues": [
            {
                "issue_type": {"name": "XSS", "vulnerability_classifications_html": "CWE-79"},
                "severity": "info",
                "origin": "https://app.example.test",
                "path": "/a",
            }
        ]
    }
)
BUNDLER_TEXT = b"""Name: rack
Version: 1.6.13
CVE: CVE-2020-8161
GHSA: GHSA-5f9h-9pjv-v6j7
Criticality: High
URL: https://example.test/a
Title: Directory traversal
Solution: upgrade to ~> 2.1.3, >= 2.2.0

Insecure Source URI found: http://rubygems.org/
Name: sprockets
Version: 2.2.3
Criticality: Unknown
Title: Nobody gave it a number

Vulnerabilities found!
"""
SEMGREP_DEPENDENCIES = js(
    {
        "vulns": [
            {
                "advisory": {
                    "ruleId": "ssc-1",
                    "title": "Reachable assertion",
                    "ecosystem": "pypi",
                    "severity": "HIGH",
                    "references": {"cveIds": ["CVE-2023-1428"], "cweIds": ["CWE-617: x"]},
                },
                "exposureType": "REACHABLE",
                "matchedDependency": {"name": "grpcio", "versionSpecifier": "1.47.0"},
                "closestSafeDependency": {"name": "grpcio", "versionSpecifier": "1.53.0"},
                "dependencyFileLocation": {"path": "requirements.txt", "startLine": "222"},
                "triage": {"status": status},
                "repositoryName": "o/r",
                "openedAt": "2023-07-15T12:51:53Z",
            }
            for status in ("NEW", "FIXED")
        ]
    }
)
SNYK_SETTINGS = js(
    {
        "vulnerabilities": [],
        "ok": False,
        "path": "/app",
        "projectName": "app",
        "targetFile": "pod.yaml",
        "infrastructureAsCodeIssues": [
            {"id": "SNYK-CC-K8S-1", "title": "Runs as root", "severity": "high", "lineNumber": 12, "isIgnored": False},
            {"id": "SNYK-CC-K8S-2", "title": "No limit", "severity": "low", "lineNumber": 14, "isIgnored": True},
        ],
    }
)
PROWLER_CLUSTER = js(
    [
        {
            "severity": "High",
            "status": "New",
            "status_code": code,
            "finding_info": {"uid": "u-" + code},
            "message": "The API server answers without a sign-in",
            "class_uid": 2004,
            "resources": [],
            "time": 1739539658,
        }
        for code in ("FAIL", "PASS")
    ]
)


def sarif_result(rule, **more):
    return {"ruleId": rule, "message": {"text": "m"}, **more}


SARIF_LEVELS = js(
    {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Any",
                        "rules": [
                            {"id": "raised", "defaultConfiguration": {"level": "note"}},
                            {"id": "lowered", "defaultConfiguration": {"level": "error"}},
                            {"id": "quiet", "defaultConfiguration": {"level": "none"}},
                        ],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "ruleConfigurationOverrides": [
                            {"descriptor": {"id": "raised"}, "configuration": {"level": "error"}},
                            {"descriptor": {"index": 1}, "configuration": {"level": "note"}},
                        ],
                    }
                ],
                "versionControlProvenance": [
                    {"repositoryUri": "https://example.test/o/r", "revisionId": "B87C4E9AA01", "branch": "main"}
                ],
                "results": [
                    sarif_result("raised"),
                    sarif_result("raised", provenance={"invocationIndex": -1}),
                    sarif_result("lowered", provenance={"invocationIndex": 0}),
                    sarif_result("quiet"),
                    sarif_result("other", kind="informational"),
                    sarif_result("other", kind="review"),
                    sarif_result("other", kind="review", level="error"),
                    sarif_result("other", kind="notApplicable"),
                    sarif_result("other", level="error", properties={"securityRisk": "CRITICAL"}),
                    sarif_result("other", level="warning", properties={"severity": "what they call it"}),
                    sarif_result("other", level="error", baselineState="absent"),
                ],
            },
            {
                "tool": {"driver": {"name": "Second"}},
                "results": [sarif_result("x", suppressions=[{"kind": "inSource", "status": "underReview"}])],
            },
        ],
    }
)

PROWLER_2 = {
    "Account Number": "1234",
    "Control": "KMS",
    "Control ID": "2.8",
    "Severity": "Medium",
    "Status": "FAIL",
    "Timestamp": "2022-03-01T10:00:00Z",
}
PROWLER_2_CSV = b"""PROFILE,ACCOUNT_NUM,REGION,TITLE_ID,CHECK_RESULT,TITLE_TEXT,CHECK_SEVERITY,PROWLER_START_TIME
default,1234,us-east-1,check28,FAIL,KMS,Medium,2022-03-01T10:00:00Z
default,1234,us-east-1,check29,PASS,Flow,High,2022-03-01T10:00:00Z
"""
PROWLER_HUB = [
    {
        "ProductArn": "arn",
        "GeneratorId": "prowler-rds_x",
        "Severity": {"Label": label},
        "Compliance": {"Status": said},
        "Workflow": {"Status": flow},
    }
    for label, said, flow in (("HIGH", "FAILED", "NEW"), ("LOW", "PASSED", "NEW"), ("LOW", "FAILED", "SUPPRESSED"))
]
PIP_COLUMNS = b"""Found 2 known vulnerabilities in 1 package
Name  Version ID             Fix Versions Description
----- ------- -------------- ------------ -----------
flask 0.5     PYSEC-2019-179 1.0          The first line
and the second
flask 0.5     PYSEC-2018-66  0.12.3,1.0   Short
Name    Skip Reason
------- -----------
private not found
"""
PIP_MARKDOWN = b"""Name | Version | ID | Fix Versions
--- | --- | --- | ---
flask | 0.5 | PYSEC-2019-179 | 1.0
flask | 0.5 | PYSEC-2018-66 | 0.12.3,1.0

Name | Skip Reason
--- | ---
private | not found
"""
BUNDLER_UPDATED = b"""Updating ruby-advisory-db ...
ruby-advisory-db:
  advisories: 600 advisories
No vulnerabilities found
"""
DEPENDABOT_PAGES = js([[json.loads(WEBHOOK)["alert"]], [json.loads(WEBHOOK)["alert"] | {"state": "fixed"}]])

SAMPLES = {
    "prowler-2": Sample(
        lines(PROWLER_2, PROWLER_2 | {"Status": "PASS"}), "prowler", 1, {"medium": 1}, {"passed": 1}, lines=True
    ),
    "prowler-2-csv": Sample(PROWLER_2_CSV, "prowler", 1, {"medium": 1}, {"passed": 1}, lines=True),
    "prowler-hub": Sample(js(PROWLER_HUB), "prowler", 1, {"high": 1}, {"passed": 1, "suppressed": 1}),
    "pip-audit-columns": Sample(PIP_COLUMNS, "pip-audit", 2, {"unknown": 2}, {"not audited": 1}, lines=True),
    "pip-audit-markdown": Sample(PIP_MARKDOWN, "pip-audit", 2, {"unknown": 2}, {"not audited": 1}, lines=True),
    "bundler-audit-updated": Sample(BUNDLER_UPDATED, "bundler-audit", 0, {}),
    "dependabot-pages": Sample(DEPENDABOT_PAGES, "github", 1, {"critical": 1}, {"fixed": 1}, "alert"),
    "bundler-audit-text": Sample(BUNDLER_TEXT, "bundler-audit", 3, {"high": 1, "unknown": 2}, unit="advisory"),
    "semgrep-dependencies": Sample(SEMGREP_DEPENDENCIES, "semgrep", 1, {"high": 1}, {"fixed": 1}),
    "snyk-settings": Sample(SNYK_SETTINGS, "snyk", 1, {"high": 1}, {"suppressed": 1}, "misconfiguration"),
    "prowler-cluster": Sample(PROWLER_CLUSTER, "prowler", 1, {"high": 1}, {"passed": 1}),
    "sarif-levels": Sample(
        SARIF_LEVELS,
        "sarif",
        10,
        {"critical": 1, "high": 3, "medium": 2, "low": 1, "info": 2, "unknown": 1},
        {"fixed": 1, "not-affected": 1},
        "result",
    ),
    "sarif": Sample(
        SARIF, "sarif", 6, {"critical": 1, "high": 2, "medium": 2, "low": 1}, {"passed": 1, "suppressed": 1}, "result"
    ),
    "zap-xml": Sample(ZAP_XML, "zap", 2, {"high": 1, "info": 1}, {"false-positive": 1}, "alert"),
    "zap-json": Sample(ZAP_JSON, "zap", 2, {"high": 1, "info": 1}, {"false-positive": 1}, "alert"),
    "burp-xml": Sample(BURP_XML, "burp", 2, {"high": 1, "info": 1}, {"false-positive": 1}, "issue"),
    "burp-rest": Sample(REST, "burp", 1, {"high": 1}),
    "burp-graphql": Sample(BURP_GRAPHQL, "burp", 1, {"info": 1}),
    "dastardly": Sample(DASTARDLY, "burp-ci", 1, {"high": 1}, {"address without an issue": 1}),
    "burp-html": Sample(BURP_HTML, "burp-ci", 2, {"high": 1, "info": 1}),
    "dependency-check-xml": Sample(
        DC_XML,
        "dependency-check",
        2,
        {"critical": 1, "medium": 1},
        {"suppressed": 1, "related dependency (the same file elsewhere)": 1},
    ),
    "dependency-check-json": Sample(
        DC_JSON,
        "dependency-check",
        2,
        {"critical": 1, "medium": 1},
        {"suppressed": 1, "related dependency (the same file elsewhere)": 1},
    ),
    "dependency-check-csv": Sample(DC_CSV, "dependency-check", 1, {"critical": 1}),
    "dependabot": Sample(
        DEPENDABOT, "github", 1, {"critical": 1}, {"dismissed": 2, "false-positive": 1, "fixed": 1}, "alert"
    ),
    "dependabot-webhook": Sample(WEBHOOK, "github", 1, {"critical": 1}),
    "dependabot-graphql": Sample(GRAPHQL, "github", 1, {"high": 1}, {"dismissed": 1}),
    "code-scanning": Sample(CODE_SCANNING, "github", 1, {"critical": 1}),
    "secret-scanning": Sample(SECRET_SCANNING, "github", 1, {"unknown": 1}, {"fixed": 1}),
    "npm-6": Sample(NPM_6, "npm-audit", 1, {"critical": 1}, unit="advisory"),
    "npm-7": Sample(NPM_7, "npm-audit", 2, {"critical": 1, "medium": 1}, unit="vulnerable package"),
    "yarn-1": Sample(YARN_1, "npm-audit", 1, {"critical": 1}, {"the same advisory by another path": 1}, lines=True),
    "yarn-4": Sample(YARN_4, "npm-audit", 1, {"high": 1}, {"deprecated package": 1}, lines=True),
    "pip-audit": Sample(PIP, "pip-audit", 1, {"unknown": 1}, {"not audited": 1}),
    "pip-audit-old": Sample(PIP_OLD, "pip-audit", 1, {"unknown": 1}),
    "pip-audit-real": real("pip_audit_skipped.json", "pip-audit", 0, {}, {"not audited": 1}),
    "trivy": Sample(TRIVY, "trivy", 4, {"critical": 2, "high": 1, "unknown": 1}, {"passed": 1, "licence": 1}),
    "trivy-old": Sample(TRIVY_OLD, "trivy", 1, {"high": 1}),
    "trivy-k8s": Sample(TRIVY_K8S, "trivy", 1, {"low": 1}),
    "grype": Sample(GRYPE, "grype", 2, {"critical": 1, "low": 1}, {"suppressed": 1}, "match"),
    "snyk": Sample(SNYK, "snyk", 1, {"high": 1}, {"licence issue": 1, "the same issue by another path": 1}, "issue"),
    "osv-scanner": Sample(OSV, "osv-scanner", 1, {"high": 1}),
    "gitleaks-8": Sample(GITLEAKS_8, "gitleaks", 1, {"unknown": 1}, unit="leak"),
    "gitleaks-7": Sample(GITLEAKS_7, "gitleaks", 1, {"unknown": 1}),
    "gitleaks-csv": Sample(GITLEAKS_CSV, "gitleaks", 1, {"unknown": 1}, lines=True),
    "gitleaks-junit": Sample(GITLEAKS_JUNIT, "gitleaks", 1, {"unknown": 1}),
    "bandit": real(
        "bandit.json", "bandit", 9, {"high": 2, "medium": 4, "low": 3}, {"suppressed in the code (nosec)": 1}, "result"
    ),
    "bandit-csv": real("bandit.csv", "bandit", 9, {"high": 2, "medium": 4, "low": 3}, lines=True),
    "bandit-xml": real("bandit.xml", "bandit", 9, {"high": 2, "medium": 4, "low": 3}),
    "semgrep": real("semgrep.json", "semgrep", 4, {"high": 2, "medium": 1, "low": 1}, unit="result"),
    "semgrep-sarif": real("semgrep.sarif", "sarif", 4, {"high": 2, "medium": 1, "low": 1}, {"suppressed": 1}),
    "semgrep-gitlab": real("semgrep_gitlab.json", "semgrep", 4, {"high": 2, "medium": 1, "info": 1}),
    "cyclonedx-json": Sample(CDX_JSON, "cyclonedx", 1, {"critical": 1}, {"not-affected": 1}),
    "cyclonedx-xml": Sample(CDX_XML, "cyclonedx", 1, {"critical": 1}, {"not-affected": 1}),
    "cyclonedx-1.2": Sample(CDX_OLD, "cyclonedx", 1, {"critical": 1}),
    "dependency-track": Sample(DTRACK, "dependency-track", 1, {"critical": 1}, {"false-positive": 1}),
    "govulncheck": Sample(
        GOVULN, "govulncheck", 1, {"unknown": 1}, {"advisory that does not concern this code": 1}, lines=True
    ),
    "govulncheck-old": Sample(GOVULN_OLD, "govulncheck", 1, {"unknown": 1}),
    "govulncheck-none": Sample(GOVULN_NONE, "govulncheck", 0, {}),
    "cargo-audit": Sample(CARGO, "cargo-audit", 1, {"high": 1}, {"warning: unmaintained": 1}),
    "composer-audit": Sample(COMPOSER, "composer-audit", 1, {"high": 1}, {"abandoned package": 1}),
    "bundler-audit": Sample(BUNDLER, "bundler-audit", 2, {"high": 1, "unknown": 1}),
    "retire": Sample(RETIRE, "retire", 1, {"medium": 1}),
    "nuclei": Sample(NUCLEI, "nuclei", 1, {"critical": 1}, {"passed": 1}, lines=True),
    "brakeman": Sample(BRAKEMAN, "brakeman", 1, {"unknown": 1}, {"suppressed": 1}),
    "gosec": Sample(GOSEC, "gosec", 1, {"high": 1}),
    "kingfisher": real("kingfisher.json", "kingfisher", 2, {"unknown": 2}),
    "kingfisher-lines": real("kingfisher.jsonl", "kingfisher", 2, {"unknown": 2}, lines=True),
    "kingfisher-sarif": real("kingfisher.sarif", "sarif", 2, {"high": 2}),
    "trufflehog": Sample(TRUFFLEHOG, "trufflehog", 1, {"unknown": 1}, lines=True),
    "trufflehog-2": Sample(TRUFFLEHOG_2, "trufflehog", 1, {"unknown": 1}, lines=True),
    "nosey-parker": Sample(NOSEY, "nosey-parker", 1, {"unknown": 1}, lines=True),
    "detect-secrets": real("detect_secrets.json", "detect-secrets", 7, {"unknown": 7}),
    "threat-dragon": Sample(DRAGON, "threat-dragon", 2, {"high": 1, "unknown": 1}, {"fixed": 1}, "threat"),
    "microsoft-threats": Sample(TM7, "microsoft-threats", 1, {"high": 1}, {"fixed": 1}),
    "prowler": Sample(PROWLER, "prowler", 1, {"high": 1}, {"passed": 1}),
    "prowler-ocsf": Sample(OCSF, "prowler", 1, {"high": 1}, {"passed": 1, "suppressed": 1}),
    "prowler-csv": Sample(PROWLER_CSV, "prowler", 1, {"high": 1}, {"passed": 1}, lines=True),
    "aws-rds": Sample(AWS_RDS, "cloud-facts", 1, {"unknown": 1}, {"passed": 1}),
    "aws-s3": Sample(AWS_S3, "cloud-facts", 0, {}, {"passed": 1}),
    "azure-storage": Sample(AZURE, "cloud-facts", 1, {"unknown": 1}),
}
