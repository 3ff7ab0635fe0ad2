"""One secret in each place where a secret can hide: all of them are found, none of them is shown."""

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from wizard.checks.code.coverage import GapKind
from wizard.checks.code.leak import Tier, Where
from wizard.checks.code.scan import SecretScan


def _tar(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("app/.env")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _zip(text: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/settings.txt", text)
    return out.getvalue()


def _sqlite(place: Path, text: str | bytes) -> None:
    database = sqlite3.connect(place)
    database.execute("create table settings (name text, value text)")
    database.execute("insert into settings values ('token', ?)", (text,))
    database.commit()
    database.close()


def _notebook(text: str) -> str:
    cell = {"cell_type": "code", "outputs": [{"text": [f"token {text}\n"]}], "source": ["print(token)"]}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})


@pytest.fixture
def planted(repository: Any, token: Callable[[], str]) -> dict[str, str]:
    """Every hiding place with the token that lies there."""
    r, places = repository, {}

    def hide(place: str) -> str:
        places[place] = token()
        return places[place]

    r.write(".gitignore", "ignored.env\n")
    r.write("app/settings.py", f"TOKEN = '{hide('working tree')}'\n")
    r.write(".hidden/config", f"token {hide('hidden file')}\n")
    r.write("logs/app.log", f"12:00 GET /x {hide('log file')} 200\n")
    r.write("notes.ipynb", _notebook(hide("notebook output")))
    r.write("encoded.txt", base64.b64encode(f"the token is {hide('Base64')}".encode()))
    r.write("bundle.zip", _zip(f"token={hide('zip archive')}\n"))
    r.write("wide.txt", f"token {hide('UTF-16 file')}\n".encode("utf-16"))
    _sqlite(r.write("data.sqlite", b""), hide("SQLite file"))
    _sqlite(r.write("bytes.sqlite", b""), hide("bytes in a SQLite file").encode())
    r.write("image.tar", _tar(gzip.compress(_tar(f"T={hide('layer of an image')}".encode()))))
    r.write("deep.zip", _zip(_zip(_zip(f"T={hide('archives in archives')}"))))
    r.write("backup.dat", _zip(f"T={hide('archive under another name')}"))
    r.write("wider.txt", f"token {hide('UTF-32 file')}\n".encode("utf-32"))
    r.write(".git/lfs/objects/aa/bb/aabb", hide("file that Git LFS has fetched"))
    r.write(".git/worktrees/other/COMMIT_EDITMSG", hide("message of another work tree"))
    r.commit("first")
    r.write("old.txt", f"{hide('removed in a later commit')}\n")
    r.write(
        "old.js", b"t = '" + b"".join(b"\\x%02x" % each for each in hide("escapes in an old commit").encode()) + b"'\n"
    )
    packed = base64.b64encode(gzip.compress(f"token {hide('gzip as Base64 in an old commit')} of it".encode()))
    r.write("old.tf", b'user_data = "' + packed + b'"\n')
    r.commit("adds")
    for name in ("old.txt", "old.js", "old.tf"):
        (r.root / name).unlink()
    r.commit("removes")
    r.git("checkout", "-q", "-b", "side")
    r.write("side.txt", f"{hide('other branch')}\n")
    r.commit("on the side")
    r.git("checkout", "-q", "--detach", "main")
    r.write("tagged.txt", f"{hide('lightweight tag')}\n")
    r.commit("for a tag")
    r.git("tag", "light")
    r.git("checkout", "-q", "main")
    r.git("merge", "-q", "--no-ff", "--no-commit", "side")
    r.write("evil.txt", f"{hide('only in a merge commit')}\n")
    r.commit("merge")
    r.git("rm", "-q", "-f", "evil.txt", "side.txt")
    r.commit("clean up")
    r.write("stashed.txt", f"{hide('stash')}\n")
    r.git("add", "-A")
    r.git("stash", "-q")
    r.write("gone.txt", f"{hide('removed commit')}\n")
    r.commit("to be reset")
    r.git("reset", "-q", "--hard", "HEAD~1")
    r.git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "refs/heads/main", "HEAD")
    r.write("ignored.env", f"TOKEN={hide('ignored file')}\n")
    r.write("staged.txt", f"{hide('staged only')}\n")
    r.git("add", "staged.txt")
    (r.root / "staged.txt").unlink()
    r.git("commit", "-q", "--allow-empty", "-m", f"uses {hide('commit message')}", "--only")
    r.git("tag", "-a", "loud", "-m", f"release with {hide('annotated tag message')}")
    r.git("remote", "add", "origin", f"https://me:{hide('remote address')}@git.invalid/x.git")
    r.write(f"keys/{hide('name of a file')}.txt", "nothing\n")
    r.git("branch", f"feature/{hide('name of a branch')}")
    r.git("notes", "add", "-m", f"see {hide('note')}")
    (r.root / ".git" / "COMMIT_EDITMSG").write_text(f"draft {hide('draft of a message')}\n")
    return places


