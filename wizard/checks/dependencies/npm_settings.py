"""What the settings beside a lockfile of npm, Yarn, pnpm or Bun say: which scopes have a registry of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.checks.dependencies import yaml_text
from wizard.checks.dependencies.origins import DEFAULT, base
from wizard.checks.dependencies.source import Source, table, text
from wizard.formats.malformed import Malformed

#: `.npmrc` is INI, `.yarnrc` of Yarn 1 has a blank instead of the equals sign and words in quotation marks.
_SETTING = re.compile(r'^[ \t]*"?(?:(@[^:"\s]+):)?registry"?[ \t]*[=\t ][ \t]*"?([^"\s]+)', re.M)


@dataclass(frozen=True, slots=True)
class Registries:
    """The origin of each scope (`@acme`) that has a registry of its own, and of the common one ("": not named)."""

    scopes: Mapping[str, str]
    common: str = ""

    def of(self, name: str) -> str:
        """Where the settings take a package from; "" for the common registry."""
        return self.scopes.get(name.partition("/")[0], "") if name.startswith("@") else ""

    def origin(self, written: str, name: str) -> str:
        """The origin of a package where the lockfile writes an address only if the tool would not find it by itself."""
        if written and written != self.common:
            return written
        return self.of(name) or DEFAULT


def registries(source: Source) -> Registries:
    """What the files say that the tools read: beside the lockfile and in the folders above, the nearest first."""
    scopes: dict[str, str] = {}
    common = ""
    for scope, address in _said(source):
        where = base(address)
        if scope:
            scopes.setdefault(scope, where or address[:200])
        else:
            common = common or where
    return Registries({scope: where for scope, where in scopes.items() if where != common}, common)


def _said(source: Source) -> Iterator[tuple[str, str]]:
    """Scope ("" for the common registry) and address of each setting."""
    for name in (".npmrc", ".yarnrc"):
        for settings in source.above(name):
            yield from _SETTING.findall(settings.decode("utf-8", "replace"))
    for settings in source.above(".yarnrc.yml"):
        try:
            content = yaml_text.parse(settings.decode("utf-8", "replace"))
        except Malformed:
            continue  # Yarn itself refuses it
        yield from _pairs(table(content, "npmScopes"), "npmRegistryServer")
        yield from _pairs({"": content}, "npmRegistryServer")
    for settings in source.above("bunfig.toml"):
        try:
            install = table(Source("", settings).toml(), "install")
        except Malformed:
            continue  # Bun itself refuses it
        yield from _pairs(table(install, "scopes"), "url")
        yield from _pairs({"": install.get("registry")}, "url")


def _pairs(owners: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    for name, owner in owners.items():
        if address := owner if isinstance(owner, str) else text(owner, key):
            yield f"@{name.removeprefix('@')}" if name else "", address
