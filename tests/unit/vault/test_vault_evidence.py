"""The evidence box: sealed in one pass, opened only when whole, and an ordinary age file for the public tool."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vault_place import Place

from wizard.domain.evidence import Sealed
from wizard.vault import mistakes
from wizard.vault.evidence_box import open_file
from wizard.vault.workspace import Workspace

CONTENT = os.urandom(64 * 1024 * 3 + 77)


def sealed_file(place: Place, sealed: Sealed) -> Path:
    return place.folder / "evidence" / sealed.name[:2] / f"{sealed.name}.age"


def files_in(place: Place) -> list[Path]:
    return [path for path in (place.folder / "evidence").rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_003])
def test_what_was_sealed_comes_back(place: Place, workspace: Workspace, size: int) -> None:
    data = os.urandom(size)
    sealed = workspace.box.seal(io.BytesIO(data))
    path = sealed_file(place, sealed)
    assert sealed.size == size
    assert sealed.digest == hashlib.sha256(data).hexdigest()
    assert sealed.sealed_digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sealed.digest not in str(path)
    out = io.BytesIO()
    workspace.box.open(sealed, out)
    assert out.getvalue() == data
    assert workspace.box.read(sealed, size) == data
    assert workspace.box.verify(sealed) == ""
    if size:
        with pytest.raises(mistakes.TooBig):
            workspace.box.read(sealed, size - 1)


def test_the_same_contents_are_kept_once_and_another_workspace_names_them_otherwise(
    place: Place, workspace: Workspace, tmp_path: Path
) -> None:
    first = workspace.box.seal_bytes(CONTENT)
    before = sealed_file(place, first).stat().st_mtime_ns
    assert workspace.box.seal_bytes(CONTENT) == first
    assert sealed_file(place, first).stat().st_mtime_ns == before
    assert len(files_in(place)) == 1
    other = Place(tmp_path / "Other.attestry", place.home)
    assert other.create().box.seal_bytes(CONTENT).name != first.name
    other.close()


def test_a_damaged_copy_is_healed_when_the_file_is_added_again(place: Place, workspace: Workspace) -> None:
    first = workspace.box.seal_bytes(CONTENT)
    path = sealed_file(place, first)
    path.write_bytes(path.read_bytes()[:-1])
    assert workspace.box.verify(first) != ""
    second = workspace.box.seal_bytes(CONTENT)
    assert (second.name, second.digest) == (first.name, first.digest)
    assert workspace.box.verify(second) == ""
    assert workspace.box.verify(first) == ""  # the older record still finds the same contents
    assert workspace.box.read(first, len(CONTENT)) == CONTENT


def test_the_public_age_tool_opens_it(
    place: Place, workspace: Workspace, tool: Callable[[str], str], tmp_path: Path
) -> None:
    age = tool("age")
    sealed = workspace.box.seal_bytes(CONTENT)
    identity = tmp_path / "identity"
    identity.write_bytes(workspace.secrets.get("vault/evidence-identity") or b"")
    done = subprocess.run([age, "-d", "-i", identity, sealed_file(place, sealed)], capture_output=True, check=True)
    assert done.stdout == CONTENT


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_flip_and_every_cut_is_found_before_a_byte_leaves(place: Place, data: st.DataObject) -> None:
    workspace = place.opened[0] if place.opened else place.create()
    sealed = workspace.box.seal_bytes(CONTENT)
    path = sealed_file(place, sealed)
    good = path.read_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    match data.draw(st.sampled_from(["flip", "cut", "append", "swap"])):
        case "flip":
            bad = good[:at] + bytes([good[at] ^ 1 << data.draw(st.integers(0, 7))]) + good[at + 1 :]
        case "cut":
            bad = good[:at]
        case "append":
            bad = good + b"x"
        case _:  # whole chunks swapped
            step, begin = 65_536 + 16, len(good) - len(CONTENT) - 4 * 16
            bad = good[:begin] + good[begin + step : begin + 2 * step] + good[begin : begin + step]
            bad += good[begin + 2 * step :]
    path.write_bytes(bad)
    out = io.BytesIO()
    with pytest.raises(mistakes.DamagedEvidence, match="is not what was sealed"):
        workspace.box.open(sealed, out)
    assert out.getvalue() == b""
    assert "is not what was sealed" in workspace.box.verify(sealed)
    path.write_bytes(good)


def test_evidence_that_is_gone_or_swapped_is_said_so(place: Place, workspace: Workspace) -> None:
    one, two = workspace.box.seal_bytes(b"one"), workspace.box.seal_bytes(b"two")
    sealed_file(place, one).write_bytes(sealed_file(place, two).read_bytes())
    assert "is not what was sealed" in workspace.box.verify(one)
    sealed_file(place, one).unlink()
    assert "missing" in workspace.box.verify(one)
    with pytest.raises(mistakes.DamagedEvidence, match="missing"):
        workspace.box.read(one, 10)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "", "A" * 64, "/etc/passwd", "a" * 63 + "/"])
def test_a_name_from_the_journal_never_leaves_the_box(workspace: Workspace, name: str) -> None:
    with pytest.raises(mistakes.DamagedEvidence):
        workspace.box.open(Sealed(name, "0" * 64, "0" * 64, 1), io.BytesIO())
    assert workspace.box.verify(Sealed(name, "0" * 64, "0" * 64, 1)) != ""


def test_a_record_that_lies_about_size_or_digest_is_found(workspace: Workspace) -> None:
    sealed = workspace.box.seal_bytes(CONTENT)
    for lie in (replace(sealed, size=1), replace(sealed, digest="0" * 64)):
        assert workspace.box.verify(lie) != ""
        with pytest.raises(mistakes.DamagedEvidence):
            workspace.box.open(replace(lie, sealed_digest="0" * 64), io.BytesIO())


# --- stopping, failing, refusing -------------------------------------------------------------------------------------


def test_stopping_leaves_nothing_behind(place: Place, workspace: Workspace) -> None:
    heard: list[int] = []
    data = os.urandom(8 * 1024 * 1024)
    with pytest.raises(mistakes.Cancelled):
        workspace.box.seal(io.BytesIO(data), cancelled=lambda: len(heard) >= 3, progress=heard.append)
    assert 3 <= len(heard) < 8
    assert files_in(place) == []
    sealed = workspace.box.seal(io.BytesIO(data), progress=heard.append)
    assert heard == sorted(heard[:3]) + heard[3:]
    assert heard[-1] == len(data)
    out = io.BytesIO()
    with pytest.raises(mistakes.Cancelled):
        workspace.box.open(sealed, out, cancelled=lambda: len(out.getvalue()) > 0)
    assert len(out.getvalue()) < len(data)
    with pytest.raises(mistakes.Cancelled):
        workspace.box.verify(sealed, cancelled=lambda: True)


def test_what_breaks_while_reading_is_passed_on_and_leaves_nothing(place: Place, workspace: Workspace) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    class Strange(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise mistakes.TooBig(2, 1)

    with pytest.raises(mistakes.NotSaved, match="Input/output error"):
        workspace.box.seal(Broken())
    with pytest.raises(mistakes.TooBig):
        workspace.box.seal(Strange())
    assert files_in(place) == []


def test_an_export_that_fails_leaves_nothing_and_a_whole_one_replaces(workspace: Workspace, tmp_path: Path) -> None:
    sealed = workspace.box.seal_bytes(CONTENT)
    target = tmp_path / "out" / "copy.pdf"
    with pytest.raises(mistakes.NotSaved, match="No such file"):
        workspace.box.export(sealed, target)
    target.parent.mkdir()
    workspace.box.export(sealed, target)
    assert target.read_bytes() == CONTENT
    with pytest.raises(mistakes.Cancelled):
        workspace.box.export(sealed, target, cancelled=lambda: True)
    with pytest.raises(mistakes.DamagedEvidence):
        workspace.box.export(replace(sealed, digest="0" * 64, sealed_digest="0" * 64), target)
    assert [path.name for path in target.parent.iterdir()] == ["copy.pdf"]
    assert target.read_bytes() == CONTENT


def test_an_out_stream_that_fails_is_not_called_damage(workspace: Workspace) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    sealed = workspace.box.seal_bytes(CONTENT)
    with pytest.raises(OSError, match="No space left"):
        workspace.box.open(sealed, Full())


def test_pipes_devices_and_folders_are_refused_at_once(tmp_path: Path, workspace: Workspace) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(mistakes.NotAFile, match="pipe is not a file"):
            open_file(tmp_path / "pipe")  # which nobody writes into: reading would never end
        with pytest.raises(mistakes.NotAFile):
            open_file(Path("/dev/zero"))
        with Path("/dev/zero").open("rb") as stream, pytest.raises(mistakes.NotAFile):
            workspace.box.seal(stream)
    with pytest.raises(mistakes.NotAFile):
        open_file(tmp_path)
    with pytest.raises(mistakes.UnreadableFile, match="No such file"):
        open_file(tmp_path / "nothing")
    with pytest.raises(mistakes.UnreadableFile):
        open_file(tmp_path / "nul\0")


def test_a_file_that_may_not_be_read_is_said_so(
    unprivileged: Callable[[], AbstractContextManager[Path]],
) -> None:
    with unprivileged() as folder:
        path = folder / "secret.pdf"
        path.write_bytes(b"x")
        path.chmod(0)
        with pytest.raises(mistakes.UnreadableFile, match="Permission denied"):
            open_file(path)


def test_a_link_to_a_file_is_followed_and_a_loop_is_not(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_bytes(b"real")
    (tmp_path / "link").symlink_to(tmp_path / "real.txt")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with open_file(tmp_path / "link") as stream:
        assert stream.read() == b"real"
    with pytest.raises(mistakes.UnreadableFile):
        open_file(tmp_path / "loop")


def test_a_file_that_grows_while_it_is_read_is_sealed_as_far_as_it_went(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"x" * 3_000_000)

    def grows(done: int) -> None:
        with path.open("ab") as more:
            more.write(b"y" * 1_000_000)

    with open_file(path) as stream:
        sealed = workspace.box.seal(stream, progress=grows)
    assert sealed.size == 3_000_000
    assert workspace.box.read(sealed, 3_000_000) == b"x" * 3_000_000


def test_a_write_that_went_wrong_on_the_disk_is_noticed_before_it_is_said_to_be_saved(
    place: Place, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def corrupts(descriptor: int) -> None:
        real(descriptor)
        if os.fstat(descriptor).st_size > 1000:
            os.pwrite(descriptor, b"\0\0\0\0", 500)

    monkeypatch.setattr(os, "fsync", corrupts)
    with pytest.raises(mistakes.NotSaved, match="other bytes than were written"):
        workspace.box.seal_bytes(CONTENT)
    monkeypatch.undo()
    assert files_in(place) == []


def test_leftovers_of_a_crash_are_swept_when_the_writer_opens(place: Place, workspace: Workspace) -> None:
    left = place.folder / "evidence" / ".0123456789abcdef.part"
    left.write_bytes(b"half")
    reader = place.open()
    assert reader.read_only
    assert left.exists()
    place.close()
    place.open()
    assert not left.exists()


@pytest.mark.slow
def test_a_large_file_is_sealed_in_little_memory_and_without_freezing_other_threads(
    place: Place, workspace: Workspace, tmp_path: Path
) -> None:
    import resource

    path = tmp_path / "large.bin"
    with path.open("wb") as stream:
        for _ in range(64):
            stream.write(os.urandom(1024) * 2048)
    worst, stop = [0.0], threading.Event()

    def watch() -> None:
        last = time.process_time()  # what sealing computes between two turns of this thread, however busy the machine
        while not stop.wait(0.002):
            now = time.process_time()
            worst[0] = max(worst[0], now - last)
            last = now

    watcher = threading.Thread(target=watch)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    watcher.start()
    with open_file(path) as stream:
        sealed = workspace.box.seal(stream)
    assert workspace.box.verify(sealed) == ""
    stop.set()
    watcher.join()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert sealed.size == 128 * 1024 * 1024
    assert grown < 40
    assert worst[0] < 0.3
