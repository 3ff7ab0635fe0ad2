"""What a pyproject.toml or Pipfile.lock says about the indexes that Python packages come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from wizard.checks.dependencies.origins import DEFAULT, base
from wizard.checks.dependencies.source import Source, table, tables, text, texts

_SEPARATORS = re.compile(r"[-_.]+")


def normal(name: str) -> str:
    """A name as the Python Package Index compares it (PEP 503)."""
    return _SEPARATORS.sub("-", name).lower()


def project_of(source: Source) -> Mapping[str, Any]:
    """The pyproject.toml beside a lockfile, empty when there is none. Raises `Malformed`."""
    beside = source.other("pyproject.toml")
    return beside.toml() if beside else {}


def named_for_uv(source: Source) -> frozenset[str]:
    """The packages to which `tool.uv.sources` gives an index that is not the common one."""
    uv = table(table(project_of(source), "tool"), "uv")
    common = {text(each, "name") for each in tables(uv, "index") if each.get("default") is True}
    found = set()
    for name, said in table(uv, "sources").items():
        indexes = {text(each, "index") for each in (said if isinstance(said, list) else [said])} - {""}
        if indexes - common:
            found.add(normal(name))
    return frozenset(found)


def named_for_poetry(source: Source) -> frozenset[str]:
    """The packages that a project of Poetry takes from a source which is asked for nothing else."""
    poetry = table(table(project_of(source), "tool"), "poetry")
    explicit = {text(each, "name") for each in tables(poetry, "source") if text(each, "priority") == "explicit"}
    asked = [table(poetry, "dependencies"), table(poetry, "dev-dependencies")]
    asked += [table(group, "dependencies") for group in table(poetry, "group").values()]
    return frozenset(normal(name) for each in asked for name, spec in each.items() if text(spec, "source") in explicit)


def of_pdm(source: Source) -> tuple[Callable[[str], str], str]:
    """Where PDM takes a package from, by name, and a further index of which nothing says what comes from it ("" without
    one)."""
    pdm = table(table(project_of(source), "tool"), "pdm")
    further = [each for each in tables(pdm, "source") if text(each, "name") != "pypi"]
    patterns = [(base(text(each, "url")), texts(each, "include_packages")) for each in further]
    open_ended = next((where for where, included in patterns if not included), "")

    def origin(name: str) -> str:
        return next((where for where, included in patterns if _matches(name, included)), DEFAULT)

    return origin, open_ended


def of_pipfile(lock: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], str]:
    """Where Pipenv took a locked package from: the first source, unless its entry names another."""
    listed = list(tables(table(lock, "_meta"), "sources"))
    urls = {text(each, "name"): base(text(each, "url")) for each in listed}
    first = text(listed[0], "name") if listed else ""

    def origin(entry: Mapping[str, Any]) -> str:
        index = text(entry, "index")
        return DEFAULT if index in ("", first) else urls.get(index) or index

    return origin


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(normal(name), normal(each)) for each in patterns)
