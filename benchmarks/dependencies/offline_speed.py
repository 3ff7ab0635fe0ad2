"""How long 1,000 packages take offline, a 5 MB package-lock.json takes to read, and an archive takes to be taken in.

Run: python benchmarks/dependencies/offline_speed.py
"""

from __future__ import annotations

import json
import random
import statistics
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from wizard.checks.dependencies.dependency import Ecosystem
from wizard.checks.dependencies.knowing import look_up_offline
from wizard.checks.dependencies.listing import list_dependencies
from wizard.checks.dependencies.offline import Database

PACKAGES, RECORDS, RUNS = 1_000, 20_000, 5
TARGET_LOOK_UP, TARGET_READ, TARGET_INDEX = 0.5, 0.5, 10_000


def records(chance: random.Random) -> list[dict[str, object]]:
    """Records about random packages, most with several ranges and a text as long as real ones."""
    made: list[dict[str, object]] = []
    for number in range(RECORDS):
        events: list[dict[str, str]] = []
        for major in range(chance.randint(1, 4)):
            events += [
                {"introduced": f"{major}.0.0"},
                {"fixed": f"{major}.{chance.randint(1, 9)}.{chance.randint(0, 9)}"},
            ]
        package = {"ecosystem": "npm", "name": f"package-{chance.randint(0, 4_000)}"}
        made.append(
            {
                "id": f"GHSA-{number:05}",
                "modified": "2026-11-01T00:00:00Z",
                "aliases": [f"CVE-2026-{number}"],
                "details": "word " * 200,
                "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
                "affected": [{"package": package, "ranges": [{"type": "SEMVER", "events": events}]}],
            }
        )
    return made


def lockfile(packages: int, padding: int = 0) -> str:
    """A package-lock.json of version 3."""
    held: dict[str, object] = {"": {"dependencies": {"package-0": "*"}}}
    for number in range(packages):
        held[f"node_modules/package-{number}"] = {
            "version": f"{number % 4}.{number % 10}.{number % 7}",
            "resolved": f"https://mirror.example/package-{number}/-/package-{number}-1.0.0.tgz",
            "integrity": "sha512-" + "A" * (86 + padding),
        }
    return json.dumps({"name": "shop", "lockfileVersion": 3, "packages": held}, indent=2)


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    chance = random.Random(4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "npm").mkdir()
        with zipfile.ZipFile(folder / "npm" / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for record in records(chance):
                archive.writestr(f"{record['id']}.json", json.dumps(record))
        with Database.at(folder / "offline.db") as database:
            begun = time.perf_counter()
            database.take_in(Ecosystem.NPM, folder / "npm" / "all.zip", datetime.now(UTC))
            rate = RECORDS / (time.perf_counter() - begun)
        for size in (PACKAGES, 20_000):
            (folder / str(size)).mkdir()
            (folder / str(size) / "package-lock.json").write_text(lockfile(size))
        bytes_ = (folder / "20000" / "package-lock.json").stat().st_size
        looks, reads, vulnerable = [], [], 0
        for _run in range(RUNS):
            begun = time.perf_counter()
            listing = list_dependencies(folder / str(PACKAGES))
            with Database.at(folder / "offline.db") as database:
                rows, _source = look_up_offline(listing.dependencies, database)
            looks.append(time.perf_counter() - begun)
            vulnerable = sum(bool(row.vulnerabilities) for row in rows)
            begun = time.perf_counter()
            list_dependencies(folder / "20000")
            reads.append(time.perf_counter() - begun)
    # neighbours on the machine only ever add: the best run is judged, the median is printed beside it
    look, read = min(looks), min(reads) * 5_000_000 / bytes_
    print(
        f"{PACKAGES} packages listed and looked up offline: {look:.3f} s (target {TARGET_LOOK_UP} s; "
        f"median {statistics.median(looks):.3f} s)"
    )
    print(f"  {vulnerable} of them vulnerable, {RECORDS} records in the database")
    print(f"package-lock.json, per 5 MB: {read:.3f} s (target {TARGET_READ} s; measured on {bytes_ / 1e6:.1f} MB)")
    print(f"records taken in: {rate:,.0f} a second (target {TARGET_INDEX:,})")
    return int(look > TARGET_LOOK_UP or read > TARGET_READ or rate < TARGET_INDEX)


if __name__ == "__main__":
    raise SystemExit(main())
