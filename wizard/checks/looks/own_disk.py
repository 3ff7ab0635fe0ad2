"""Asks this computer whether its disks are encrypted: LUKS, FileVault or BitLocker. Only reads, and needs no rights."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

#: A system that does not answer in this time will not.
_PATIENCE = 20.0
_FILEVAULT = "/usr/bin/fdesetup"
#: Without administrator's rights: the property that Explorer shows as a lock on the drive.
_BITLOCKER = (
    "$shell = New-Object -ComObject Shell.Application; Get-PSDrive -PSProvider FileSystem | "
    "Where-Object { $_.Root -match '^[A-Z]:' -and -not $_.DisplayRoot } | ForEach-Object { $_.Root + ' ' + "
    "$shell.NameSpace($_.Root).Self.ExtendedProperty('System.Volume.BitLockerProtection') }"
)
#: Deeper stacks of devices are a circle.
_MOST_LAYERS = 12


class DiskState(StrEnum):
    """What stands on a disk when the computer is off."""

    ENCRYPTED = "encrypted"
    CLEAR = "clear"
    CHANGING = "changing"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Volume:
    """One place where files lie ("/", "C:", "swap"), the device below it, and its state."""

    place: str
    device: str
    state: DiskState


@dataclass(frozen=True)
class OwnDisk(Fact):
    """The volumes of this computer that hold the system, the person's files and what memory writes out."""

    NAME = "own-disk"
    system: str
    volumes: tuple[Volume, ...]

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Nothing on any host: a person asks this computer."""
        return False

    @classmethod
    async def look(cls, ground: Ground) -> OwnDisk:
        """Never looked at on a host."""
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))


async def look_here() -> OwnDisk:
    """Ask this computer. Raises `CouldNotLook` on a system that is not known, or that does not answer."""
    match sys.platform:
        case "linux":
            return OwnDisk("Linux", await asyncio.to_thread(of_linux, Path("/"), Path.home()))
        case "darwin":
            return OwnDisk("macOS", of_filevault(await _ask(_FILEVAULT, "status")))
        case "win32":
            shell = Path(os.environ.get("SYSTEMROOT", r"C:\Windows"), r"System32\WindowsPowerShell\v1.0\powershell.exe")
            said = await _ask(str(shell), "-NoProfile", "-NonInteractive", "-Command", _BITLOCKER)
            return OwnDisk("Windows", of_bitlocker(said))
        case other:
            raise CouldNotLook(Trouble(TroubleKind.LOCAL, other))


async def _ask(program: str, *arguments: str) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise CouldNotLook(Trouble(TroubleKind.LOCAL, error.strerror or "")) from error
    try:
        async with asyncio.timeout(_PATIENCE):
            said, _nothing = await process.communicate()
    except TimeoutError as error:
        raise CouldNotLook(Trouble(TroubleKind.TIMEOUT, seconds=_PATIENCE)) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said[:65536].decode("utf-8", "replace")


def of_filevault(said: str) -> tuple[Volume, ...]:
    """What `fdesetup status` says. Never raises."""
    if re.search(r"(en|de)cryption in progress", said, re.I):
        state = DiskState.CHANGING
    elif re.search(r"^FileVault is On\b", said, re.I | re.M):
        state = DiskState.ENCRYPTED
    elif re.search(r"^FileVault is Off\b", said, re.I | re.M):
        state = DiskState.CLEAR
    else:
        state = DiskState.UNKNOWN
    return (Volume("/", "FileVault", state),)


def of_bitlocker(said: str) -> tuple[Volume, ...]:
    """Drives with the number that Windows gives their protection, one a line ("C:\\ 1"). Never raises."""
    states = {
        "1": DiskState.ENCRYPTED,
        "2": DiskState.CLEAR,
        "3": DiskState.CHANGING,
        "4": DiskState.CHANGING,
        "5": DiskState.SUSPENDED,
        "6": DiskState.ENCRYPTED,  # on, and locked
        "8": DiskState.CLEAR,  # encrypted with a key that lies beside it until somebody signs in
    }
    lines = re.findall(r"^([A-Z]:)\\?[ \t]*([0-9]*)[ \t]*\r?$", said, re.M)
    return tuple(Volume(place, "BitLocker", states.get(number, DiskState.UNKNOWN)) for place, number in lines[:26])


def of_linux(root: Path, home: Path) -> tuple[Volume, ...]:
    """The places of the system, the person's files and swap, each followed down through the device mapper.

    `root` is where /proc and /sys lie. Raises `CouldNotLook` where the kernel does not show its mounts.
    """
    try:
        mounts = _mounts((root / "proc/self/mountinfo").read_text("utf-8", "replace"))
    except OSError as error:
        raise CouldNotLook(Trouble(TroubleKind.LOCAL, error.strerror or "")) from error
    wanted = dict.fromkeys(_mount_of(place, mounts) for place in (Path("/"), home))
    found = [_volume(root, mount) for mount in wanted if mount is not None]
    try:
        swaps = (root / "proc/swaps").read_text("utf-8", "replace").splitlines()[1:]
    except OSError:
        swaps = []
    for line in swaps:
        device = _unescaped(line.split()[0]) if line.split() else ""
        if device and "/zram" not in device:
            mount = _mount_of(Path(device), mounts)
            on_disk = device.startswith("/dev/") or mount is None
            found.append(
                Volume("swap", device, _state(root, _block(root, device)))
                if on_disk
                else Volume("swap", device, _volume(root, mount).state)  # type: ignore[arg-type]
            )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Mount:
    place: str
    number: str
    kind: str
    source: str


def _mounts(text: str) -> tuple[_Mount, ...]:
    """The lines of /proc/self/mountinfo (proc_pid_mountinfo(5)); what is none is passed over."""
    found = []
    for line in text.splitlines():
        left, dash, right = line.partition(" - ")
        fields, rest = left.split(), right.split()
        if dash and len(fields) >= 6 and len(rest) >= 2:
            found.append(_Mount(_unescaped(fields[4]), fields[2], rest[0], _unescaped(rest[1])))
    return tuple(found)


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8) & 0xFF), text)


def _mount_of(place: Path, mounts: tuple[_Mount, ...]) -> _Mount | None:
    """The mount on which a place lies: the longest that contains it, of several the last."""
    inside = [m for m in mounts if place.is_relative_to(m.place)]
    return max(reversed(inside), key=lambda m: len(m.place)) if inside else None


def _volume(root: Path, mount: _Mount) -> Volume:
    if mount.kind == "ecryptfs":
        return Volume(mount.place, mount.source, DiskState.ENCRYPTED)
    place = root / "sys/dev/block" / mount.number
    block = place.resolve() if place.exists() else _block(root, mount.source)
    return Volume(mount.place, mount.source, _state(root, block))


def _block(root: Path, device: str) -> Path | None:
    """Where the kernel describes a device, by its name; mapped ones by the name that they were given."""
    name = device.rpartition("/")[2]
    places = root / "sys/class/block"
    if not device.startswith("/dev/") or not places.is_dir():
        return None
    if (places / name).exists():
        return (places / name).resolve()
    for place in places.glob("dm-*"):
        if _read(place / "dm/name") == name:
            return place.resolve()
    return None


def _state(root: Path, block: Path | None, layers: int = 0) -> DiskState:
    """Encrypted when the device, or everything below it, is; clear when one part below is not."""
    if block is None or layers > _MOST_LAYERS or block.name.startswith(("loop", "ram")):
        return DiskState.UNKNOWN
    if _read(block / "dm/uuid").startswith("CRYPT-"):
        return DiskState.ENCRYPTED
    below = sorted((block / "slaves").glob("*")) if (block / "slaves").is_dir() else []
    states = {_state(root, place.resolve(), layers + 1) for place in below}
    if not states:
        return DiskState.CLEAR
    return next(s for s in (DiskState.CLEAR, DiskState.UNKNOWN, DiskState.ENCRYPTED) if s in states)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
