"""Which parser reads which file, and which manifests are nothing without their lockfile."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from wizard.checks.dependencies import (
    apple,
    bill_of_materials,
    cargo,
    dart,
    deno,
    dotnet,
    elixir,
    go,
    java,
    npm,
    other_lists,
    php,
    pipelines,
    pnpm,
    python,
    requirements_txt,
    ruby,
    wanted,
    yarn,
)
from wizard.checks.dependencies.dependency import Listed
from wizard.checks.dependencies.source import Source, table, toml
from wizard.checks.dependencies.wanted import Wants
from wizard.formats.malformed import Malformed

Read = Callable[[Source], Listed]


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of file: its name for people, the pattern of its whole path (in lower case), its parser."""

    format: str
    pattern: re.Pattern[str]
    read: Read


def _family(format: str, pattern: str, read: Read) -> Family:
    return Family(format, re.compile(rf"(?:.*/)?(?:{pattern})"), read)


#: The first that fits is taken.
FAMILIES: tuple[Family, ...] = (
    _family("package-lock.json", r"package-lock\.json|npm-shrinkwrap\.json", npm.read_lock),
    _family("yarn.lock", r"yarn\.lock", yarn.read),
    _family("pnpm-lock.yaml", r"pnpm-lock\.yaml", pnpm.read),
    _family("bun.lock", r"bun\.lock", npm.read_bun),
    _family("deno.lock", r"deno\.lock", deno.read),
    _family("poetry.lock", r"poetry\.lock", python.read_poetry),
    _family("uv.lock", r"uv\.lock", python.read_uv),
    _family("pdm.lock", r"pdm\.lock", python.read_pdm),
    _family("Pipfile.lock", r"pipfile\.lock", python.read_pipfile),
    _family("pylock.toml", r"pylock(?:\.[^/.]+)?\.toml", python.read_pylock),
    _family(
        "requirements.txt",
        r"(?:[^/]*[-_.])?requirements(?:[-_.][^/]*)?\.(?:txt|pip|lock)|requirements/[^/]+\.(?:txt|pip)",
        requirements_txt.read,
    ),
    _family("go.mod", r"go\.mod", go.read),
    _family("Cargo.lock", r"cargo\.lock", cargo.read),
    _family("Gemfile.lock", r"gemfile\.lock|gems\.locked", ruby.read),
    _family("composer.lock", r"composer\.lock", php.read),
    _family("pom.xml", r"pom\.xml", java.read_pom),
    _family(
        "gradle.lockfile", r"(?:(?:buildscript|settings)-)?gradle\.lockfile|[^/]+\.gradle\.lockfile", java.read_gradle
    ),
    _family("verification-metadata.xml", r"verification-metadata\.xml", java.read_verification),
    _family("packages.lock.json", r"packages\.lock\.json|packages\.[^/]+\.lock\.json", dotnet.read_lock),
    _family("packages.config", r"packages\.config|packages\.[^/]+\.config", dotnet.read_config),
    _family("project.assets.json", r"project\.assets\.json", dotnet.read_libraries),
    _family("deps.json", r"[^/]+\.deps\.json", dotnet.read_libraries),
    _family("pubspec.lock", r"pubspec\.lock", dart.read),
    _family("mix.lock", r"mix\.lock", elixir.read),
    _family("Package.resolved", r"package\.resolved", apple.read_swift),
    _family("Podfile.lock", r"podfile\.lock", apple.read_pods),
    _family("conan.lock", r"conan\.lock", other_lists.read_conan),
    _family("renv.lock", r"renv\.lock", other_lists.read_renv),
    _family("stack.yaml.lock", r"stack\.yaml\.lock", other_lists.read_stack),
    _family("cabal.project.freeze", r"cabal\.project\.freeze", other_lists.read_cabal),
    _family("GitHub workflow", r"\.github/workflows/[^/]+\.ya?ml|action\.ya?ml", pipelines.read_actions),
    _family("Dockerfile", r"(?:dockerfile|containerfile)(?:\.[^/]+)?|[^/]+\.dockerfile", pipelines.read_dockerfile),
    _family(
        "SBOM",
        r"s?bom\.(?:json|xml|spdx)|[^/]*[-_.](?:s?bom|cdx)\.(?:json|xml)|(?:s?bom|cdx)[-_.][^/]*\.(?:json|xml)"
        r"|[^/]+\.spdx(?:\.json)?",
        bill_of_materials.read,
    ),
)

