"""Time and memory of a scan on a generated tree and history, beside the engine's own command line if it is given.

Run as `python benchmarks/code/speed.py [--cli PATH-TO-KINGFISHER]`. Each measurement is a process of its own, warm, the
median of three; the compiled rules are kept between them, as in use.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_LIST = "contact owner account search deal stage import export token user field value return import class def self"
_WORDS = _LIST.split()


def tree(root: Path, files: int, seed: int = 1) -> None:
    """Source-like files of about 20 KB each, one in twenty with a made-up token."""
    made = random.Random(seed)
    for number in range(files):
        lines = [
            f"    {made.choice(_WORDS)}_{made.randrange(999)} = {made.choice(_WORDS)}({made.randrange(9**9)}, 'value')"
            for _line in range(400)
        ]
        if number % 20 == 0:
            letters = "".join(made.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=36))
            lines[200] = f"    github = '{'gh' + 'p_'}{letters}'"
        place = root / f"src/part{number % 40}/module{number}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(lines))


def history(root: Path, commits: int, seed: int = 2) -> None:
    """A repository whose commits each change some of 200 files, fed to fast-import."""
    made = random.Random(seed)
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    feed = subprocess.Popen(["git", "-C", str(root), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    assert feed.stdin is not None
    for number in range(commits):
        feed.stdin.write(
            f"commit refs/heads/main\ncommitter A <a@b.invalid> {1_700_000_000 + number} +0000\ndata 4\nwork\n".encode()
        )
        for _file in range(4):
            text = "\n".join(f"{made.choice(_WORDS)} {made.randrange(9**9)} {made.choice(_WORDS)}" for _l in range(400))
            feed.stdin.write(f"M 100644 inline src/f{made.randrange(200)}.py\ndata {len(text)}\n{text}\n".encode())
    feed.stdin.close()
    feed.wait()


def once(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one process."""
    at = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, _status, used = os.wait4(process.pid, 0)
    return time.monotonic() - at, used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def measure(name: str, command: list[str]) -> float:
    once(command)
    runs = [once(command) for _each in range(3)]
    seconds, memory = statistics.median(run[0] for run in runs), max(run[1] for run in runs)
    print(f"{name:<44} {seconds:6.2f} s  {memory:6.0f} MB", flush=True)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        ours = [sys.executable, "-m", "wizard", "scan", "secrets", "--json", "--home", str(root / "home")]
        theirs = [asked.cli, "scan", "--no-validate", "--no-update-check", "--redact", "--format", "json"]
        tree(root / "tree", 1500)
        history(root / "short", 1000)
        history(root / "long", 5000)
        for name in ("tree", "short", "long"):
            mine = measure(f"attestry, {name}", [*ours, str(root / name)])
            if asked.cli:
                other = measure(f"kingfisher, {name}", [*theirs, str(root / name)])
                print(f"{'ratio':<44} {mine / other:6.2f}")


if __name__ == "__main__":
    main()
