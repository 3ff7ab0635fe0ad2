"""Every lockfile family is read exactly, and no broken, empty or foreign file ever counts as "nothing is used"."""

import json
import os
import time

import pytest
from dependency_lockfiles import LOCKFILES

from wizard.checks.dependencies import families
from wizard.checks.dependencies.dependency import Obstacle, Reach
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
def test_a_merge_that_nobody_finished_is_said(tmp_path, path):
    lines = LOCKFILES[path][0].split("\n")
    half = len(lines) // 2
    marked = [*lines[:half], "<<<<<<< HEAD", *lines[half : half + 2], "=======", ">>>>>>> theirs", *lines[half + 2 :]]
    lay(tmp_path, path, "\n".join(marked))
    (manifest,) = [m for m in list_dependencies(tmp_path).manifests if m.file == path]
    assert manifest.reach is Reach.UNREADABLE


@pytest.mark.parametrize("path", LOCKFILES)
def test_marks_of_byte_order_and_other_line_ends_change_nothing(tmp_path, path):
    content, _rows, beside = LOCKFILES[path]
    lay(tmp_path, path, content, beside)
    as_it_was = {(d.name, d.version, d.obstacle) for d in list_dependencies(tmp_path).dependencies}
    for other in (b"\xef\xbb\xbf" + content.encode(), content.replace("\n", "\r\n").encode()):
        lay(tmp_path, path, other)
        assert {(d.name, d.version, d.obstacle) for d in list_dependencies(tmp_path).dependencies} == as_it_was
    lay(tmp_path, path, content.replace("\n", "\r"))
    listing = list_dependencies(tmp_path)
    if {(d.name, d.version, d.obstacle) for d in listing.dependencies} != as_it_was:
        assert any(m.file == path and m.reach is Reach.UNREADABLE for m in listing.manifests)


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
        ("pyproject.toml", '[project]\ndependencies = ["a"]'),
        ("deno.json", '{"imports": {"a": "npm:a@1"}}'),
        ("deno.jsonc", '{"importMap": "map.json"}'),
        ("Cargo.toml", '[dependencies]\na = "1"'),
        ("Gemfile", "gem 'rails'"),
        ("composer.json", '{"require": {"a/b": "1"}}'),
        ("build.gradle", "dependencies {\n implementation 'a:b:1'\n}"),
        ("shop.csproj", '<Project><PackageReference Include="a" Version="1"/></Project>'),
        ("pubspec.yaml", "dependencies:\n  a: 1"),
        ("shop.gemspec", "Gem::Specification.new do |s|\n  s.add_dependency 'rails'\nend\n"),
        ("Cartfile", 'github "a/b"\n'),
        ("Chart.yaml", "name: x\ndependencies:\n  - name: redis\n"),
        ("DESCRIPTION", "Package: x\nImports: dplyr\n"),
        ("rebar.config", '{deps, [{jsx, "3.0.0"}]}.\n'),
        ("shard.yml", "dependencies:\n  kemal:\n    github: a/b\n"),
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
    (tmp_path / "b").mkdir()  # what some of them take from a folder beside
    assert [m.file for m in list_dependencies(tmp_path).manifests] == [lock]
    lay(tmp_path, f"tools/{manifest}", outside)
    (other,) = [m for m in list_dependencies(tmp_path).manifests if m.file != lock]
    assert (other.file, other.reach) == (f"tools/{manifest}", Reach.NOT_LOCKED)


def test_members_of_a_workspace_ask_for_one_another(tmp_path):
    lay(tmp_path, "yarn.lock", _YARN)
    lay(tmp_path, "a/package.json", '{"name": "a", "dependencies": {"b": "*", "left": "^1"}}')
    lay(tmp_path, "b/package.json", '{"name": "b"}')
    assert [m.file for m in list_dependencies(tmp_path).manifests] == ["yarn.lock"]


