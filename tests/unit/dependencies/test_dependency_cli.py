"""`attestry scan dependencies` from the shell: one JSON object, exit codes, and nothing sent without consent."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from dependency_lockfiles import LOCKFILES

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[3]


def scan(place, home, *options):
    command = [sys.executable, "-P", "-m", "wizard", "scan", "dependencies", str(place), "--home", str(home), *options]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )


def repository(tmp_path, **packages):
    place = tmp_path / "repository"
    place.mkdir(exist_ok=True)
    held = {f"node_modules/{name}": {"version": version} for name, version in packages.items()}
    (place / "package-lock.json").write_text(
        json.dumps({"lockfileVersion": 3, "packages": {"": {"dependencies": packages}} | held}, indent=1)
    )
    return place


def test_offline_data_once_then_vulnerable_and_fine(tmp_path, archives):
    place = repository(tmp_path, lodash="4.17.20", fine="1.0.0")
    done = scan(place, tmp_path / "home", "--json", "--data", str(archives))
    said = json.loads(done.stdout)
    assert done.returncode == 1
    first = said["dependencies"][0]
    assert {k: first[k] for k in ("ecosystem", "name", "version", "file", "direct", "state")} == {
        "ecosystem": "npm",
        "name": "lodash",
        "version": "4.17.20",
        "file": "package-lock.json",
        "direct": True,
        "state": "vulnerable",
    }
    assert [flaw["id"] for flaw in first["vulnerabilities"]] == ["GHSA-aaaa"]
    assert first["vulnerabilities"][0]["severity"] == "critical"
    assert said["counts"] == {"vulnerable": 1, "none_known": 1, "cannot_be_checked": 0, "not_checked": 0, "total": 2}
    assert said["source"]["name"] == "offline database"
    assert said["source"]["date"] == "2026-11-20"
    assert said["manifests"][0]["reach"] == "complete"
    again = scan(repository(tmp_path, fine="1.0.0"), tmp_path / "home", "--json")
    assert (json.loads(again.stdout)["counts"]["none_known"], json.loads(again.stdout)["counts"]["total"]) == (1, 1)


def test_online_sends_nothing_without_consent_and_shows_what_would_leave(tmp_path, osv):
    place = repository(tmp_path, lodash="4.17.20")
    done = scan(place, tmp_path / "home", "--json", "--online", "--osv", osv.url)
    assert (done.returncode, done.stdout, osv.asked) == (2, "", [])
    assert "npm lodash 4.17.20" in done.stderr
    done = scan(place, tmp_path / "home", "--json", "--online", "--yes", "--osv", osv.url)
    assert done.returncode == 1
    assert json.loads(done.stdout)["source"]["name"] == "OSV"


def test_the_database_is_fetched_for_what_is_used(tmp_path, osv, archives):
    osv.archives = archives
    place = repository(tmp_path, fine="1.0.0")
    done = scan(place, tmp_path / "home", "--json", "--fetch", "--yes", "--archives", osv.url)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "pass"
    assert [path for _method, path, _body in osv.asked] == ["/npm/all.zip"]
    osv.archives = tmp_path / "nowhere"
    assert scan(place, tmp_path / "home", "--fetch", "--yes", "--archives", osv.url).returncode == 2


def test_nothing_to_ask_and_nothing_there_are_not_passes(tmp_path):
    (tmp_path / "empty").mkdir()
    assert scan(tmp_path / "empty", tmp_path / "home", "--json").returncode == 3
    place = tmp_path / "pods"
    place.mkdir()
    (place / "Podfile.lock").write_text(LOCKFILES["Podfile.lock"][0])
    assert scan(place, tmp_path / "home", "--json").returncode == 3
    assert scan(tmp_path / "not there", tmp_path / "home").returncode == 2
