"""Every lockfile family is read exactly, and no broken, empty or foreign file ever counts as "nothing is used"."""

import os
import time

import pytest
from dependency_lockfiles import LOCKFILES

from wizard.checks.dependencies import families
from wizard.checks.dependencies.dependency import Reach
from wizard.checks.dependencies.listing import NoManifest, list_dependencies


def lay(root, path, content, beside=()):
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, data in dict(beside).items():
        (place.parent / name).write_text(data)


@pytest.mark.parametrize("path", LOCKFILES)
def test_a_lockfile_is_read_exactly(tmp_path, path):
    content, expected, beside = LOCKFILES[path]
    lay(tmp_path, path, content, beside)
    listing = list_dependencies(tmp_path)
    read = [
        (d.ecosystem, d.name, d.version, d.line, d.direct, d.dev, d.obstacle)
        for d in listing.dependencies
        if d.file == path
    ]
    assert sorted(read, key=str) == sorted(expected, key=str)
    (manifest,) = [m for m in listing.manifests if m.file == path]
    assert manifest.reach in (Reach.COMPLETE, Reach.DIRECT_ONLY), manifest.because


def test_every_family_has_a_sample():
    assert {families.family_of(path).format for path in LOCKFILES} >= {
        family.format for family in families.FAMILIES if family.format != "deps.json"
    }


@pytest.mark.parametrize("content", [b"", b"{}", b"<html>sign in</html>", b"\x00\xff\xfe binary", b"[[[[", b"- a\n- b"])
@pytest.mark.parametrize("path", [path for path in LOCKFILES if not path.startswith("requirements")])
def test_a_lockfile_that_is_not_what_its_name_says_is_said(tmp_path, path, content):
    lay(tmp_path, path, content)
    (manifest,) = list_dependencies(tmp_path).manifests
    assert manifest.reach is Reach.UNREADABLE
    assert manifest.because


@pytest.mark.parametrize("path", LOCKFILES)
def test_a_lockfile_cut_anywhere_never_raises(tmp_path, path):
    content = LOCKFILES[path][0]
    for part in (0.25, 0.5, 0.9):
        lay(tmp_path, path, content[: int(len(content) * part)])
        list_dependencies(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("package.json", '{"dependencies": {"a": "1"}}'),
        ("package.json", "{broken"),
        ("pyproject.toml", '[project]\ndependencies = ["a"]'),
        ("Cargo.toml", '[dependencies]\na = "1"'),
        ("Gemfile", "gem 'rails'"),
        ("composer.json", '{"require": {"a/b": "1"}}'),
        ("build.gradle", "dependencies {\n implementation 'a:b:1'\n}"),
        ("shop.csproj", '<Project><PackageReference Include="a" Version="1"/></Project>'),
        ("pubspec.yaml", "dependencies:\n  a: 1"),
    ],
)
def test_a_manifest_without_a_lockfile_is_not_nothing(tmp_path, name, content):
    lay(tmp_path, name, content)
    (manifest,) = list_dependencies(tmp_path).manifests
    assert manifest.reach is Reach.NOT_LOCKED


def test_a_manifest_that_asks_for_nothing_or_is_locked_above_is_left_alone(tmp_path):
    lay(tmp_path, "empty/package.json", '{"name": "x"}')
    lay(tmp_path, "work/package-lock.json", LOCKFILES["package-lock.json"][0])
    lay(tmp_path, "work/packages/own/package.json", '{"dependencies": {"left": "1"}}')
    assert [m.file for m in list_dependencies(tmp_path).manifests] == ["work/package-lock.json"]


_YARN = '# yarn lockfile v1\n\n\nleft@^1:\n  version "1.0.0"\n'
_POETRY = '[[package]]\nname = "left"\nversion = "1"\n\n[metadata]\nlock-version = "2.0"\n'
_CARGO = (
    '[[package]]\nname = "left"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n'
)
_PNPM = "lockfileVersion: '9.0'\npackages:\n  left@1.0.0: {}\n"


@pytest.mark.parametrize(
    ("lock", "content", "manifest", "inside", "outside"),
    [
        ("yarn.lock", _YARN, "package.json", '{"dependencies": {"left": "^1", "b": "file:../b"}}',
         '{"dependencies": {"o": "1"}}'),
        ("pnpm-lock.yaml", _PNPM, "package.json", '{"dependencies": {"x": "npm:left@1"}}',
         '{"devDependencies": {"o": "1"}}'),
        ("poetry.lock", _POETRY, "pyproject.toml", '[project]\ndependencies = ["Left", "o; os_name == \'nt\'"]',
         '[tool.poetry.dependencies]\npython = "^3"\no = "1"'),
        ("Cargo.lock", _CARGO, "Cargo.toml", '[dependencies]\nleft = "1"\nb = { path = "../b" }',
         '[dependencies]\no = "1"'),
        ("Gemfile.lock", LOCKFILES["Gemfile.lock"][0], "Gemfile", "", "gem 'o'"),
        ("gradle.lockfile", LOCKFILES["gradle.lockfile"][0], "build.gradle", "", "dependencies {\n}"),
        ("composer.lock", LOCKFILES["composer.lock"][0], "composer.json", "{}", '{"require": {"o/o": "1"}}'),
    ],
)  # fmt: skip
def test_a_lockfile_of_another_project_locks_nothing_here(tmp_path, lock, content, manifest, inside, outside):
    """A folder below that is no part of the workspace, and a manifest that grew since it was locked."""
    lay(tmp_path, lock, content)
    lay(tmp_path, f"part/{manifest}", inside)
    assert [m.file for m in list_dependencies(tmp_path).manifests] == [lock]
    lay(tmp_path, f"tools/{manifest}", outside)
    (other,) = [m for m in list_dependencies(tmp_path).manifests if m.file != lock]
    assert (other.file, other.reach) == (f"tools/{manifest}", Reach.NOT_LOCKED)


