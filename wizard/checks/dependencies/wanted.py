"""What manifests ask for, so that a lockfile which does not answer it is told: it is older, or of another project."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from wizard.checks.dependencies import python
from wizard.checks.dependencies.apple import address_of
from wizard.checks.dependencies.elixir import REQUIREMENT
from wizard.checks.dependencies.python_settings import normal
from wizard.checks.dependencies.source import table, table_of, text, toml
from wizard.checks.dependencies.yaml_text import parse


@dataclass(frozen=True, slots=True)
class Wants:
    """The name under which a manifest's own package is known to its neighbours, and the packages it needs from others.

    What stands in a folder beside, or is needed on some systems only, is not among `names`; `folders` are those, with
    the path as written, and `patched` those of them that stand in for a published package. It is `whole` where nothing
    else was left out. `ranges` are what it allows of each, where lockfiles repeat that word for word, and `exact` the
    one version that it allows. `repository` is where it says that its own code is kept.
    """

    own: str = ""
    names: frozenset[str] = frozenset()
    ranges: Mapping[str, str] = field(default_factory=dict)
    exact: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    patched: frozenset[str] = frozenset()
    repository: str = ""
    whole: bool = True


#: What npm, pnpm and Yarn take from a folder beside.
_FROM_FOLDER = ("workspace:", "file:", "link:", "portal:", ".", "/", "~/")
_FOLDER = re.compile(r"^(?:file|link|portal):(?://(?=[^/]))?")
_ALIAS = re.compile(r"npm:(@?[^@]+)(?:@(.*))?")
_EXACT = re.compile(r"(?:={1,3}\s*)?v?(\d+\.\d+\.\d+[0-9A-Za-z.+-]*)")
_NOT_EXACT = re.compile(r"\.[xX*]|-dev$|\s")
_KINDS = ("dependencies", "devDependencies", "optionalDependencies")
#: The settings by which npm, pnpm, Bun and Yarn give another version than the one that is asked for.
_OVERRIDES = ("overrides", "resolutions")
_OVERRIDDEN = re.compile(r"(?:^|[>/])((?:@[^@/>]+/)?[^@/>]+)(?:@[^/>]*)?$")


def _exactly(wanted: str) -> str:
    found = _EXACT.fullmatch(wanted.strip())
    return "" if found is None or _NOT_EXACT.search(found[1]) else found[1]


def _settings(package: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*(table(package, each) for each in _OVERRIDES), table(table(package, "pnpm"), "overrides")]


def overridden(package: Mapping[str, Any]) -> set[str]:
    """The names whose version a package.json sets, whatever is asked for."""
    return names_of_overrides(key for each in _settings(package) for key in each)


def _put_in_place(package: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each package that a package.json gives from elsewhere, whoever asks for it, with the place as it is written."""
    for each in _settings(package):
        for key, where in each.items():
            if isinstance(where, str):
                yield from ((name, where) for name in names_of_overrides([key]))


def names_of_overrides(keys: Iterable[str]) -> set[str]:
    """The package of each key: `lodash`, `a>lodash@^4`, `a/**/lodash`, `@scope/a/@scope/b`."""
    last = (_OVERRIDDEN.search(key) for key in keys)
    return {found[1] for found in last if found}


