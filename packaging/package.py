"""Builds the frozen program in dist/attestry and, on Linux, the archive beside it that people unpack."""

from __future__ import annotations

import argparse
import ast
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LINUX = CHECKOUT / "packaging" / "linux"


def freeze(dist: Path, work: Path) -> Path:
    """The folder of the frozen program, made anew below `dist`."""
    build = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    places = ["--distpath", str(dist), "--workpath", str(work)]
    specification = str(CHECKOUT / "packaging" / "attestry.spec")
    subprocess.run([*build, *places, specification], check=True, env={**os.environ, "PYTHONHASHSEED": "1"})
    folder = dist / "attestry"
    if sys.platform.startswith("linux"):
        shutil.copytree(LINUX, folder / "desktop")
        notices = folder / "_internal" / "assets" / "licences" / "system"
        notices.mkdir()
        for package in sorted({_package_of(library) for library in _of_the_system(work)}):
            shutil.copyfile(f"/usr/share/doc/{package}/copyright", notices / f"{package}.txt")
    return folder


def _of_the_system(work: Path) -> list[Path]:
    """The libraries of this system that PyInstaller collected, from its own table of contents."""
    table = ast.literal_eval((work / "attestry" / "COLLECT-00.toc").read_text(encoding="utf-8"))
    entries = next(part for part in table if isinstance(part, list))
    return [Path(source) for _, source, _ in entries if source.startswith(("/lib/", "/lib64/", "/usr/lib/"))]


def _package_of(library: Path) -> str:
    """The Debian package that a library came from; exits with a sentence if it came from none."""
    usr = library.resolve()
    places = {str(usr), str(usr).removeprefix("/usr")}  # where /lib is a link to /usr/lib, dpkg knows one of the two
    found = subprocess.run(["dpkg-query", "--search", *places], capture_output=True, text=True, check=False).stdout
    if not found:
        raise SystemExit(f"{library} belongs to no Debian package, so its copyright notice is unknown: it cannot ship.")
    return found.split(": ", 1)[0].partition(":")[0]


def prove(folder: Path, work: Path) -> None:
    """Let the frozen program do the whole job once; raises CalledProcessError if it cannot."""
    program = folder / ("attestry.exe" if sys.platform == "win32" else "attestry")
    subprocess.run([program, "--home", str(work / "home"), "demo", "--out", str(work / "demo")], check=True)


def archive(folder: Path, version: str) -> Path:
    """The folder as one archive, its members in order and without the builder's name."""

    def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = 0
        return member

    target = folder.parent / f"attestry-{version}-linux-{platform.machine()}.tar.xz"
    with tarfile.open(target, "w:xz", preset=6) as archive:
        for path in sorted(folder.rglob("*")):
            name = Path(f"attestry-{version}") / path.relative_to(folder)
            archive.add(path, arcname=str(name), recursive=False, filter=anonymous)
    return target


def main() -> int:
    """Freeze, prove, archive."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dist", type=Path, default=CHECKOUT / "dist")
    options.add_argument("--work", type=Path, default=CHECKOUT / "build")
    options.add_argument("--no-archive", action="store_true", help="only the folder")
    asked = options.parse_args()
    folder = freeze(asked.dist, asked.work)
    prove(folder, asked.work)
    print(f"The program: {folder / 'attestry'}")
    if sys.platform.startswith("linux") and not asked.no_archive:
        sys.path.insert(0, str(CHECKOUT))
        from wizard import __version__

        print(f"The archive: {archive(folder, __version__)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
