"""Collects the licence texts of what requirements.lock names into assets/licences/third-party, one file a distribution.

A distribution that this system does not install keeps the text that is there, or takes it from a wheel in the folder
given as argument. Refuses licences that Attestry cannot ship under: GPL and AGPL without another choice.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOCK = CHECKOUT / "requirements.lock"
FOLDER = CHECKOUT / "assets" / "licences" / "third-party"
RULE = "\n" + "-" * 100 + "\n"

#: Names of files that hold a licence or a notice.
_LICENCE_FILE = re.compile(r"(^|/)(licen[cs]e|copying|notice)[^/]*$|\.dist-info/licenses/", re.I)
#: Packaged beside the licence, but neither text nor about the licence.
_NOT_TEXT = re.compile(r"\.(pyc?|md5)$|/AUTHORS$")

#: Where the metadata say nothing: what the licence file says.
_SAID_BY_THE_TEXT = {"pyrage": "MIT", "sqlcipher3": "Zlib"}
#: Where the wheel carries no text: the files in assets/licences that hold it.
_KEPT_ELSEWHERE = {"pyside6-essentials": "qt-and-pyside6.txt", "shiboken6": "qt-and-pyside6.txt"}


class CannotShip(Exception):
    """A distribution whose licence is missing or does not go with Apache-2.0; the text names it."""


@dataclass(frozen=True)
class Licence:
    """What one distribution says about its licence, and its texts as (file name, text)."""

    name: str
    said: str
    texts: tuple[tuple[str, str], ...]

    def page(self) -> str:
        """The file in the folder."""
        parts = [f"{self.name}\nLicence: {self.said}\n"]
        parts += [f"{file}\n\n{text.strip()}\n" for file, text in self.texts]
        return RULE.join(parts)


def locked(lock: Path = LOCK) -> list[str]:
    """The names in a lock file, normalised, sorted, each once."""
    return sorted(
        {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.M)}
    )


def normal(name: str) -> str:
    """A distribution's name as PEP 503 normalises it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def said_in(metadata: Message) -> str:
    """The licence that metadata declare: SPDX expression, else classifiers, else a short `License` field."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    classifiers = [
        c.split("::")[-1].strip() for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    if classifiers:
        return " OR ".join(sorted(classifiers))
    field = str(metadata.get("License") or "").strip()
    return field if len(field) <= 120 and "\n" not in field else ""


def may_ship(said: str) -> bool:
    """Whether one of the offered licences is neither GPL nor AGPL (LGPL is fine: Qt stays replaceable)."""

    def free_of_gpl(choice: str) -> bool:
        return not re.search(r"(?<!L)GPL|(?<!Lesser )General Public|Affero", choice, re.I)

    return bool(said) and any(free_of_gpl(choice) for choice in re.split(r"\bOR\b", said))


def installed(name: str) -> Licence | None:
    """What the installed distribution carries; None if it is not installed."""
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    texts = {}
    for file in distribution.files or []:
        path = str(file).replace("\\", "/")
        if _LICENCE_FILE.search(path) and not _NOT_TEXT.search(path) and ".." not in path:
            texts[_short(path)] = Path(str(distribution.locate_file(file))).read_text(
                encoding="utf-8", errors="replace"
            )
    return _licence(name, distribution.metadata, texts)  # type: ignore[arg-type]  # PackageMetadata is a Message


def in_wheel(wheel: Path) -> Licence:
    """What a wheel carries, for systems that this is not."""
    with zipfile.ZipFile(wheel) as archive:
        paths = archive.namelist()
        about = next(path for path in paths if path.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(about).decode())
        texts = {
            _short(path): archive.read(path).decode(errors="replace")
            for path in paths
            if _LICENCE_FILE.search(path) and not _NOT_TEXT.search(path)
        }
    return _licence(normal(metadata["Name"]), metadata, texts)


def collect(folder: Path = FOLDER, wheels: Path | None = None) -> list[str]:
    """Write the folder anew and return the names written; raises CannotShip for what is missing or unfit."""
    found = {licence.name: licence for licence in map(in_wheel, sorted(wheels.glob("*.whl")) if wheels else [])}
    folder.mkdir(parents=True, exist_ok=True)
    names = locked()
    for name in names:
        file = folder / f"{name}.txt"
        licence = installed(name) or found.get(name)
        if licence is not None:
            file.write_text(licence.page(), encoding="utf-8")
        elif not file.exists():
            raise CannotShip(f"{name} is not installed here and has no text yet: give a folder with its wheel.")
    for file in folder.glob("*.txt"):
        if file.stem not in names:
            file.unlink()
    return names


def _licence(name: str, metadata: Message, texts: dict[str, str]) -> Licence:
    said = said_in(metadata) or _SAID_BY_THE_TEXT.get(name, "")
    if not may_ship(said):
        raise CannotShip(f"{name} says its licence is {said or 'unknown'}, which Attestry cannot ship.")
    if name in _KEPT_ELSEWHERE:
        texts = {"text": f"See {_KEPT_ELSEWHERE[name]} in the folder above."}
    if not texts:
        raise CannotShip(f"{name} carries no licence text.")
    return Licence(name, said, tuple(sorted(texts.items())))


def _short(path: str) -> str:
    """The path without the version in the name of its folder, so that only a changed text changes the file."""
    return re.sub(r"^[^/]+\.dist-info/(licenses/)?", "", path)


if __name__ == "__main__":
    try:
        print(len(collect(wheels=Path(sys.argv[1]) if len(sys.argv) > 1 else None)), "licences in", FOLDER)
    except CannotShip as mistake:
        sys.exit(str(mistake))
