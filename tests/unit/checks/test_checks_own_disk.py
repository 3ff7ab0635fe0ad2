"""This computer's disk: stacks of devices as the kernel shows them, and what macOS and Windows say."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checks.base import CouldNotLook, Facts
from wizard.checks.disk_encryption import CHECK, look_at_this_computer
from wizard.checks.judging import judge
from wizard.checks.looks.own_disk import OwnDisk, _mounts, of_bitlocker, of_filevault, of_linux
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
AT = datetime(2026, 11, 1, tzinfo=UTC)
HOME = Path("/people/ada")


def _verdict(system: str, *volumes: object) -> Verdict:
    found = OwnDisk(system, volumes)  # type: ignore[arg-type]
    return judge(CHECK, Host("computer"), Facts({OwnDisk: found}), AT).verdict


class Machine:
    """A made-up /proc and /sys."""

    def __init__(self, root: Path) -> None:
        self.root, self._mounts = root, [""]
        for place in ("proc/self", "sys/dev/block", "sys/class/block"):
            (root / place).mkdir(parents=True)

    def block(self, name: str, number: str, *below: str, uuid: str = "", mapped: str = "") -> None:
        place = self.root / "sys/devices" / name
        (place / "slaves").mkdir(parents=True)
        for each in below:
            (place / "slaves" / each).symlink_to(self.root / "sys/devices" / each)
        if uuid or mapped:
            (place / "dm").mkdir()
            (place / "dm/uuid").write_text(uuid + "\n")
            (place / "dm/name").write_text(mapped + "\n")
        (self.root / "sys/dev/block" / number).symlink_to(place)
        (self.root / "sys/class/block" / name).symlink_to(place)

    def mount(self, place: str, number: str, source: str, kind: str = "ext4") -> None:
        self._mounts.append(f"36 35 {number} / {place} rw,noatime shared:1 - {kind} {source} rw")
        (self.root / "proc/self/mountinfo").write_text("\n".join(self._mounts))

    def swap(self, *devices: str) -> None:
        lines = ["Filename Type Size Used Priority", *(f"{d} partition 8 0 -2" for d in devices)]
        (self.root / "proc/swaps").write_text("\n".join(lines) + "\n")

    def verdict(self) -> Verdict:
        return _verdict("Linux", *of_linux(self.root, HOME))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.block("sda2", "8:2")
    made.block("sda3", "8:3")
    made.block("dm-0", "253:0", "sda2", uuid="CRYPT-LUKS2-0f-luks", mapped="luks")
    made.block("dm-1", "253:1", "dm-0", uuid="LVM-abc", mapped="vg-root")
    made.block("dm-2", "253:2", "sda3", uuid="LVM-def", mapped="vg-clear")
    made.block("md0", "9:0", "dm-0", "sda3")
    made.block("loop3", "7:3")
    return made


def test_luks_below_logical_volumes(machine: Machine) -> None:
    machine.mount("/", "253:1", "/dev/mapper/vg-root")
    assert machine.verdict() is P


def test_a_clear_disk(machine: Machine) -> None:
    machine.mount("/", "8:2", "/dev/sda2")
    assert machine.verdict() is F


def test_a_home_of_its_own_counts(machine: Machine) -> None:
    machine.mount("/", "253:1", "/dev/mapper/vg-root")
    machine.mount("/people", "253:2", "/dev/mapper/vg-clear")
    assert machine.verdict() is F
    machine.mount("/people/ada", "0:50", "/people/.ecryptfs/ada", "ecryptfs")
    assert machine.verdict() is P


def test_one_clear_part_of_an_array(machine: Machine) -> None:
    machine.mount("/", "9:0", "/dev/md0")
    assert machine.verdict() is F


def test_a_file_system_that_hides_its_device_is_found_by_name(machine: Machine) -> None:
    machine.mount("/", "0:29", "/dev/mapper/luks", "btrfs")
    assert machine.verdict() is P
    machine.mount("/", "0:29", "/dev/sda3", "btrfs")
    assert machine.verdict() is F


@pytest.mark.parametrize(
    ("source", "kind", "number"),
    [
        ("overlay", "overlay", "0:50"),
        ("tank/root", "zfs", "0:51"),
        ("/dev/loop3", "ext4", "7:3"),
        ("tmpfs", "tmpfs", "0:1"),
    ],
)
def test_what_nobody_can_see_below_is_unknown(machine: Machine, source: str, kind: str, number: str) -> None:
    machine.mount("/", number, source, kind)
    assert machine.verdict() is U


def test_swap_counts_unless_it_stays_in_memory(machine: Machine) -> None:
    machine.mount("/", "253:1", "/dev/mapper/vg-root")
    machine.swap("/dev/zram0", "/swapfile")
    assert machine.verdict() is P
    machine.swap("/dev/dm-1")
    assert machine.verdict() is P
    machine.swap("/dev/sda3")
    assert machine.verdict() is F
    machine.swap("/dev/gone")
    assert machine.verdict() is U


def test_a_circle_of_devices_ends(machine: Machine) -> None:
    machine.block("dm-8", "253:8", "dm-9", uuid="LVM-x", mapped="a")
    machine.block("dm-9", "253:9", "dm-8", uuid="LVM-y", mapped="b")
    machine.mount("/", "253:8", "/dev/mapper/a")
    assert machine.verdict() is U


def test_without_mounts_nobody_could_look(tmp_path: Path) -> None:
    with pytest.raises(CouldNotLook):
        of_linux(tmp_path, HOME)


FILEVAULT = {
    "FileVault is On.\n": P,
    "FileVault is Off.\n": F,
    "FileVault is On.\nEncryption in progress: Percent completed = 15\n": W,
    "FileVault is Off.\nDecryption in progress: Percent completed = 40\n": W,
    "FileVault is Off, but will be enabled after the next restart.\n": F,
    "Error: FileVault is On for another disk": U,
    "": U,
}


@pytest.mark.parametrize("said", FILEVAULT)
def test_filevault(said: str) -> None:
    assert _verdict("macOS", *of_filevault(said)) is FILEVAULT[said]


BITLOCKER = {
    "C:\\ 1\r\n": P,
    "C:\\ 1\r\nD:\\ 2\r\n": F,
    "C:\\ 2\r\n": F,
    "C:\\ 3\r\n": W,
    "C:\\ 5\r\n": F,
    "C:\\ 8\r\n": F,
    "C:\\ 1\r\nD:\\ 6\r\n": P,
    "C:\\ \r\n": U,
    "C:\\ 0\r\n": U,
    "C:\\ 99\r\n": U,
    "": U,
    "Zugriff verweigert": U,
}


@pytest.mark.parametrize("said", BITLOCKER)
def test_bitlocker(said: str) -> None:
    assert _verdict("Windows", *of_bitlocker(said)) is BITLOCKER[said]


@given(st.text(max_size=200))
def test_any_output_is_read(said: str) -> None:
    of_filevault(said)
    of_bitlocker(said)
    _mounts(said)


def test_this_computer_answers() -> None:
    result = asyncio.run(look_at_this_computer(AT))
    assert (result.check, result.subject) == ("disk-encryption", "")
    assert result.summary
    assert result.verdict in set(Verdict)
