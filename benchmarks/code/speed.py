"""Time and memory of a scan on generated trees and histories, beside the engine's own command line if it is given.

Run as `python benchmarks/code/speed.py [--cli PATH-TO-KINGFISHER]`. Each measurement is a process of its own, warm, and
the median of five; the compiled rules are kept between them, as in use. The two programs take turns (one run of each,
five times), because the speed of a machine drifts by more than what is to be seen. The command line stands there twice:
with its own rules, which is the comparison that counts, and with ours beside them, which is the same work.
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
from collections.abc import Callable
from pathlib import Path

from wizard.checks.code.engine import RULES

_LIST = "contact owner account search deal stage import export token user field value return import class def self"
_WORDS = _LIST.split()


def _line(made: random.Random) -> str:
    return f"    {made.choice(_WORDS)}_{made.randrange(999)} = {made.choice(_WORDS)}({made.randrange(9**9)}, 'value')"


def tree(root: Path, files: int, seed: int = 1) -> None:
    """Source-like files of about 20 KB each, one in twenty with a made-up token."""
    made = random.Random(seed)
    for number in range(files):
        lines = [_line(made) for _each in range(400)]
        if number % 20 == 0:
            letters = "".join(made.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=36))
            lines[200] = f"    github = '{'gh' + 'p_'}{letters}'"
        place = root / f"src/part{number % 40}/module{number}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(lines))


def history(root: Path, commits: int, seed: int = 2) -> None:
    """A repository whose commits each write some of 200 files anew, words and numbers in all of them."""
    made = random.Random(seed)

    def written() -> tuple[str, str]:
        text = "\n".join(f"{made.choice(_WORDS)} {made.randrange(9**9)} {made.choice(_WORDS)}" for _l in range(400))
        return f"src/f{made.randrange(200)}.py", text

    _imported(root, commits, written)


def edited(root: Path, commits: int, seed: int = 3) -> None:
    """A repository as they are in use: each commit changes three lines in some of 200 source-like files; packed."""
    made = random.Random(seed)
    files: dict[str, list[str]] = {}

    def written() -> tuple[str, str]:
        name = f"src/f{made.randrange(200)}.py"
        lines = files.setdefault(name, [_line(made) for _each in range(200)])
        for _change in range(3):
            lines[made.randrange(len(lines))] = _line(made)
        return name, "\n".join(lines)

    _imported(root, commits, written)
    subprocess.run(["git", "-C", str(root), "repack", "-adfq", "--depth=50"], check=True)


def _imported(root: Path, commits: int, written: Callable[[], tuple[str, str]]) -> None:
    """A repository of so many commits of four files each, path and text as `written` gives them, by fast-import."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    feed = subprocess.Popen(["git", "-C", str(root), "fast-import", "--quiet"], stdin=subprocess.PIPE)
    assert feed.stdin is not None
    for number in range(commits):
        feed.stdin.write(
            f"commit refs/heads/main\ncommitter A <a@b.invalid> {1_700_000_000 + number} +0000\ndata 4\nwork\n".encode()
        )
        for _file in range(4):
            name, text = written()
            feed.stdin.write(f"M 100644 inline {name}\ndata {len(text)}\n{text}\n".encode())
    feed.stdin.close()
    feed.wait()


def once(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of one process."""
    at = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, _status, used = os.wait4(process.pid, 0)
    return time.monotonic() - at, used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def measure(what: str, commands: dict[str, list[str]]) -> None:
    """Print seconds and megabytes of each command, and how many times the others' the first one took."""
    for command in commands.values():
        once(command)
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _turn in range(5):
        for name, command in commands.items():
            runs[name].append(once(command))
    seconds = {name: statistics.median(run[0] for run in runs[name]) for name in commands}
    ours = next(iter(seconds.values()))
    for name, took in seconds.items():
        ratio = f"ratio {ours / took:5.2f}" if took is not ours else ""
        print(f"{what:<8} {name:<34} {took:6.2f} s  {max(run[1] for run in runs[name]):6.0f} MB  {ratio}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cli", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        commands = {
            "attestry": [sys.executable, "-m", "wizard", "scan", "secrets", "--json", "--home", str(root / "home")]
        }
        if asked.cli:
            theirs = [asked.cli, "scan", "--no-validate", "--no-update-check", "--redact", "--format", "json"]
            commands["kingfisher"] = theirs
            commands["kingfisher with our rules"] = [*theirs, "--rules-path", str(RULES)]
        tree(root / "tree", 1500)
        history(root / "short", 1000)
        history(root / "long", 5000)
        edited(root / "edited", 2000)
        edited(root / "edited+", 5000)
        for what in ("tree", "short", "long", "edited", "edited+"):
            measure(what, {name: [*command, str(root / what)] for name, command in commands.items()})


if __name__ == "__main__":
    main()
