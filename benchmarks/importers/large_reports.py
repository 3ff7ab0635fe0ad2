"""Reads large reports, each in a process of its own, and prints seconds and memory beside what is asked.

Asked: a report of 10 MB within 1 second and 10 times its size in memory; 100 MB of XML within 300 MB. The second is
one of a processor, so that what else runs on the machine counts little; what the clock on the wall says stands beside.
"""

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator

MEGABYTE = 1_000_000
_VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:"
_PROSE = "The value of a request parameter is copied into the response without being encoded for its context. "


def zap_xml(size: int) -> Iterator[bytes]:
    """An XML report of ZAP of about `size` bytes."""
    yield b'<?xml version="1.0"?><OWASPZAPReport version="2.14.0"><site name="https://app.example.test"><alerts>'
    one = (
        "<alertitem><pluginid>%d</pluginid><alert>Alert</alert><riskcode>%d</riskcode><confidence>2</confidence>"
        f"<desc>&lt;p&gt;{_PROSE * 3}&lt;/p&gt;</desc><instances>"
        + "<instance><uri>https://app.example.test/a</uri><method>GET</method><param>q</param></instance>" * 8
        + f"</instances><count>8</count><solution>{_PROSE}</solution><cweid>79</cweid></alertitem>"
    )
    written = number = 0
    while written < size:
        piece = (one % (number, number % 4)).encode()
        yield piece
        written += len(piece)
        number += 1
    yield b"</alerts></site></OWASPZAPReport>"


def burp_xml(size: int) -> Iterator[bytes]:
    """Burp: mostly requests and responses in Base64."""
    yield b'<?xml version="1.0"?><issues burpVersion="2024.1" exportTime="Tue Feb 06 10:00:00 UTC 2024">'
    one = (
        "<issue><type>%d</type><name>XSS</name><host>https://app.example.test</host><path>/a</path>"
        f"<severity>High</severity><confidence>Certain</confidence><issueBackground>{_PROSE * 5}</issueBackground>"
        "<requestresponse><request>" + "QUJD" * 500 + "</request><response>" + "QUJD" * 2500 + "</response>"
        "</requestresponse></issue>"
    )
    for number in range(size // len(one)):
        yield (one % number).encode()
    yield b"</issues>"


def dependency_check_xml(size: int) -> Iterator[bytes]:
    """Many small elements."""
    yield b'<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.4.0.xsd"><dependencies>'
    metrics = "".join(
        f"<{name}>{value}</{name}>"
        for name, value in (
            ("baseScore", "9.8"),
            ("attackVector", "NETWORK"),
            ("attackComplexity", "LOW"),
            ("privilegesRequired", "NONE"),
            ("userInteraction", "NONE"),
            ("scope", "UNCHANGED"),
            ("confidentialityImpact", "HIGH"),
            ("integrityImpact", "HIGH"),
            ("availabilityImpact", "HIGH"),
            ("version", "3.1"),
        )
    )
    one = (
        "<dependency><fileName>a%d.jar</fileName><filePath>/a%d.jar</filePath><evidenceCollected>"
        + "<evidence type='vendor'><source>file</source><name>n</name><value>v</value></evidence>" * 10
        + "</evidenceCollected><identifiers><package><id>pkg:maven/a/b@%d</id></package></identifiers><vulnerabilities>"
        + f"<vulnerability><name>CVE-2021-%d</name><severity>HIGH</severity><cvssV3>{metrics}</cvssV3>"
        f"<description>{_PROSE}</description><vulnerableSoftware>"
        + "<software>cpe:2.3:a:b:c:1:*:*:*:*:*:*:*</software>" * 20
        + "</vulnerableSoftware></vulnerability></vulnerabilities></dependency>"
    )
    for number in range(size // len(one)):
        yield (one % (number, number, number, 10000 + number)).encode()
    yield b"</dependencies></analysis>"


def sarif(size: int) -> Iterator[bytes]:
    """A SARIF file: many results of few rules."""
    rules = [
        {"id": f"r{n}", "properties": {"security-severity": str(n % 10), "tags": [f"cwe-{n}"]}} for n in range(200)
    ]
    yield (
        b'{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","rules":'
        + json.dumps(rules).encode()
        + b'}},"results":['
    )
    written = number = 0
    while written < size:
        result = {
            "ruleId": f"r{number % 200}",
            "level": "warning",
            "message": {"text": _PROSE},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f"src/a{number}.py"},
                        "region": {"startLine": number, "snippet": {"text": "x = 1\n" * 5}},
                    }
                }
            ],
            "partialFingerprints": {"primaryLocationLineHash": f"{number:032x}"},
        }
        piece = (b"," if number else b"") + json.dumps(result).encode()
        yield piece
        written += len(piece)
        number += 1
    yield b"]}]}"