def test_every_hiding_place_is_found(repository: Any, planted: dict[str, str], scan: Callable[..., SecretScan]) -> None:
    from wizard.checks.code.leak import Masker

    found = scan(repository.root)
    masker = Masker(b"k" * 32)
    fingerprints = {leak.fingerprint for leak in found.leaks}
    missed = [place for place, secret in planted.items() if masker.fingerprint(secret) not in fingerprints]
    assert len(planted) >= 19
    assert missed == []
    assert found.coverage.complete


@pytest.mark.slow
def test_no_secret_is_kept_whole(repository: Any, planted: dict[str, str], scan: Callable[..., SecretScan]) -> None:
    heard: list[object] = []
    found = scan(repository.root, report=heard.append)
    text = repr(found) + repr(heard) + json.dumps([asdict(leak) for leak in found.leaks])
    for place, secret in planted.items():
        assert secret not in text, place
        assert secret[6:20] not in text, place


def test_places_are_named(repository: Any, planted: dict[str, str], scan: Callable[..., SecretScan]) -> None:
    from wizard.checks.code.leak import Masker

    masker = Masker(b"k" * 32)
    by_print: dict[str, list[Any]] = {}
    for leak in scan(repository.root).leaks:
        by_print.setdefault(leak.fingerprint, []).append(leak)

    def of(place: str) -> Any:
        return by_print[masker.fingerprint(planted[place])][0]

    assert (of("working tree").file, of("working tree").line) == ("app/settings.py", 1)
    assert of("working tree").commit == repository.git("rev-list", "--max-parents=0", "main")
    removed = of("removed in a later commit")
    assert (removed.file, removed.where, removed.tier) == ("old.txt", Where.HISTORY, Tier.A)
    assert repository.git("log", "-1", "--format=%s", removed.commit) == "adds"
    assert repository.git("log", "-1", "--format=%s", of("only in a merge commit").commit) == "merge"
    assert of("removed commit").where is Where.UNREACHABLE
    assert (of("staged only").file, of("staged only").where) == ("staged.txt", Where.UNREACHABLE)
    assert of("zip archive").file == "bundle.zip!inner/settings.txt"
    assert of("commit message").where is Where.COMMIT_MESSAGE
    assert of("commit message").commit == repository.git("rev-parse", "main")
    assert of("annotated tag message").where is Where.TAG_MESSAGE
    assert of("ignored file").tier is Tier.C
    assert of("remote address").where is Where.GIT_FOLDER
    assert of("name of a branch").where is Where.REF_NAME
    assert of("name of a file").where is Where.PATH_NAME


def test_archives_that_lie_too_deep_are_said(repository: Any, token: Callable[[], str], scan: Any) -> None:
    data = b"x"
    for _level in range(16):
        data = _zip(data)
    repository.write("deep.zip", data)
    repository.commit()
    assert GapKind.TOO_LARGE in {gap.kind for gap in scan(repository.root).coverage.gaps}


def test_of_several_versions_the_commit_of_the_earliest_is_named(
    repository: Any, scan: Callable[..., SecretScan], token: Callable[[], str]
) -> None:
    secret, feed = token(), []
    for number in range(12):
        text = f"{'more ' * (12 - number)}\ngithub = '{secret}'\n"
        feed.append(
            f"commit refs/heads/main\ncommitter A <a@b.invalid> {1_700_000_000 + number} +0000\ndata 4\nwork\n"
            f"M 100644 inline a.txt\ndata {len(text)}\n{text}\n"
        )
    repository.git("fast-import", "--quiet", stdin="".join(feed).encode())
    (leak,) = scan(repository.root).leaks
    assert leak.versions == 12
    assert leak.commit == repository.git("rev-list", "--max-parents=0", "main")
