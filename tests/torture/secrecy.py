"""Guesses passphrases, and looks for what was typed everywhere that it must not be."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import figures
from figures import Figure
from vault_place import PASSPHRASE, QUICK, Place

from wizard.vault import header, keys
from wizard.vault.keyring import Keyring
from wizard.vault.mistakes import Mistake
from wizard.vault.unlocking import WithPassphrase, unlock


def guesses(size: float) -> list[Figure]:
    """K1: by chance, and near misses; what a guess costs at the cost that is written by default."""
    chance, accepted, sentences = random.Random(1), 0, set()
    said = PASSPHRASE
    near = [said.upper(), said.title(), f"{said} ", f" {said}", said[:-1], f"{said}s"]
    near += [said.replace(*pair) for pair in ((" ", "\u00a0"), ("o", "\u043e"), ("i", "\u0131"))]
    wanted = max(50, round(10_000 * size))
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "Acme.attestry", Path(folder) / "home")
        place.create().close()
        digest = hashlib.sha256((place.folder / header.NAME).read_bytes()).hexdigest()
        head = header.read(place.folder)
        tries = [
            *near,
            *("".join(chance.choices("abcdefghij klmnop", k=chance.randrange(1, 40))) for _n in range(wanted)),
        ]
        for text in tries:
            try:
                unlock(head, WithPassphrase(text), Keyring(), QUICK)
                accepted += 1
            except Mistake as mistake:
                sentences.add(mistake.sentence)
        accepted += hashlib.sha256((place.folder / header.NAME).read_bytes()).hexdigest() != digest
    cost, begun = keys.calibrate(), time.perf_counter()
    keys.derive(keys.stretched(cost), b"a guess")
    took = time.perf_counter() - begun
    more = (
        f"{len(sentences)} different sentence(s); one guess at the default cost "
        f"({cost.memory_kib // 1024} MiB, {cost.iterations} passes) took {took:.2f} s here"
    )
    return [
        Figure("K1", "wrong passphrases tried (cheap stretching), accepted", len(tries), accepted, more=more),
        Figure(
            "K1", "one sentence for all, and half a second for each: two bars", 2, (len(sentences) > 1) + (took < 0.5)
        ),
    ]


def canaries(size: float) -> list[Figure]:
    """K3 and K4: in another process, then every file that it left is searched."""
    count = max(20, round(200 * size))
    words = [f"canary{secrets.token_hex(9)}" for _n in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("home", "temp", "attachments"):
            (root / name).mkdir()
        names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        environment = dict.fromkeys(names, str(root / "home")) | {"TMPDIR": str(root / "temp")}
        done = subprocess.run(
            [sys.executable, __file__, folder],
            input="\n".join(words),
            capture_output=True,
            text=True,
            cwd=root / "home",
            env=figures.child_environment(**environment),
            check=False,
        )
        if done.returncode != -11:
            raise AssertionError(f"it did not crash as it was to: {done.returncode} {done.stderr[-500:]}")
        wanted = [pattern for word in words for pattern in _patterns(word)]
        searched = 0
        there = list((root / "attachments").iterdir())
        assert all(any(p in path.read_bytes() for p in wanted) for path in there), "the search finds nothing at all"
        for path in there:  # what the person had before
            path.unlink()
        blobs = [done.stdout.encode(), done.stderr.encode()]
        for path in sorted(root.rglob("*")):
            blobs.append(str(path).encode())
            if path.is_file():
                searched += 1
                blobs.append(path.read_bytes())
        everything = b"\0".join(blobs).lower()
        hits = sum(pattern.lower() in everything for pattern in wanted)
        cores = [path for path in root.rglob("*core*") if path.is_file()]
    left = done.stdout.split()[-1]
    more = f"{searched} files, {len(wanted)} patterns (plain, UTF-16, base64, hex)"
    what = "unique strings searched for after saving, locking, exporting and a crash"
    memory = f"after locking, {left} of {count} strings were still in the memory of the process or of the search in it"
    return [
        Figure("K3", what, count, hits, more=more),
        Figure("K4", "core files after a segmentation fault", 1, len(cores), more=memory),
    ]


def _patterns(word: str) -> list[bytes]:
    plain = word.encode("ascii")
    # base64 of it at each of the three alignments, without the signs that depend on neighbours
    coded = [base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return [plain, word.encode("utf-16-le"), word.encode("utf-16-be"), plain.hex().encode("ascii"), *coded]


def _type_and_crash(root: Path) -> None:
    import ctypes
    import gc

    from wizard.domain import events as e
    from wizard.domain.answers import Answer, AnswerState
    from wizard.session import opening, redact
    from wizard.session.deeds import evidence
    from wizard.session.settings import Home, Preferences
    from wizard.vault import portable, process

    process.harden()
    redact.start(True)
    words = sys.stdin.read().split("\n")
    passphrase, token, *rest = words
    preferences = Preferences(Home.below(root / "home"))
    made = opening.create(
        root / "home" / "Acme.attestry",
        preferences,
        passphrase=passphrase,
        remember=False,
        described=e.AssessmentDescribed("Acme", "Acme Sync"),
        floor=QUICK,
    )
    session = made.session
    session.workspace.secrets.put("signing-key", token.encode())
    third = len(rest) // 3
    for number, word in enumerate(rest[:third]):
        session.record(e.AnswerGiven(Answer(f"question-{number}", AnswerState.GIVEN, word))).result()
    for number, word in enumerate(rest[third : 2 * third]):
        session.record(e.CommentSet(f"requirement-{number}", word)).result()
    paths = []
    for word in rest[2 * third :]:
        path = root / "attachments" / f"{word}.txt"
        path.write_text(f"inside is {word}", "utf-8")
        paths.append(path)
    evidence.add(session, paths, ("DATA-1",)).result.result()
    session.workspace.back_up()
    portable.take_out(session.workspace, root / "home" / "whole.age", "a passphrase for the export")
    for wrong in ("wrong " + token, rest[0]):  # mistakes of every kind must not name what was typed
        try:
            opening.open_(root / "home" / "Acme.attestry", WithPassphrase(wrong), preferences, floor=QUICK)
        except Mistake as mistake:
            print(mistake.sentence)
    session.close()
    session = opening.open_(root / "home" / "Acme.attestry", WithPassphrase(passphrase), preferences, floor=QUICK)
    session.record(e.CommentSet("requirement-1", rest[1])).result()
    session.close()
    encoded = [word.encode() for word in words]
    del session, made, rest, words, word, passphrase, token, path, paths
    gc.collect()
    print(_in_memory(encoded), flush=True)
    ctypes.string_at(0)


def _in_memory(words: list[bytes]) -> int:
    """How many are in this process's memory besides the copy that is looked with."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    seen = dict.fromkeys(words, 0)
    with Path("/proc/self/mem").open("rb", buffering=0) as memory:
        for line in lines:
            span, rights = line.split()[:2]
            start, end = (int(text, 16) for text in span.split("-"))
            if not rights.startswith("rw") or "[v" in line:
                continue
            try:
                memory.seek(start)
                block = memory.read(end - start)
            except OSError:
                continue
            for word in words:
                seen[word] += block.count(word)
            del block
    return sum(count > 1 for count in seen.values())


def run(size: float) -> list[Figure]:
    """Guesses and canaries."""
    return [*guesses(size), *canaries(size)]


if __name__ == "__main__":
    os.umask(0o077)
    _type_and_crash(Path(sys.argv[1]))
