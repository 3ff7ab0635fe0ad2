"""What a bill of materials lists: CycloneDX (JSON, XML) and SPDX 2 (JSON, tag-value), by their package URLs."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from wizard.checks.dependencies.dependency import Dependency, Ecosystem, Listed, Obstacle, Reach
from wizard.checks.dependencies.origins import DEFAULT, base
from wizard.checks.dependencies.python_settings import normal
from wizard.checks.dependencies.source import (
    Source,
    known_version,
    need,
    table,
    table_of,
    tables,
    text,
    texts,
    unfinished,
)
from wizard.domain.language import _
from wizard.formats import json as strict_json
from wizard.formats import purl, xml
from wizard.formats.malformed import Malformed

#: Package URL types by ecosystem.
_TYPES = {
    "npm": Ecosystem.NPM,
    "pypi": Ecosystem.PYPI,
    "golang": Ecosystem.GO,
    "cargo": Ecosystem.CRATES,
    "gem": Ecosystem.RUBYGEMS,
    "composer": Ecosystem.PACKAGIST,
    "maven": Ecosystem.MAVEN,
    "nuget": Ecosystem.NUGET,
    "pub": Ecosystem.PUB,
    "hex": Ecosystem.HEX,
    "cran": Ecosystem.CRAN,
    "hackage": Ecosystem.HACKAGE,
    "swift": Ecosystem.SWIFT,
    "githubactions": Ecosystem.ACTIONS,
    "conan": Ecosystem.CONAN,
    "cocoapods": Ecosystem.COCOAPODS,
    "oci": Ecosystem.IMAGE,
    "docker": Ecosystem.IMAGE,
}
#: Components that are no third-party package: the parts of an image and the files of the product itself.
_NO_PACKAGE = frozenset({"file", "operating-system", "device", "firmware", "data", "cryptographic-asset"})
_NO_VERSION = frozenset({"", "NOASSERTION", "NONE", "UNKNOWN"})
_SPDX_ID = re.compile(r"^(?:Snippet)?SPDXID:[ \t]*(SPDXRef-[A-Za-z0-9.-]+)", re.M)
#: What both ends of a relationship name, where they lie in the same document.
_RELATED = re.compile(
    r"^Relationship:[ \t]*(SPDXRef-[A-Za-z0-9.-]+)[ \t]+\w+[ \t]+(SPDXRef-[A-Za-z0-9.-]+)[ \t]*$", re.M
)
_TAG = re.compile(r"^(\w+):[ \t]*(.*)$", re.M)


def read(source: Source) -> Listed:
    """A bill of materials, told by its content. Raises `Malformed`."""
    listed = _read(source)
    # whether capitals are a slip or the name of an old package, nobody knows: both names are looked up
    small = [replace(one, name=one.name.lower()) for one in listed.dependencies if one.ecosystem is Ecosystem.NPM]
    listed = replace(listed, dependencies=tuple(dict.fromkeys((*listed.dependencies, *small))))
    if not any(each.origin for each in listed.dependencies):
        return listed
    # a tool that writes where packages come from does so where that is not the common registry
    rows = tuple(
        replace(row, origin=row.origin or DEFAULT) if row.obstacle is None else row for row in listed.dependencies
    )
    return replace(listed, dependencies=rows)


def _read(source: Source) -> Listed:
    head = source.data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        return _cyclonedx_xml(source)
    if b"SPDXVersion:" in source.data[:10_000]:
        return _spdx_tags(source)
    content = table_of(strict_json.parse(source.data))
    if content.get("bomFormat") == "CycloneDX":
        return _cyclonedx(source, content)
    if text(content, "spdxVersion").startswith("SPDX-2"):
        return _spdx(source, content)
    if "spdx.org" in str(content.get("@context", "")):
        raise Malformed(_("SPDX 3 is not read here. Export the list as SPDX 2.3 or CycloneDX."))
    raise Malformed(_("This is neither CycloneDX nor SPDX 2, so nothing is known from it."))


def _cyclonedx(source: Source, content: Mapping[str, Any]) -> Listed:
    need("components" in content or "metadata" in content)
    known_version(content.get("specVersion", "1"), ("1",))
    root = text(table(table(content, "metadata"), "component"), "bom-ref")
    direct: set[str] | None = None
    for each in tables(content, "dependencies"):
        if root and text(each, "ref") == root:
            direct = set(texts(each, "dependsOn"))
    lines = source.lines(r'"purl"\s*:\s*"([^"\n]+)"')
    found = []
    waiting = deque(tables(content, "components"))
    while waiting:
        each = waiting.popleft()
        waiting.extendleft(reversed(list(tables(each, "components"))))
        if text(each, "type") in _NO_PACKAGE:
            continue
        url = text(each, "purl")
        named = "/".join(filter(None, (text(each, "group"), text(each, "name"))))
        found.append(
            _made(
                source,
                url,
                named,
                text(each, "version"),
                lines.take(url),
                direct=None if direct is None else text(each, "bom-ref") in direct,
                dev=text(each, "scope") in ("optional", "excluded"),
            )
        )
    return Listed(tuple(found))


def _cyclonedx_xml(source: Source) -> Listed:
    found = []
    root = xml.root(source.data[:65536])
    need(root and root.name == "bom" and "cyclonedx" in root.namespace.lower())
    lines = source.lines(r"<(?:\w+:)?purl>\s*([^<\s]+)")
    kinds: list[str] = []
    pending: list[dict[str, str]] = []
    for seen in xml.walk(io.BytesIO(source.data), ()):
        tag = seen.path[-1]
        if tag == "component" and "components" in seen.path:
            if seen.opened:
                kinds.append(seen.element.get("type", ""))
                pending.append({})
                continue
            kind, said = kinds.pop(), pending.pop()
            if kind not in _NO_PACKAGE:
                url = said.get("purl", "")
                named = "/".join(filter(None, (said.get("group", ""), said.get("name", ""))))
                dev = said.get("scope") in ("optional", "excluded")
                found.append(_made(source, url, named, said.get("version", ""), lines.take(url), direct=None, dev=dev))
        elif not seen.opened and pending and seen.path[-2:-1] == ("component",):
            pending[-1][tag] = (seen.element.text or "").strip()
    return Listed(tuple(found))


def _spdx(source: Source, content: Mapping[str, Any]) -> Listed:
    need("packages" in content)
    described = set(texts(content, "documentDescribes"))
    needed: dict[str, set[str]] = {}
    for each in tables(content, "relationships"):
        one, kind, other = text(each, "spdxElementId"), text(each, "relationshipType"), text(each, "relatedSpdxElement")
        if kind == "DESCRIBES":
            described.add(other)
        elif kind in ("DEPENDS_ON", "CONTAINS"):
            needed.setdefault(one, set()).add(other)
        elif kind == "DEPENDENCY_OF":
            needed.setdefault(other, set()).add(one)
    direct = set().union(*(needed.get(each, set()) for each in described))
    lines = source.lines(r'"referenceLocator"\s*:\s*"([^"\n]+)"')
    found = []
    for each in tables(content, "packages"):
        id = text(each, "SPDXID")
        if id in described and len(described) == 1 and needed.get(id):
            continue  # the product itself
        urls = [
            text(reference, "referenceLocator")
            for reference in tables(each, "externalRefs")
            if text(reference, "referenceType") == "purl"
        ]
        url = urls[0] if urls else ""
        is_direct = id in direct if direct else None
        found.append(
            _made(source, url, text(each, "name"), text(each, "versionInfo"), lines.take(url), direct=is_direct)
        )
    return Listed(tuple(found))


def _spdx_tags(source: Source) -> Listed:
    found = []
    for name, version, url, line in _tagged(source.text):
        found.append(_made(source, url, name, version, line, direct=None))
    need(found)
    if _is_cut(source.text):
        return Listed(tuple(found), Reach.CUT_SHORT, unfinished())
    return Listed(tuple(found))


def _is_cut(text: str) -> bool:
    """True for tags that end before a whole document does (SPDX 2.3, 7 and 11): inside a <text>, in a package without
    its id or the place that others name, with relationships of packages that are not there, or, of several packages,
    without a word on what the document describes.
    """
    if text.count("<text>") > text.count("</text>"):
        return True
    packages = re.split(r"^PackageName:", text, flags=re.M)[1:]
    placed = ["\nPackageDownloadLocation:" in each for each in packages]
    held = set(_SPDX_ID.findall(text))
    if (any(placed) and not placed[-1]) or (held and not _SPDX_ID.search(packages[-1])):
        return True
    related = {id for one, other in _RELATED.findall(text) for id in (one, other)} - {"SPDXRef-DOCUMENT"}
    if held and not related <= held:
        return True
    return len(packages) > 1 and bool(held) and not re.search(r"^Relationship:.*\bDESCRIBE[SD]", text, re.M)


def _tagged(text: str) -> Iterator[tuple[str, str, str, int]]:
    name = version = url = ""
    line = 0
    at, number = 0, 1
    for tag in _TAG.finditer(text):
        number += text.count("\n", at, tag.start())
        at = tag.start()
        if tag[1] == "PackageName":
            if name:
                yield name, version, url, line
            name, version, url, line = tag[2].strip(), "", "", number
        elif tag[1] == "PackageVersion":
            version = tag[2].strip()
        elif tag[1] == "ExternalRef" and " purl " in tag[2]:
            url = tag[2].split(" purl ", 1)[1].strip()
    if name:
        yield name, version, url, line


def _made(
    source: Source, url: str, named: str, version: str, line: int, *, direct: bool | None, dev: bool = False
) -> Dependency:
    package = purl.parse(url) if url else None
    ecosystem = _TYPES.get(package.type, Ecosystem.OTHER) if package else Ecosystem.OTHER
    name = package.name if package else named
    need(name)
    version = (package.version if package else "") or version
    if version.upper() in _NO_VERSION:
        version = ""
    match ecosystem:
        case Ecosystem.PYPI:
            name = normal(name)
        case Ecosystem.NPM if named.lower() == name.lower():
            name = named  # a purl is to have small letters, and old packages have capitals
        case Ecosystem.GO:
            version = version.removeprefix("v").removeprefix("go").removesuffix("+incompatible")
        case Ecosystem.PACKAGIST | Ecosystem.ACTIONS:
            name = name.lower()
    known = ecosystem is not Ecosystem.OTHER
    obstacle = None if known and version else Obstacle.NO_VERSION if known else Obstacle.NO_DATA
    where = package.repository if package else ""
    origin = base(where if "://" in where else f"https://{where}") if where and obstacle is None else ""
    return Dependency(ecosystem, name, version, source.file, line, direct, dev, "", obstacle, origin)
