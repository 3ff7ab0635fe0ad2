"""Package URLs (purl-spec): what names a dependency across tools."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Purl:
    """A package: its type (`npm`, `maven`, …), its name as that ecosystem writes it, its version.

    `repository` is the address of the registry where that is not the type's common one.
    """

    type: str
    name: str
    version: str
    repository: str = ""


def parse(text: str) -> Purl | None:
    """The package that a purl names, or None. A Maven name is `group:artifact`, others have their namespace before."""
    if not text.lower().startswith("pkg:"):
        return None
    body, _mark, qualifiers = text[4:].lstrip("/").partition("#")[0].partition("?")
    kind, slash, rest = body.partition("/")
    if not slash or not rest:
        return None
    path, at, version = rest.rpartition("@")
    if not at or not path:  # an npm scope may be written with a plain @ and no version
        path, version = rest, ""
    steps = [unquote(step) for step in path.split("/") if step]
    if not steps or not kind:
        return None
    joined = ":".join(("/".join(steps[:-1]), steps[-1])) if kind == "maven" and len(steps) > 1 else "/".join(steps)
    said = (each.partition("=") for each in qualifiers.split("&"))
    repository = next((unquote(value) for key, _equals, value in said if key.lower() == "repository_url"), "")
    return Purl(kind.lower(), joined, unquote(version), repository)