def test_a_deno_json_that_asks_for_nothing_or_is_locked_is_left_alone(tmp_path):
    lay(tmp_path, "deno.json", '{"$schema": "https://schemas.example/deno.json", "fmt": {}, "imports": {"@/": "./"}}')
    assert not list_dependencies(tmp_path).manifests
    lay(tmp_path, "deno.json", '{"imports": {"a": "jsr:@std/a@1"}}')
    lay(tmp_path, "deno.lock", '{"version": "5", "npm": {"a@1.0.0": {}}}')
    assert [m.file for m in list_dependencies(tmp_path).manifests] == ["deno.lock"]


def test_bun_lock_of_version_2_is_laid_out_as_before(tmp_path):
    content, rows, _beside = LOCKFILES["bun.lock"]
    lay(tmp_path, "bun.lock", content.replace('"lockfileVersion": 1,', '"lockfileVersion": 2, "configVersion": 1,'))
    assert len(list_dependencies(tmp_path).dependencies) == len(rows)


def test_bun_in_binary_is_said(tmp_path):
    lay(tmp_path, "bun.lockb", b"\x00")
    assert [m.reach for m in list_dependencies(tmp_path).manifests] == [Reach.UNSUPPORTED]


def test_a_copy_of_other_peoples_code_that_npm_links_cannot_be_checked(tmp_path):
    """npm links `file:vendor/lodash` as it does a workspace: nobody looked up what is known of that copy."""
    package = {"resolved": "", "link": True}
    lock = {
        "name": "sync",
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"lodash": "file:vendor/lodash", "own": "file:packages/own"}},
            "vendor/lodash": {"version": "4.17.4"},
            "packages/own": {"version": "1.0.0"},
            "node_modules/lodash": package | {"resolved": "vendor/lodash"},
            "node_modules/own": package | {"resolved": "packages/own"},
        },
    }
    (tmp_path / "package-lock.json").write_text(json.dumps(lock))
    (row,) = list_dependencies(tmp_path).dependencies
    assert (row.name, row.obstacle) == ("lodash", Obstacle.OTHER_SOURCE)


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
        ("bun.lock", '{"lockfileVersion": 99, "packages": {"a": ["a@1.0.0"]}}'),
        ("uv.lock", "version = 99\n[[package]]\nname = 'a'\nversion = '1'\n"),
        ("poetry.lock", "[[package]]\nname = 'a'\nversion = '1'\n[metadata]\nlock-version = '9.0'\n"),
        ("pylock.toml", "lock-version = '9.0'\n[[packages]]\nname = 'a'\nversion = '1'\n"),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 99}, "default": {"a": {"version": "==1"}}}'),
        ("Cargo.lock", "version = 99\n[[package]]\nname = 'a'\nversion = '1.0.0'\n"),
        ("packages.lock.json", '{"version": 99, "dependencies": {}}'),
        ("Package.resolved", '{"version": 99, "pins": []}'),
        ("bom.json", '{"bomFormat": "CycloneDX", "specVersion": "9.9", "components": []}'),
        (
            "package-lock.json",
            '{"lockfileVersion": 2, "packages": {"": {}}, "dependencies": {"a": {"version": "1.0.0"}}}',
        ),
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


@pytest.mark.parametrize("name", ["Cartfile.resolved", "conda-lock.yml", "deps.edn", "build.sbt", "rebar.lock"])
def test_files_of_other_package_systems_are_said(tmp_path, name):
    (tmp_path / name).write_text("{}")
    (manifest,) = list_dependencies(tmp_path).manifests
    assert manifest.reach is Reach.UNSUPPORTED
    assert manifest.because


def test_a_manifest_whose_lockfile_nobody_reads_is_said_once(tmp_path):
    (tmp_path / "Cartfile").write_text('github "a/b"\n')
    (tmp_path / "Cartfile.resolved").write_text('github "a/b" "1.0.0"\n')
    assert [each.file for each in list_dependencies(tmp_path).manifests] == ["Cartfile.resolved"]


