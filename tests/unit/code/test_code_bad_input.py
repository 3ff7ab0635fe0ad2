"""Hostile folders and repositories: a clear state each, no program run, no socket opened, no hang."""

from __future__ import annotations

import ast
import io
import os
import random
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wizard.checks import repository_secrets
from wizard.checks.code.coverage import Counting, GapKind, History
from wizard.checks.code.engine import Stop, Stopped
from wizard.checks.code.leak import Tier, Where
from wizard.checks.code.scan import SecretScan
from wizard.checks.code.texts import TreeNames
from wizard.domain.observation import Verdict

Scan = Callable[..., SecretScan]


def _gaps(scan: SecretScan) -> set[GapKind]:
    return {gap.kind for gap in scan.coverage.gaps}


def test_a_repository_that_wants_to_run_programs(repository: Any, scan: Scan, tmp_path: Path) -> None:
    repository.write("a.txt", "nothing\n")
    repository.write(".gitattributes", "* filter=evil diff=evil\n")
    repository.commit()
    ran = tmp_path / "ran"
    program = tmp_path / "evil.sh"
    program.write_text(f"#!/bin/sh\necho x >> '{ran}'\nexit 0\n")
    program.chmod(0o755)
    for hook in ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman"):
        (repository.root / ".git" / "hooks" / hook).write_bytes(program.read_bytes())
        (repository.root / ".git" / "hooks" / hook).chmod(0o755)
    with (repository.root / ".git" / "config").open("a") as config:
        config.write(
            f"[core]\n\tfsmonitor = {program}\n\tpager = {program}\n\tsshCommand = {program}\n\teditor = {program}\n"
            f"\talternateRefsCommand = {program}\n\taskPass = {program}\n\tgitProxy = {program}\n"
            f'[filter "evil"]\n\tclean = {program}\n\tsmudge = {program}\n\tprocess = {program}\n'
            f'[diff "evil"]\n\ttextconv = {program}\n\tcommand = {program}\n[diff]\n\texternal = {program}\n'
            f"[gpg]\n\tprogram = {program}\n[log]\n\tshowSignature = true\n[credential]\n\thelper = !{program}\n"
            f"[alias]\n\tcat-file = !{program}\n\trev-list = !{program}\n[pager]\n\tdiff-tree = {program}\n"
            f'[remote "origin"]\n\turl = ext::{program}\n\tpromisor = true\n\tuploadpack = {program}\n'
        )
    (repository.root / ".git" / "objects" / "info").mkdir(exist_ok=True)
    found = scan(repository.root)
    assert not ran.exists()
    assert GapKind.PARTIAL_CLONE in _gaps(found)