def ranges_of(package: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each name that a package.json, or what a lockfile repeats of it, asks for, with the range as it is written."""
    for kind in _KINDS:
        for name, wanted in table(package, kind).items():
            if isinstance(wanted, str):
                yield name, wanted.strip()


def by_package(data: bytes) -> Wants:
    """What a package.json asks for. Raises ValueError."""
    package = table_of(json.loads(data))
    aside = overridden(package)
    names: set[str] = set()
    ranges: dict[str, str] = {}
    exact: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name, wanted in ranges_of(package):
        if wanted.startswith(_FROM_FOLDER):
            if not wanted.startswith("workspace:"):
                folders[name] = _FOLDER.sub("", wanted)
            continue
        alias = _ALIAS.fullmatch(wanted)
        real = alias[1] if alias else name
        names.add(real)
        if {name, real} & aside or (not alias and re.search(r"[:/]", wanted)):
            continue
        ranges[name] = "" if ranges.get(name, wanted) != wanted else wanted  # two kinds may disagree
        if one := _exactly((alias[2] or "") if alias else wanted):
            exact[real] = one if exact.get(real, one) == one else ""
    patched = {name: where for name, where in _put_in_place(package) if where.startswith(_FROM_FOLDER[1:4])}
    folders |= {name: _FOLDER.sub("", where) for name, where in patched.items()}
    kept = package.get("repository")
    return Wants(
        text(package, "name"),
        frozenset(names),
        {name: wanted for name, wanted in ranges.items() if wanted},
        {name: one for name, one in exact.items() if one},
        {name: where for name, where in folders.items() if not where.endswith((".tgz", ".tar.gz", ".tar"))},
        frozenset(patched),
        kept if isinstance(kept, str) else text(kept, "url"),
    )


def by_project(data: bytes) -> Wants:
    """What a pyproject.toml asks for. Raises `Malformed`."""
    project = toml(data.decode("utf-8-sig"))
    own, names = python.needed(project)
    exact, folders = {}, {}
    for item in python.requirements(project):
        if found := re.fullmatch(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*==\s*([^\s*;,]+)\s*", item):
            exact[normal(found[1])] = found[2]
        elif found := re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*@\s*file:(?://)?([^;#]+)", item):
            folders[normal(found[1])] = found[2].strip().replace("/${PROJECT_ROOT}/", "")
    tool = table(project, "tool")
    for name, asked in (*python.asked_of_poetry(project), *table(table(tool, "uv"), "sources").items()):
        if path := text(asked, "path"):
            folders[normal(name)] = path
        elif isinstance(asked, str) and (one := _exactly(asked)):
            exact[normal(name)] = one
    urls = table(table(project, "project"), "urls")
    kept = next((url for key, url in urls.items() if key.lower() in ("repository", "source", "homepage")), "")
    repository = text(table(tool, "poetry"), "repository") or str(kept)
    return Wants(own, names, {}, exact, folders, repository=repository)


def by_crate(data: bytes) -> Wants:
    """What a Cargo.toml asks for. Raises `Malformed`."""
    content = toml(data.decode("utf-8-sig"))
    names, exact, folders = set(), {}, {}
    for kind in ("dependencies", "dev-dependencies", "build-dependencies"):
        for name, wanted in table(content, kind).items():
            real = (text(wanted, "package") or name).replace("_", "-")
            if isinstance(wanted, dict) and wanted.keys() & {"path", "workspace"}:
                if path := text(wanted, "path"):
                    folders[real] = path
                continue
            names.add(real)
            said = wanted if isinstance(wanted, str) else text(wanted, "version")
            if said.strip().startswith("=") and (one := _exactly(said)):
                exact[real] = one
    patches = [each for registry in table(content, "patch").values() for each in table_of(registry).items()]
    patched = {text(each, "package") or name: path for name, each in patches if (path := text(each, "path"))}
    package = table(content, "package")
    return Wants(
        text(package, "name").replace("_", "-"),
        frozenset(names),
        {},
        exact,
        folders | patched,
        frozenset(patched),
        text(package, "repository"),
    )


def by_composer(data: bytes) -> Wants:
    """What a composer.json asks for; names without a vendor are PHP's own parts. Raises ValueError."""
    content = table_of(json.loads(data))
    asked = [(name.lower(), said) for kind in ("require", "require-dev") for name, said in table(content, kind).items()]
    exact = {name: one for name, said in asked if isinstance(said, str) and (one := _exactly(said))}
    return Wants(
        text(content, "name").lower(),
        frozenset(name for name, _said in asked if "/" in name),
        exact={name: one for name, one in exact.items() if "/" in name},
    )


def by_pipfile(data: bytes) -> Wants:
    """What a Pipfile asks for. Raises `Malformed`."""
    content = toml(data.decode("utf-8-sig"))
    names, exact, folders = set(), {}, {}
    for kind in content.keys() - {"source", "requires", "scripts", "pipenv", "pipfile"}:
        for name, wanted in table(content, kind).items():
            if isinstance(wanted, dict) and (path := text(wanted, "path")):
                folders[normal(name)] = path
            elif not (isinstance(wanted, dict) and wanted.keys() - {"version", "extras", "index", "git", "ref"}):
                names.add(normal(name))
                said = wanted if isinstance(wanted, str) else text(wanted, "version")
                if said.startswith("==") and (one := _exactly(said)):
                    exact[normal(name)] = one
    return Wants("", frozenset(names), {}, exact, folders)


_GEM = re.compile(r"""gem[ \t(]+["']([^"']+)["'](?:[ \t]*,[ \t]*["']=?[ \t]*(\d[\w.]*)["'])?(.*)""")
_SOMETIMES = re.compile(r"\b(?:platforms?|install_if|path|if|unless)\b")
_OPENS = re.compile(r"(?:if|unless|case)\b|.*\bdo\b(?:\s*\|[^|]*\|)?$")
_GROUP = re.compile(r"(?:group|source)\b")


def by_gemfile(data: bytes) -> Wants:
    """What a Gemfile asks for at its top and in its groups; what hangs on a condition is left out."""
    names, exact = set(), {}
    blocks: list[bool] = []
    for line in data.decode("utf-8", "replace").splitlines():
        line = line.strip()
        if line == "end":
            del blocks[-1:]
        elif _OPENS.match(line):
            blocks.append(bool(_GROUP.match(line)) and not _SOMETIMES.search(line))
        elif all(blocks) and (found := _GEM.match(line)) and not _SOMETIMES.search(found[3]):
            names.add(found[1])
            if found[2] and found[2].count(".") > 1:
                exact[found[1]] = found[2]
    return Wants("", frozenset(names), exact=exact, whole=False)


def by_pubspec(data: bytes) -> Wants:
    """What a pubspec.yaml asks for, without the parts of Flutter itself. Raises `Malformed`."""
    content = parse(data.decode("utf-8-sig", "replace"))
    aside = table(content, "dependency_overrides")
    names, exact, folders = set(), {}, {}
    for kind in ("dependencies", "dev_dependencies"):
        for name, wanted in table(content, kind).items():
            if isinstance(wanted, dict) and wanted.keys() & {"path", "sdk"}:
                if path := text(wanted, "path"):
                    folders[str(name)] = str(path)
            elif name not in aside:
                names.add(str(name))
                if isinstance(wanted, str) and (one := _exactly(wanted)):
                    exact[str(name)] = one
    patched = {str(name): str(path) for name, each in aside.items() if (path := text(each, "path"))}
    return Wants(str(text(content, "name")), frozenset(names), {}, exact, folders | patched, frozenset(patched))


_MIX = re.compile(r'\{\s*:(\w+)\s*,\s*("[^"]*"|git:|github:|hex:)([^{}]*)\}')


def by_mix(data: bytes) -> Wants:
    """What a mix.exs asks for."""
    names = set()
    for line in data.decode("utf-8", "replace").splitlines():
        for found in _MIX.finditer(line.partition("#")[0]):
            if found[2].startswith('"') and not REQUIREMENT.fullmatch(found[2].strip('"')):
                continue  # some other pair
            if not re.search(r"\b(?:path|in_umbrella|targets):", found[3]):
                other = re.search(r"hex:\s*:(\w+)", found[2] + found[3])
                names.add(other[1] if other else found[1])
    return Wants("", frozenset(names), whole=False)


_CONDITIONAL = re.compile(r"<!--.*?-->|<ItemGroup\b[^>]*\bCondition\s*=.*?</ItemGroup>", re.S)
_REFERENCE = re.compile(r"""<PackageReference\b([^>]*)\bInclude\s*=\s*["']([^"'$@*]+)["']([^>]*)""")


def by_project_file(data: bytes) -> Wants:
    """What a project file of .NET asks for, whatever the condition, left out."""
    plain = _CONDITIONAL.sub("", data.decode("utf-8-sig", "replace"))
    asked = (found for found in _REFERENCE.finditer(plain) if "Condition" not in found[1] + found[3])
    names = {name.strip().lower() for found in asked for name in found[2].split(";") if name.strip()}
    return Wants("", frozenset(names), whole=False)


_SWIFT = re.compile(r'\.package\s*\([^()]*?\burl:\s*"([^"]+)"')


def by_swift(data: bytes) -> Wants:
    """What a Package.swift asks for, by the address of each."""
    plain = re.sub(r"(?<!:)//[^\n]*", "", data.decode("utf-8", "replace"))
    return Wants("", frozenset(address_of(where) for where in _SWIFT.findall(plain)), whole=False)


def unanswered(
    wants: Wants, own: Set[str], listed: Mapping[str, Set[str]], answered: Iterable[tuple[str, Mapping[str, Set[str]]]]
) -> Iterator[tuple[str, str]]:
    """What is asked for and not locked: each name, with the range for which another one is locked, and the lockfile.

    `own` are the partner's own packages, `listed` the versions of each name (`same`) that the lockfiles hold together,
    `answered` each lockfile with the ranges that it repeats of each name, none for one that is set otherwise.
    """
    for name in sorted(wants.names - own):
        if same(name) not in listed:
            yield name, ""
    told = set()
    for lock, ranges in answered:
        for name, asked in sorted(wants.ranges.items()):
            if name in ranges:
                told.add(name)
                if ranges[name] and asked not in ranges[name]:
                    yield f"{name} {asked}", lock
    for name, version in sorted(wants.exact.items()):
        held = listed.get(same(name), set())
        if name not in told and name not in own and held and not any(_equal(version, each) for each in held):
            yield f"{name} {version}", ""


def _equal(one: str, other: str) -> bool:
    """Whether two versions are the same but for a leading v, build data, ends of nought and signs around words."""
    return one == other or _short(one) == _short(other)


def _short(version: str) -> str:
    plain = re.sub(r"[-_.]*([a-z]+)[-_.]*", r"\1", version.lower().removeprefix("v").partition("+")[0])
    return re.sub(r"(?:\.0)+$", "", plain.replace("alpha", "a").replace("beta", "b"))


def same(name: str) -> str:
    """A name in the form in which a manifest and its lockfile are compared."""
    return name.replace("_", "-").lower()
