"""Says which system libraries Qt misses on this Linux, with the one command that installs them.

Exit code 0 when nothing is missing (and on every other system), 1 with the sentence on stderr otherwise.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = Path(__file__).with_name("debian-packages.txt")
#: What the window needs to open; the platform plugins name nearly all of it.
PROBED = ("lib/libQt6Widgets.so.6", "plugins/platforms/libqxcb.so", "plugins/platforms/libqwayland.so")


def packages(everything: bool = False) -> list[str]:
    """The packages in the one list: those that the program needs, or with `everything` those of the tests too."""
    text = PACKAGES.read_text(encoding="utf-8")
    if not everything:
        text = text.partition("# Only for the tests")[0]
    return [name for line in text.splitlines() if (name := line.partition("#")[0].strip())]


def package_of(tool: str) -> str:
    """The package that brings a program of the tests, or an empty text."""
    for line in PACKAGES.read_text(encoding="utf-8").splitlines():
        name, _, comment = line.partition("#")
        if name.strip() and tool in comment.split():
            return name.strip()
    return ""


def missing(libraries: list[Path]) -> list[str]:
    """The shared objects that the loader does not find for `libraries`, sorted, each once."""
    found = set()
    for library in libraries:
        answer = subprocess.run(["ldd", str(library)], capture_output=True, text=True, check=False)
        found |= {line.split()[0] for line in answer.stdout.splitlines() if "=> not found" in line}
    return sorted(found)


def main() -> int:
    """Look, say, and return the exit code."""
    if not sys.platform.startswith("linux") or not shutil.which("ldd"):
        return 0
    qt = importlib.util.find_spec("PySide6")
    if qt is None or qt.origin is None:
        print("Qt is not installed in this environment: run `make run` again.", file=sys.stderr)
        return 1
    root = Path(qt.origin).parent / "Qt"
    absent = missing([root / name for name in PROBED if (root / name).exists()])
    if not absent:
        return 0
    print(f"Qt cannot open a window here: this system lacks {', '.join(absent)}.", file=sys.stderr)
    print("On Debian and Ubuntu this installs what is missing:\n", file=sys.stderr)
    print(f"    sudo apt-get install --yes {' '.join(packages())}\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
