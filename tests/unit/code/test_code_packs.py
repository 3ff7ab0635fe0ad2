"""Files that stand whole in packs are read without git, and nothing is lost by it."""

from __future__ import annotations

import random
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wizard.checks.code import packs
from wizard.checks.code.coverage import GapKind
from wizard.checks.code.scan import SecretScan

Scan = Callable[..., SecretScan]


def _written(made: random.Random, secret: str = "") -> str:
    """Text of about 9 KB that has little in common with any other."""
    lines = [f"row {made.randbytes(24).hex()[:44]}" for _line in range(160)]
    lines[80] = f"github = '{secret}'" if secret else lines[80]
    return "\n".join(lines)


@pytest.fixture
def packed(repository: Any, token: Callable[[], str]) -> tuple[Path, list[str]]:
    """A repository with a large pack of whole files and some differences, loose objects beside it; its secrets."""
    made, secrets = random.Random(5), [token() for _each in range(5)]
    for number in range(320):
        repository.write(f"f{number % 40}.txt", _written(made, secrets[0] if number == 7 else ""))
        if number % 40 == 39:
            repository.commit()
    text = _written(made, secrets[1])
    repository.write("f0.txt", text)
    repository.commit()
    repository.write("f0.txt", text + f"\nand github = '{secrets[2]}' besides\n")
    repository.commit()
    repository.git("repack", "-adfq")
    repository.write("large.bin", made.randbytes(1 << 21) + f"\ngithub = '{secrets[3]}'\n".encode())
    repository.write("f0.txt", f"github = '{secrets[4]}'")
    repository.commit()
    return repository.root, secrets


@pytest.mark.slow
def test_what_is_read_without_git_is_what_git_reads(
    packed: tuple[Path, list[str]], scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, secrets = packed
    (index,) = packs.worth_reading(root)
    blobs = list(packs.whole_blobs(index, 1 << 20))
    assert len(blobs) > 300
    for each in blobs[::60]:
        shown = subprocess.run(["git", "-C", str(root), "cat-file", "blob", each.id], capture_output=True, check=True)
        assert each.content() == shown.stdout
    here = scan(root)
    assert len({leak.fingerprint for leak in here.leaks}) == len(secrets)
    monkeypatch.setattr(packs, "worth_reading", lambda _repository: [])
    by_git = scan(root)
    assert here.leaks == by_git.leaks
    assert here.coverage == by_git.coverage
    assert here.coverage.complete


@pytest.mark.slow
def test_a_damaged_file_in_a_pack_is_said_and_the_others_are_found(packed: tuple[Path, list[str]], scan: Scan) -> None:
    root, secrets = packed
    (index,) = packs.worth_reading(root)
    pack = index.with_suffix(".pack")
    data = bytearray(pack.read_bytes())
    victim = list(packs.whole_blobs(index, 1 << 20))[150]
    data[data.index(victim.data) + len(victim.data) // 2] ^= 0xFF
    pack.chmod(0o644)
    pack.write_bytes(data)
    found = scan(root)
    assert GapKind.DAMAGED in {gap.kind for gap in found.coverage.gaps}
    assert len({leak.fingerprint for leak in found.leaks}) == len(secrets)


def test_a_pack_of_differences_is_left_to_git(repository: Any) -> None:
    repository.write("a.txt", "some text\n" * 100)
    repository.commit()
    repository.git("repack", "-adfq")
    assert packs.worth_reading(repository.root) == []
    assert packs.worth_reading(repository.root / "nothing") == []


_HEAD = b"\xfftOc\x00\x00\x00\x02"


def _index(offsets: list[int], far: list[int]) -> bytes:
    count = len(offsets)
    table = struct.pack(">256I", *[count] * 256)
    ids = b"".join(number.to_bytes(20) for number in range(count))
    beyond = b"".join(struct.pack(">Q", each) for each in far)
    return _HEAD + table + ids + bytes(4 * count) + struct.pack(f">{count}I", *offsets) + beyond + bytes(40)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offsets=st.lists(st.integers(0, 5000) | st.integers(0, 2**32 - 1), max_size=8),
    far=st.lists(st.integers(0, 2**64 - 1), max_size=3),
    body=st.binary(max_size=200),
    cut=st.integers(0, 60),
)
@example(offsets=[12, 1 << 31], far=[2**64 - 1], body=b"", cut=0)
@example(offsets=[12, 1 << 31, (1 << 31) + 1], far=[2**63, 2**63 + 600], body=b"", cut=0)
def test_whatever_an_index_says_nothing_but_what_is_there_is_read(
    tmp_path: Path, offsets: list[int], far: list[int], body: bytes, cut: int
) -> None:
    index = tmp_path / "pack-1.idx"
    listed = _index(offsets, far)
    index.write_bytes(listed[: len(listed) - cut])
    whole = b"PACK\x00\x00\x00\x02" + struct.pack(">I", len(offsets)) + b"\xbf\xff\x03" + body + b"\x3f" * 4000
    index.with_suffix(".pack").write_bytes(whole)
    for each in packs.whole_blobs(index, 1 << 20):
        assert each.data in whole
        assert each.size <= 1 << 20
        assert (each.content() or b"") == b""


def test_a_size_that_is_not_the_true_one_is_damage() -> None:
    import zlib

    data = zlib.compress(b"words " * 200)
    assert packs.Packed("0" * 40, 1200, data, 0).content() == b"words " * 200
    for size in (0, 1199, 1201):
        assert packs.Packed("0" * 40, size, data, 0).content() is None