def trivy(size: int) -> Iterator[bytes]:
    """Trivy: every flaw with several scores, each computed again."""
    yield b'{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"a","Type":"debian","Vulnerabilities":['
    written = number = 0
    while written < size:
        flaw = {
            "VulnerabilityID": f"CVE-2023-{number}",
            "PkgName": "openssl",
            "InstalledVersion": f"3.{number}",
            "Severity": "HIGH",
            "Title": "openssl: " + _PROSE[:40],
            "Description": _PROSE * 4,
            "CVSS": {"nvd": {"V3Vector": _VECTOR + "NLH"[number % 3], "V3Score": 9.8}, "redhat": {"V3Score": 7.5}},
            "References": [f"https://example.test/{number}/{n}" for n in range(6)],
        }
        piece = (b"," if number else b"") + json.dumps(flaw).encode()
        yield piece
        written += len(piece)
        number += 1
    yield b"]}]}"


MAKERS = {made.__name__: made for made in (zap_xml, burp_xml, dependency_check_xml, sarif, trivy)}


class _Pieces(io.RawIOBase):
    """Made as it is read, so that only what the reader needs is in memory."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._rest += piece
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def measure(name: str, megabytes: int) -> None:
    """In the child: read one report and print what it took, the memory that Python needs without one taken off."""
    import resource

    from wizard import importers
    from wizard.domain.codec import to_json

    importers.read(io.BytesIO(b"".join(MAKERS[name](1000))))  # imports and caches, which the app has at hand
    streamed = megabytes > 50
    made = _Pieces(MAKERS[name](megabytes * MEGABYTE))
    source = made if streamed else io.BytesIO(b"".join(made._pieces))
    empty = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - (0 if streamed else megabytes * MEGABYTE)
    began, on_the_wall = time.process_time(), time.perf_counter()
    report = importers.read(source)
    seconds, on_the_wall = time.process_time() - began, time.perf_counter() - on_the_wall
    json.dumps(to_json(report))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = {"seconds": seconds, "wall": on_the_wall, "memory": peak - empty, "peak": peak}
    print(json.dumps({**told, "entries": len(report.entries)}))


def main() -> int:
    """One line a report; 1 when one of them took more than is asked."""
    missed = 0
    for megabytes, names in ((10, tuple(MAKERS)), (100, ("zap_xml", "burp_xml", "dependency_check_xml"))):
        for name in names:
            command = [sys.executable, __file__, name, str(megabytes)]
            told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
            if megabytes == 10:
                kept = told["seconds"] <= 1 and told["memory"] <= 10 * megabytes * MEGABYTE
            else:
                kept = told["peak"] <= 300 * MEGABYTE
            missed += not kept
            print(
                f"{name:22} {megabytes:4} MB  {told['entries']:6} entries  {told['seconds']:6.2f} s "
                f"({told['wall']:6.2f} on the wall)  "
                f"{told['memory'] / megabytes / MEGABYTE:5.1f} × its size  peak {told['peak'] / MEGABYTE:5.0f} MB  "
                f"{'kept' if kept else 'MISSED'}"
            )
    return min(missed, 1)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(main())