def test_members_of_a_workspace_ask_for_one_another(tmp_path):
    lay(tmp_path, "yarn.lock", _YARN)
    lay(tmp_path, "a/package.json", '{"name": "a", "dependencies": {"b": "*", "left": "1"}}')
    lay(tmp_path, "b/package.json", '{"name": "b"}')
    assert [m.file for m in list_dependencies(tmp_path).manifests] == ["yarn.lock"]


def test_bun_in_binary_is_said(tmp_path):
    lay(tmp_path, "bun.lockb", b"\x00")
    assert [m.reach for m in list_dependencies(tmp_path).manifests] == [Reach.UNSUPPORTED]


def test_links_pipes_loops_and_third_party_folders(tmp_path):
    lay(tmp_path, "node_modules/x/package-lock.json", "{}")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "yarn.lock").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "Cargo.lock")
    listing = list_dependencies(tmp_path)
    assert listing.manifests == ()
    assert listing.left_out == ("node_modules",)
    assert [name in gap for name, gap in zip(("Cargo.lock", "yarn.lock"), listing.gaps, strict=True)] == [True, True]


def test_requirements_point_to_others_but_never_outside(tmp_path):
    lay(tmp_path, "app/requirements.txt", "-r more/extra.txt\n-r ../../../etc/passwd\na==1\n")
    lay(tmp_path, "app/more/extra.txt", "b==2\n")
    listing = list_dependencies(tmp_path)
    assert {d.name for d in listing.dependencies} == {"a", "b"}
    assert {m.file: m.reach for m in listing.manifests} == {
        "app/requirements.txt": Reach.DIRECT_ONLY,
        "app/more/extra.txt": Reach.DIRECT_ONLY,
        "../../etc/passwd": Reach.UNREADABLE,
    }


def test_a_yaml_that_grows_is_refused(tmp_path):
    bomb = "a: &a [x,x,x,x]\nb: &b [*a,*a,*a]\nlockfileVersion: 9\n"
    lay(tmp_path, "pnpm-lock.yaml", bomb)
    assert list_dependencies(tmp_path).manifests[0].reach is Reach.UNREADABLE


def test_one_file_is_told_by_name_or_content(tmp_path):
    lay(tmp_path, "delivered.json", LOCKFILES["bom.json"][0])
    assert len(list_dependencies(tmp_path / "delivered.json").dependencies) == 3
    lay(tmp_path, "notes.txt", "nothing")
    with pytest.raises(NoManifest):
        list_dependencies(tmp_path / "notes.txt")


@pytest.mark.slow
@pytest.mark.parametrize("filler", ["\n", " ", '"', "/*", "{", "[", ",", "#", "a", "- ", "<a>", '"a": ', "\\\n"])
def test_no_filler_slows_a_parser_down(tmp_path, filler):
    for path, (content, _expected, _beside) in LOCKFILES.items():
        lay(tmp_path, path, content + filler * (300_000 // len(filler)))
    begun = time.process_time()
    assert list_dependencies(tmp_path).manifests
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("package-lock.json", '{"lockfileVersion": 99, "packages": {"node_modules/a": {"version": "1.0.0"}}}'),
        ("pnpm-lock.yaml", "lockfileVersion: '99.0'\npackages:\n  a@1.0.0: {}\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n---\npackages:\n  b@1.0.0: {}\n"),
    ],
)
def test_a_format_that_is_newer_than_what_is_known_is_not_read(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    (manifest,) = list_dependencies(tmp_path).manifests
    assert manifest.reach is Reach.UNREADABLE


def test_an_empty_lockfile_does_not_lock_what_is_asked_for(tmp_path):
    (tmp_path / "package.json").write_text('{"dependencies": {"lodash": "^4"}}')
    (tmp_path / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    reach = {each.file: each.reach for each in list_dependencies(tmp_path).manifests}
    assert reach == {"package-lock.json": Reach.COMPLETE, "package.json": Reach.NOT_LOCKED}
    (tmp_path / "package.json").write_text('{"name": "alone"}')
    assert [each.file for each in list_dependencies(tmp_path).manifests] == ["package-lock.json"]


@pytest.mark.parametrize("name", ["deno.lock", "Cartfile.resolved", "conda-lock.yml", "build.sbt", "rebar.lock"])
def test_files_of_other_package_systems_are_said(tmp_path, name):
    (tmp_path / name).write_text("{}")
    (manifest,) = list_dependencies(tmp_path).manifests
    assert manifest.reach is Reach.UNSUPPORTED
    assert manifest.because


def test_a_submodule_that_is_not_here_is_said(tmp_path):
    (tmp_path / ".gitmodules").write_text('[submodule "lib"]\n\tpath = libs/lib\n\turl = https://example.com/lib.git\n')
    (tmp_path / "libs" / "lib").mkdir(parents=True)
    (gap,) = list_dependencies(tmp_path).gaps
    assert "libs/lib" in gap
    (tmp_path / "libs" / "lib" / "README").write_text("here")
    assert not list_dependencies(tmp_path).gaps
    (tmp_path / ".gitmodules").write_text("path = ../../outside\npath = /\n\x00")
    assert len(list_dependencies(tmp_path).gaps) == 2
