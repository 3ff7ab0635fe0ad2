"""`attestry read`: one result a file through the limited child, an error and no count where it cannot be read."""

import asyncio
import json
import subprocess
import sys

import import_samples as samples
import pytest

from wizard.jobs import worker_process

FIELDS = [
    "file",
    "tool",
    "tool_version",
    "scanned_at",
    "target",
    "findings",
    "unit",
    "by_severity",
    "stated",
    "left_out",
    "error",
]


def attestry(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "wizard", "read", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_every_file_has_its_result_and_the_code_is_the_worst(tmp_path):
    good, bad = tmp_path / "is-not-what-its-name-says.pdf", tmp_path / "report.xml"
    good.write_bytes(samples.ZAP_XML)
    bad.write_bytes(b"ERROR could not start\n")
    ended = attestry(good, bad, tmp_path / "nowhere.json", tmp_path, "--json")
    assert ended.returncode == 2
    results = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [list(result) for result in results] == [FIELDS] * 4
    assert results[0] | {"file": ""} == {
        "file": "",
        "tool": "ZAP",
        "tool_version": "2.14.0",
        "scanned_at": "2024-02-02T09:21:51Z",
        "target": ["https://app.example.test"],
        "findings": 2,
        "unit": "alert",
        "by_severity": {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 1, "unknown": 0},
        "stated": {"High": 1, "Informational": 1},
        "left_out": [{"reason": "false-positive", "count": 1}],
        "error": None,
    }
    for result in results[1:]:
        assert result["findings"] is None
        assert result["error"].endswith(".")
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_in_full_every_entry_is_there_and_notes_too(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(samples.GRAPHQL)
    ended = attestry("--json", "--full", file)
    assert ended.returncode == 0
    result = json.loads(ended.stdout)
    assert [entry.get("status", "open") for entry in result["entries"]] == ["open", "dismissed"]
    assert "more pages" in result["notes"][0]


def test_for_people_the_lines_say_the_same(tmp_path):
    file = tmp_path / "x"
    file.write_bytes(samples.DEPENDABOT)
    ended = attestry(file)
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[1:] == ["  1 critical", "  2 × dismissed", "  1 × false-positive", "  1 × fixed"]


@pytest.mark.slow
def test_a_bomb_is_refused_within_five_seconds(tmp_path):
    import time

    bomb = tmp_path / "bomb"
    bomb.write_bytes(b'{"version":"2.1.0","runs":' + b"[" * 5_000_000)
    began = time.monotonic()
    ended = attestry("--json", bomb)
    assert time.monotonic() - began < 5
    assert ended.returncode == 2
    assert "levels" in json.loads(ended.stdout)["error"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the system does not limit a child's processor time")
def test_work_that_runs_wild_is_stopped_by_its_processor_time_and_says_so():
    alert = b"<alertitem><riskcode>1</riskcode></alertitem>"
    data = (
        b'<OWASPZAPReport version="2"><site name="x"><alerts>' + alert * 140_000 + b"</alerts></site></OWASPZAPReport>"
    )
    limits = worker_process.Limits(seconds=120, cpu=0)
    with pytest.raises(worker_process.WorkerFailed, match="took longer than"):
        asyncio.run(worker_process.ask("read_report", {"entries": True}, data, limits))