#: Files that only a program reads: what they list stays unknown.
UNSUPPORTED: dict[str, str] = {"bun.lockb": "bun install --save-text-lockfile"}
#: Files of other package systems, which nobody reads here.
NOT_READ = frozenset(
    {
        ".terraform.lock.hcl",
        "bower.json",
        "build.sbt",
        "cartfile.resolved",
        "chart.lock",
        "deps.edn",
        "dub.json",
        "dub.sdl",
        "godeps.json",
        "manifest.toml",
        "module.bazel",
        "package.yaml",
        "project.clj",
        "spago.yaml",
        "conda-lock.yml",
        "cpanfile",
        "cpanfile.snapshot",
        "dub.selections.json",
        "elm.json",
        "flake.lock",
        "glide.lock",
        "gopkg.lock",
        "ivy.xml",
        "module.bazel.lock",
        "packrat.lock",
        "paket.lock",
        "pixi.lock",
        "rebar.lock",
        "shard.lock",
        "vcpkg.json",
    }
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file that asks for packages without saying which versions came; any of `locks` beside it does.

    `asks` says whether it asks for anything at all; it may raise what a broken file raises. `above` are lockfiles
    that lock it from a folder above, too (a workspace), None for none; `wants` says what they must list.
    """

    format: str
    pattern: re.Pattern[str]
    locks: re.Pattern[str]
    asks: Callable[[bytes], bool]
    above: re.Pattern[str] | None = None
    wants: Callable[[bytes], Wants] | None = None


def _package_json(data: bytes) -> bool:
    package = json.loads(data)
    return any(table(package, kind) for kind in ("dependencies", "devDependencies", "optionalDependencies"))


def _pyproject(data: bytes) -> bool:
    return any(python.declared(toml(data.decode("utf-8-sig"))))


def _cargo(data: bytes) -> bool:
    content = toml(data.decode("utf-8-sig"))
    kinds = ("dependencies", "dev-dependencies", "build-dependencies")
    held: list[Any] = [content, table(content, "workspace"), *table(content, "target").values()]
    return any(table(each, kind) for each in held for kind in kinds)


def _composer(data: bytes) -> bool:
    content = json.loads(data)
    return any("/" in name for kind in ("require", "require-dev") for name in table(content, kind))


def _saying(pattern: bytes) -> Callable[[bytes], bool]:
    compiled = re.compile(pattern, re.M)
    return lambda data: compiled.search(data) is not None


def _manifest(
    format: str,
    pattern: str,
    locks: str,
    asks: Callable[[bytes], bool],
    wants: Callable[[bytes], Wants] | None = None,
    *,
    above: str = "",
) -> Manifest:
    return Manifest(format, re.compile(pattern), re.compile(locks), asks, re.compile(above) if above else None, wants)


_NPM_LOCKS = r"package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|deno\.lock"
#: A requirements file says itself whether it is whole.
_PYTHON_LOCKS = r"poetry\.lock|uv\.lock|pdm\.lock|pipfile\.lock|pylock(?:\.[^.]+)?\.toml|requirements.*\.(?:txt|lock)"
#: MSBuild's project files, and the files whose settings hold for all of them below.
PROJECT, SETTINGS = "project file", "project settings"
_NUGET_LOCKS = r"packages\.lock\.json|packages\.config|project\.assets\.json"
_REFERENCES = _saying(rb"<PackageReference\b")
MANIFESTS: tuple[Manifest, ...] = (
    _manifest(
        "package.json",
        r"package\.json",
        _NPM_LOCKS,
        _package_json,
        wanted.by_package,
        above=_NPM_LOCKS,
    ),
    _manifest(
        "deno.json",
        r"deno\.jsonc?",
        r"deno\.lock",
        _saying(rb'"(?:importMap"|(?!\$schema)[^"\n]*"\s*:\s*"(?:npm:|jsr:|https?://))'),
        above=r"deno\.lock",
    ),
    _manifest("pyproject.toml", r"pyproject\.toml", _PYTHON_LOCKS, _pyproject, wanted.by_project, above=_PYTHON_LOCKS),
    _manifest("Pipfile", r"pipfile", _PYTHON_LOCKS, _saying(rb"^\[(?:dev-)?packages\]"), wanted.by_pipfile),
    _manifest("setup.py", r"setup\.(?:py|cfg)", _PYTHON_LOCKS, _saying(rb"install_requires")),
    _manifest("requirements.in", r"requirements[^/]*\.in", _PYTHON_LOCKS, lambda data: True),
    _manifest("environment.yml", r"environment\.ya?ml", r"(?!)", _saying(rb"^dependencies:")),
    _manifest("Cargo.toml", r"cargo\.toml", r"cargo\.lock", _cargo, wanted.by_crate, above=r"cargo\.lock"),
    _manifest(
        "Gemfile",
        r"gemfile|gems\.rb",
        r"gemfile\.lock|gems\.locked",
        _saying(rb"^[^#\n]*\b(?:gem|gemspec|eval_gemfile)\b"),
        wanted.by_gemfile,
    ),
    _manifest(
        "gemspec", r"[^/]+\.gemspec", r"gemfile\.lock|gems\.locked", _saying(rb"\.add_(?:runtime_|development_)?dep")
    ),
    _manifest(
        "Cartfile", r"cartfile(?:\.private)?", r"cartfile\.resolved", _saying(rb"^[ \t]*(?:github|git|binary)\b")
    ),
    _manifest("Chart.yaml", r"chart\.ya?ml", r"chart\.lock", _saying(rb"^dependencies:")),
    _manifest("DESCRIPTION", r"description", r"renv\.lock|packrat\.lock", _saying(rb"^(?:Imports|Depends|LinkingTo):")),
    _manifest("paket.dependencies", r"paket\.dependencies", r"paket\.lock", _saying(rb"^[ \t]*nuget\b")),
    _manifest("rebar.config", r"rebar\.config", r"rebar\.lock", _saying(rb"\{\s*deps\s*,\s*\[\s*[^\]\s]")),
    _manifest("shard.yml", r"shard\.yml", r"shard\.lock", _saying(rb"^(?:development_)?dependencies:")),
    _manifest("composer.json", r"composer\.json", r"composer\.lock", _composer, wanted.by_composer),
    _manifest(
        "build.gradle",
        r"[^/]+\.gradle(?:\.kts)?",
        r"gradle\.lockfile|verification-metadata\.xml",
        # Kotlin's projects of several systems write `commonMain.dependencies {`
        _saying(rb"^(?![ \t]*(?://|\*)).*\b(?:dependencies\s*\{|id\b[ \t(]*[\"'][^\"'\n]+[\"'][ \t)]*version\b)"),
        above=r"verification-metadata\.xml",
    ),
    _manifest(
        PROJECT,
        r"[^/]+\.(?:cs|fs|vb)proj",
        _NUGET_LOCKS,
        _REFERENCES,
        wanted.by_project_file,
    ),
    _manifest(SETTINGS, r"[^/]+\.(?:props|targets)", _NUGET_LOCKS, _REFERENCES, wanted.by_project_file),
    _manifest(
        "pubspec.yaml",
        r"pubspec\.yaml",
        r"pubspec\.lock",
        _saying(rb"^(?:dev_)?dependencies:"),
        wanted.by_pubspec,
        above=r"pubspec\.lock",
    ),
    _manifest("mix.exs", r"mix\.exs", r"mix\.lock", _saying(rb"\{\s*:\w+\s*,"), wanted.by_mix, above=r"mix\.lock"),
    _manifest("Package.swift", r"package\.swift", r"package\.resolved", _saying(rb"\.package\("), wanted.by_swift),
    _manifest("Podfile", r"podfile", r"podfile\.lock", _saying(rb"^[ \t]*pod\b")),
    _manifest("conanfile", r"conanfile\.(?:txt|py)", r"conan\.lock", _saying(rb"requires")),
    _manifest(
        "stack.yaml",
        r"stack\.yaml|[^/]+\.cabal",
        r"stack\.yaml\.lock|cabal\.project\.freeze",
        lambda data: True,
        above=r"verification-metadata\.xml",
    ),
)


def family_of(path: str) -> Family | None:
    """The family that a path belongs to by its name."""
    lower = path.lower()
    name = lower.rpartition("/")[2]
    if name.startswith(("package.", "constraints")) and name.endswith(".txt"):
        return None
    return next((family for family in FAMILIES if family.pattern.fullmatch(lower)), None)


def manifest_of(name: str) -> Manifest | None:
    """The manifest that a file name (without folders) belongs to."""
    lower = name.lower()
    return next((manifest for manifest in MANIFESTS if manifest.pattern.fullmatch(lower)), None)


def asks(manifest: Manifest, data: bytes) -> bool:
    """Whether a manifest asks for packages; one that cannot be read is taken to."""
    try:
        return manifest.asks(data)
    except (Malformed, ValueError, RecursionError):
        return True


def wants(manifest: Manifest, data: bytes) -> Wants | None:
    """What a manifest needs: nothing when its kind does not tell, None when it cannot be read."""
    try:
        return manifest.wants(data) if manifest.wants else Wants()
    except (Malformed, ValueError, RecursionError):
        return None


def locking(pattern: re.Pattern[str], names: Iterable[str]) -> list[str]:
    """The lockfiles among the file names of a folder."""
    return [name for name in names if pattern.fullmatch(name.lower())]