def test_nothing_below_the_root_is_written(repository: Any, scan: Scan, token: Callable[[], str]) -> None:
    repository.write("a.txt", token())
    repository.commit()

    def state() -> set[tuple[str, int, int]]:
        files = [p for p in repository.root.rglob("*") if p.is_file()]
        return {(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in files}

    before = state()
    scan(repository.root)
    assert state() == before


def test_links_are_not_followed(repository: Any, scan: Scan, tmp_path: Path, token: Callable[[], str]) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(token())
    (repository.root / "loop").symlink_to(repository.root, target_is_directory=True)
    (repository.root / "out").symlink_to(outside, target_is_directory=True)
    (repository.root / "file").symlink_to(outside / "secret.txt")
    os.mkfifo(repository.root / "pipe")
    repository.commit()
    found = scan(repository.root)
    assert found.leaks == ()
    assert found.coverage.links == 3


def test_a_file_that_nobody_may_read_is_said(tmp_path: Path, scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed.txt").write_text("x")
    from wizard.checks.code import scan as module

    def refuse(path: str) -> int:
        raise PermissionError(path)

    monkeypatch.setattr(module, "open_regular", refuse)
    found = scan(tmp_path)
    assert _gaps(found) == {GapKind.UNREADABLE}
    assert not found.coverage.complete


@pytest.mark.slow
def test_fifty_megabytes_in_one_line(tmp_path: Path, scan: Scan, token: Callable[[], str]) -> None:
    secret = token()
    with (tmp_path / "line.txt").open("w") as out:
        for _each in range(50):
            out.write("a b c d " * 131_072)
        out.write(f" {secret} ")
    at = time.process_time()
    found = scan(tmp_path)
    assert time.process_time() - at < 15
    assert [leak.tier for leak in found.leaks] == [Tier.A]


@pytest.mark.slow
def test_a_dense_file_ends_at_its_deadline_and_is_said(tmp_path: Path, scan: Scan) -> None:
    made = random.Random(3)
    part = "".join(f'key{n} = "{made.getrandbits(64):016x}{made.getrandbits(64):016x}"\n' for n in range(20_000))
    with (tmp_path / "dense.txt").open("w") as out:
        while out.tell() < 49_000_000:
            out.write(part)
    at = time.monotonic()
    found = scan(tmp_path)
    assert time.monotonic() - at < 20
    assert _gaps(found) == {GapKind.TOO_SLOW}
    assert not found.coverage.complete


@pytest.mark.slow
def test_broken_and_closed_archives(tmp_path: Path, scan: Scan) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04" + b"\x00" * 100)
    (tmp_path / "x.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + b"\x00" * 100)
    (tmp_path / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00\x00")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(4):
            archive.writestr(f"{n}.txt", b"\x00" * (40 << 20))
    (tmp_path / "bomb.zip").write_bytes(bomb.getvalue())
    found = scan(tmp_path)
    places = {place for gap in found.coverage.gaps if gap.kind is GapKind.NOT_UNFOLDED for place in gap.places}
    assert {"broken.zip", "x.7z", "bomb.zip"} <= places


def test_partial_histories_are_said(repository: Any, scan: Scan, tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"
    repository.write("big.bin", pointer)
    repository.write("sealed.bin", b"\x00GITCRYPT\x00" + b"\x01" * 40)
    head = repository.commit()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{head},vendor/lib")
    repository.git("commit", "-q", "-m", "submodule")
    found = scan(repository.root)
    assert {GapKind.LFS, GapKind.GIT_CRYPT, GapKind.SUBMODULE} <= _gaps(found)
    assert found.coverage.history is History.PARTIAL
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", f"file://{repository.root}", str(shallow)], check=True, timeout=30
    )
    assert GapKind.SHALLOW in _gaps(scan(shallow))


def test_a_damaged_repository_is_said(repository: Any, scan: Scan) -> None:
    repository.write("a.txt", "some text\n" * 100)
    repository.commit()
    for place in (repository.root / ".git" / "objects").rglob("??*"):
        if place.is_file():
            place.chmod(0o644)
            place.write_bytes(b"broken")
    found = scan(repository.root)
    assert _gaps(found) & {GapKind.DAMAGED, GapKind.GIT_REFUSED}
    assert not found.coverage.complete


def test_a_folder_inside_a_repository_has_no_history_of_its_own(repository: Any, scan: Scan) -> None:
    repository.write("sub/a.txt", "x")
    repository.commit()
    assert _gaps(scan(repository.root / "sub")) == {GapKind.INSIDE_REPOSITORY}


def test_an_empty_and_a_bare_repository(repository: Any, scan: Scan, tmp_path: Path, token: Callable[[], str]) -> None:
    assert _gaps(scan(repository.root)) == {GapKind.NO_FILES}, "where there is nothing, nobody can say so"
    assert repository_secrets.judge(repository_secrets.Reading.of(scan(tmp_path)), ()).verdict is Verdict.UNKNOWN
    repository.write("a.txt", "x")
    new = scan(repository.root).coverage
    assert (new.complete, new.history) == (True, History.NONE), "without a commit there is no history"
    repository.write("a.txt", token())
    repository.commit()
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repository.root), str(bare)], check=True, timeout=30)
    assert [leak.file for leak in scan(bare).leaks] == ["a.txt"]


def test_without_git_the_history_is_read_too(
    repository: Any, scan: Scan, token: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("a.txt", token())
    repository.commit()
    (repository.root / "a.txt").unlink()
    repository.commit()
    monkeypatch.setattr("shutil.which", lambda *names: None)
    found = scan(repository.root)
    assert [leak.file for leak in found.leaks] == ["a.txt"]
    assert _gaps(found) == {GapKind.NO_GIT}


def test_names_of_files_in_any_encoding(repository: Any, scan: Scan, token: Callable[[], str]) -> None:
    raw = os.fsencode(repository.root) + b"/caf\xe9\n.txt"
    with open(raw, "w") as out:  # noqa: PTH123
        out.write(token())
    repository.commit()
    assert len(scan(repository.root).leaks) == 1


def test_a_scan_opens_no_socket(repository: Any, scan: Scan, token: Callable[[], str]) -> None:
    opened: list[str] = []
    listening = [True]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if listening[0] and event.startswith("socket."):
            opened.append(event)

    sys.addaudithook(hook)
    repository.write("a.txt", f"token {token()}\n")
    repository.write(".env", "AWS_SECRET_ACCESS_KEY=" + "Ab1" * 13 + "Z\n")
    repository.commit()
    found = scan(repository.root)
    listening[0] = False
    assert found.leaks
    assert opened == []
    assert socket is not None


def test_only_detection_is_used_of_the_engine() -> None:
    forbidden = {"Validator", "Revoker", "ValidationResult", "RevocationPlan", "validation", "revocation"}
    users = []
    for path in Path("wizard").rglob("*.py"):
        text = path.read_text("utf-8")
        if "kingfisher_sdk" not in text:
            continue
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kingfisher_sdk"):
                users.append(str(path))
                assert not forbidden & {alias.name for alias in node.names}
            elif isinstance(node, ast.Import):
                assert not any(alias.name.startswith("kingfisher_sdk") for alias in node.names)
            assert not (isinstance(node, ast.Attribute) and node.attr in forbidden)
    assert set(users) == {str(Path("wizard/checks/code/engine.py"))}


def test_stop_ends_a_scan(repository: Any, scan: Scan) -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Stopped):
        scan(repository.root, stop=stop)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize(
    "place", [".git/refs/heads/evil", ".git/HEAD", ".git/packed-refs", ".gitignore", ".git/shallow"]
)
@pytest.mark.slow
def test_a_pipe_in_place_of_a_file_of_git_ends_and_is_said(
    repository: Any, scan: Scan, monkeypatch: pytest.MonkeyPatch, place: str, token: Callable[[], str]
) -> None:
    repository.write("a.txt", "x")
    repository.commit()
    repository.write("b.txt", f"token {token()}\n")  # so that git is asked whether it ignores this
    path = repository.root / place
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    monkeypatch.setattr("wizard.checks.code.git.SILENCE", 0.5)
    at = time.monotonic()
    coverage = scan(repository.root).coverage
    assert time.monotonic() - at < 15
    assert not coverage.complete
    assert GapKind.GIT_REFUSED in {gap.kind for gap in coverage.gaps}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_stop_ends_a_git_that_is_silent(repository: Any, scan: Scan) -> None:
    repository.write("a.txt", "x")
    repository.commit()
    os.mkfifo(repository.root / ".git/refs/heads/evil")
    stop = Stop()
    timer = threading.Timer(0.5, stop.set)
    timer.start()
    at = time.monotonic()
    with pytest.raises(Stopped):
        scan(repository.root, stop=stop)
    assert time.monotonic() - at < 3
    timer.cancel()


def test_objects_that_are_not_there_are_never_a_whole_history(repository: Any, scan: Scan) -> None:
    repository.write("a.txt", "x")
    repository.commit()
    repository.write("a.txt", "y")
    repository.commit()
    blob = repository.git("rev-parse", "HEAD~1:a.txt")
    (repository.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    coverage = scan(repository.root).coverage
    assert coverage.history is History.PARTIAL
    assert not coverage.complete


def test_what_was_found_before_git_gave_up_is_kept(repository: Any, scan: Scan, token: Callable[[], str]) -> None:
    repository.write("a.txt", f"token {token()}\n")
    repository.commit()
    (repository.root / "a.txt").unlink()
    head = repository.commit(f"say {token()}")
    (repository.root / ".git/refs/heads/broken").write_text("01" * (len(head) // 2) + "\n")
    found = scan(repository.root)
    assert {leak.file for leak in found.leaks if leak.tier is Tier.A} >= {"a.txt", ""}
    assert _gaps(found) == {GapKind.DAMAGED, GapKind.GIT_REFUSED}


def test_only_a_whole_line_is_one_of_a_pgpass_file(tmp_path: Path, scan: Scan) -> None:
    lines = ("db.host:5432:crm:crm:Vx7-qq-19-Lm", "at db.host:5432:crm:crm:Wx7-qq-19-Lm", "*:*:*:*:Yx7-qq-19-Lm")
    (tmp_path / ".pgpass").write_text("\n".join(lines) + "\n")
    assert [leak.line for leak in scan(tmp_path).leaks if leak.rule == "attestry.pgpass"] == [1, 3]


def test_only_a_whole_line_is_a_setting_without_quotes(tmp_path: Path, scan: Scan) -> None:
    lines = (
        "CRM_TOKEN=Vx7qq19LmRt4Wz",
        "see CRM_TOKEN=Wx7qq19LmRt4Wz",
        "\t- 'crm.api-key' : Xx7qq19LmRt4Wz \r",
        "f(secret=Yx7qq19LmRt4Wz",
        "export DB_PASSWORD_1=Zx7-qq-19-Lm",
        "is DB_PASSWORD_1: Ax7-qq-19-Lm",
    )
    (tmp_path / "settings.txt").write_text("\n".join(lines) + "\n")
    plain = ("attestry.secret-plain", "attestry.password-plain")
    assert [leak.line for leak in scan(tmp_path).leaks if leak.rule in plain] == [1, 3, 5]


@pytest.mark.parametrize(
    "pair",
    [
        "- name: CRM_TOKEN\n  value: {}",
        "- name: CRM_TOKEN\n  value: '{}'",
        '{{"name" : "CRM_TOKEN",\n "value" : "{}"}}',
        "{{'key': 'CRM_TOKEN', 'value': '{}'}}",
        "{{name : 'CRM_TOKEN',\n value\t : '{}'}}",
    ],
)
def test_every_way_to_write_a_name_and_its_value_is_one_rule(tmp_path: Path, scan: Scan, pair: str) -> None:
    (tmp_path / "a.yaml").write_text(pair.format("Vx7qq19LmRt4Wz83KdPq") + "\n")
    assert [leak.rule for leak in scan(tmp_path).leaks] == ["attestry.named-value"]


def test_folders_that_differ_in_one_name_only_are_told_apart(
    repository: Any, scan: Scan, token: Callable[[], str]
) -> None:
    secret = token()
    for name in ("x" * len(secret), secret, "y" * len(secret)):  # the same length, so the same layout
        repository.write(f"{name}.txt", "nothing\n")
        repository.commit()
        (repository.root / f"{name}.txt").unlink()
    repository.commit()
    assert [(leak.where, leak.tier) for leak in scan(repository.root).leaks] == [(Where.PATH_NAME, Tier.A)]


def test_a_name_that_spells_out_two_entries_is_told_from_them() -> None:
    names = TreeNames(None, Counting())  # type: ignore[arg-type]  # nothing is searched here
    two = b"100644 a\0" + b"i" * 20 + b"100644 b\0" + b"i" * 20
    hostile = b"100644 a" + b"s" * 21 + b"100644 b\0" + b"i" * 20
    assert len(two) == len(hostile)
    names.add(two, 20)
    before = names.names.size
    names.add(two.replace(b"i", b"\0"), 20)
    assert names.names.size == before
    names.add(hostile, 20)
    assert names.names.size > before + 20