def test_a_submodule_that_is_not_here_is_said(tmp_path):
    (tmp_path / ".gitmodules").write_text('[submodule "lib"]\n\tpath = libs/lib\n\turl = https://example.com/lib.git\n')
    (tmp_path / "libs" / "lib").mkdir(parents=True)
    (gap,) = list_dependencies(tmp_path).gaps
    assert "libs/lib" in gap
    (tmp_path / "libs" / "lib" / "README").write_text("here")
    assert not list_dependencies(tmp_path).gaps
    (tmp_path / ".gitmodules").write_text("path = ../../outside\npath = /\n\x00")
    assert len(list_dependencies(tmp_path).gaps) == 2
    (tmp_path / ".gitmodules").unlink()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("[core]\n\tbare = false\n\tsparseCheckout = true ; since May\n")
    assert "sparse-checkout disable" in "".join(list_dependencies(tmp_path).gaps)


def test_an_archive_of_any_address_is_no_package_of_the_registry(tmp_path):
    places = {
        "a": "https://files.example/a.tgz",
        "b": "https://mirror.example/b/-/b-1.0.0.tgz",
        "@s/c": "https://mirror.example/download/@s/c/1.0.0/0abc",
    }
    packages = {f"node_modules/{name}": {"version": "1.0.0", "resolved": where} for name, where in places.items()}
    (tmp_path / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    obstacles = {one.name: one.obstacle for one in list_dependencies(tmp_path).dependencies}
    assert obstacles == {"a": Obstacle.OTHER_SOURCE, "b": None, "@s/c": None}


def test_every_category_of_a_pipfile_counts(tmp_path):
    lock = {"_meta": {}, "default": {}, "docs": {"sphinx": {"version": "==1.0"}}}
    (tmp_path / "Pipfile.lock").write_text(json.dumps(lock))
    assert [(one.name, one.dev) for one in list_dependencies(tmp_path).dependencies] == [("sphinx", True)]


NPM = '{"lockfileVersion": 3, "packages": {}}'


@pytest.mark.parametrize(
    ("manifest", "asked", "lock", "locked"),
    [
        ("pyproject.toml", "[project]\nname='x'\n[project.optional-dependencies]\nz=['b']\n", "uv.lock", "version = 1"),
        ("pyproject.toml", "[project]\nname='x'\n[dependency-groups]\ndev=['b']\n", "uv.lock", "version = 1"),
        ("pyproject.toml", "[tool.poetry.group.dev.dependencies]\nb='1'\n", "poetry.lock", "[metadata]\n"),
        ("package.json", '{"optionalDependencies": {"b": "1"}}', "package-lock.json", NPM),
    ],
)
def test_what_only_an_extra_or_a_group_asks_for_must_be_locked_too(tmp_path, manifest, asked, lock, locked):
    (tmp_path / manifest).write_text(asked)
    (tmp_path / lock).write_text(locked)
    reach = {each.file: each.reach for each in list_dependencies(tmp_path).manifests}
    assert reach[manifest] is Reach.NOT_LOCKED


@pytest.mark.parametrize("broken", ["{broken", '<<<<<<< HEAD\n{"dependencies": {"a": "1"}}\n=======\n{}\n>>>>>>> b\n'])
@pytest.mark.parametrize("name", ["package.json", "pyproject.toml", "Cargo.toml"])
def test_a_manifest_that_cannot_be_read_is_not_locked_by_whatever_lies_beside_it(tmp_path, name, broken):
    (tmp_path / name).write_text(broken)
    assert [each.reach for each in list_dependencies(tmp_path).manifests] == [Reach.UNREADABLE]
    for lock, content in (("package-lock.json", NPM), ("uv.lock", "version = 1"), ("Cargo.lock", "version = 4")):
        (tmp_path / lock).write_text(content)
    reach = {each.file: each.reach for each in list_dependencies(tmp_path).manifests}
    assert reach[name] is Reach.UNREADABLE


def test_an_archive_in_a_folder_is_somebodys_package(tmp_path):
    (tmp_path / "requirements.txt").write_text(
        "./wheels/h-1.0-py3-none-any.whl --hash=sha256:aa\n-e ./own\n./also-own\n"
    )
    assert [one.obstacle for one in list_dependencies(tmp_path).dependencies] == [Obstacle.OTHER_SOURCE]
