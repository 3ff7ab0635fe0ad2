"""A lockfile that does not answer its manifest locks nothing, and copies of other people's code are told."""

import json

import pytest

from wizard.checks.dependencies.dependency import Obstacle, Reach
from wizard.checks.dependencies.listing import list_dependencies


def lay(root, files):
    for name, content in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list_dependencies(root)


def not_locked(listing):
    return {each.file: each.because for each in listing.manifests if each.reach is Reach.NOT_LOCKED}


def npm(wanted, version="4.17.21", **more):
    packages = {"": {"dependencies": wanted}, "node_modules/lodash": {"version": version}, **more}
    return json.dumps({"lockfileVersion": 3, "packages": packages})


def asks(wanted, **more):
    return json.dumps({"name": "shop", "dependencies": wanted, **more})


YARN = '# yarn lockfile v1\n\n\nlodash@{}:\n  version "4.17.21"\n'
BERRY = (
    '__metadata:\n  version: 8\n\n"lodash@npm:^4":\n  version: 4.17.21\n  resolution: "lodash@npm:4.17.21"\n\n'
    '"shop@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "shop@workspace:."\n'
    '  dependencies:\n    lodash: "npm:{}"\n'
)
PNPM = (
    "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      lodash:\n        specifier: {}\n"
    "        version: 4.17.21\npackages:\n  lodash@4.17.21: {{}}\nsnapshots:\n  lodash@4.17.21: {{}}\n"
)
PNPM_5 = (
    "lockfileVersion: 5.4\nspecifiers:\n  lodash: {}\ndependencies:\n  lodash: 4.17.21\n"
    "packages:\n  /lodash/4.17.21:\n    dev: false\n"
)
BUN = (
    '{{"lockfileVersion": 1, "workspaces": {{"": {{"dependencies": {{"lodash": "{}"}}}}}},\n'
    '"packages": {{"lodash": ["lodash@4.17.21", "", {{}}, ""]}}}}'
)


@pytest.mark.parametrize(
    ("lock", "content"),
    [
        ("package-lock.json", lambda wanted: npm({"lodash": wanted})),
        ("yarn.lock", YARN.format),
        ("yarn.lock", BERRY.format),
        ("pnpm-lock.yaml", PNPM.format),
        ("pnpm-lock.yaml", PNPM_5.format),
        ("bun.lock", BUN.format),
    ],
)
def test_a_lockfile_made_for_another_range_locks_nothing(tmp_path, lock, content):
    """npm and the others put such a lockfile aside: what they install then is in no list that was looked at."""
    assert not not_locked(lay(tmp_path, {"package.json": asks({"lodash": "^4"}), lock: content("^4")}))
    said = not_locked(lay(tmp_path, {"package.json": asks({"lodash": "4.17.15"})}))
    assert "lodash 4.17.15" in said["package.json"]
    assert lock in said["package.json"]


@pytest.mark.parametrize(
    ("files"),
    [
        {"package.json": asks({"lodash": "4.17.15"}, resolutions={"a/lodash": "4.17.21"}), "yarn.lock": YARN.format(1)},
        {
            "package.json": asks({"lodash": "4.17.15"}, pnpm={"overrides": {"a>lodash@^4": "4.17.21"}}),
            "pnpm-lock.yaml": PNPM.format("4.17.21"),
        },
        {
            "pnpm-workspace.yaml": "overrides:\n  lodash: 4.17.21\n",
            "package.json": asks({"lodash": "4.17.15"}),
            "pnpm-lock.yaml": PNPM.format("4.17.21") + "overrides:\n  lodash: 4.17.21\n",
        },
        {"package.json": asks({"lodash": "catalog:"}), "pnpm-lock.yaml": PNPM.format("'catalog:'")},
        {
            "package.json": asks({"nick": "npm:lodash@4.17.21"}),
            "package-lock.json": json.dumps(
                {
                    "lockfileVersion": 3,
                    "packages": {
                        "": {"dependencies": {"nick": "npm:lodash@4.17.21"}},
                        "node_modules/nick": {"name": "lodash", "version": "4.17.21"},
                    },
                }
            ),
        },
        {
            "package.json": asks({"lodash": "^4"}),
            "packages/a/package.json": json.dumps({"name": "a", "dependencies": {"lodash": "4.17.x", "shop": "*"}}),
            "package-lock.json": npm({"lodash": "^4"}, **{"packages/a": {"dependencies": {"lodash": "4.17.x"}}}),
        },
        {"package.json": asks({"lodash": "v4.17.21"}), "package-lock.json": '{"lockfileVersion": 1, "dependencies": '
         '{"lodash": {"version": "4.17.21"}}}'},
    ],
)  # fmt: skip
def test_what_is_set_in_place_of_a_range_and_other_spellings_are_no_disagreement(tmp_path, files):
    assert not not_locked(lay(tmp_path, files))


GEMS = "GEM\n  remote: https://gems.example/\n  specs:\n    rack (2.0.0)\n\nDEPENDENCIES\n  rack\n"
PUB = (
    'packages:\n  http:\n    dependency: "direct main"\n    description:\n      url: "https://pub.example"\n'
    '    source: hosted\n    version: "0.13.0"\nsdks:\n  dart: ">=2"\n'
)
NUGET = '{"version": 1, "dependencies": {"net8.0": {"Serilog": {"type": "Direct", "resolved": "3.0.0"}}}}'
SWIFT = (
    '{"version": 2, "pins": [{"identity": "b", "location": "https://github.com/a/b.git",'
    ' "state": {"revision": "x", "version": "1.0.0"}}]}'
)
PIP = '{"_meta": {"pipfile-spec": 6}, "default": {"flask": {"version": "==1.0.0"}}, "develop": {}}'
COMPOSER = json.dumps(
    {
        "packages": [
            {"name": "A/b", "version": "v1.0.0", "provide": {"psr/log": "1"}},
            {"name": "own/part", "version": "1", "dist": {"type": "path"}},
        ]
    }
)
MIX = '%{\n  "jason": {:hex, :jason, "1.4.0", "e855", [:mix], [], "hexpm", "79a3"},\n}\n'
UV = (
    'version = 1\n[[package]]\nname = "shop"\nversion = "0.1"\nsource = {{ virtual = "." }}\n'
    'dependencies = [{{ name = "flask" }}]\n[[package]]\nname = "flask"\nversion = "{}"\n'
    'source = {{ registry = "https://index.example/simple" }}\n'
)


@pytest.mark.parametrize(
    ("manifest", "answered", "grown", "name", "lock", "content"),
    [
        ("composer.json", '{"require": {"php": ">=8", "a/B": "^1", "own/part": "*", "psr/log": "1"}}',
         '{"require": {"a/b": "^1"}, "require-dev": {"c/d": "1"}}', "c/d", "composer.lock", COMPOSER),
        ("composer.json", '{"require": {"a/b": "1.0.0"}}', '{"require": {"a/b": "1.0.1"}}', "a/b 1.0.1",
         "composer.lock", COMPOSER),
        ("Gemfile", "gem 'rack'\ngem 'tzinfo-data', platforms: :mswin\nif ENV['X']\n  gem 'x'\nend\ngemspec\n",
         "group :test do\n  gem 'rspec'\nend\ngem 'rack'\n", "rspec", "Gemfile.lock", GEMS),
        ("Gemfile", "gem 'rack', '2.0.0'\n", "gem('rack', '2.0.9')\n", "rack 2.0.9", "Gemfile.lock", GEMS),
        ("pubspec.yaml", "name: x\ndependencies:\n  flutter:\n    sdk: flutter\n  http: any\n",
         "name: x\ndependencies:\n  http: any\n  dio: ^5.0.0\n", "dio", "pubspec.lock", PUB),
        ("mix.exs", 'x = {:ok, 1}\n[{:jason, "~> 1.0"}, {:own, path: "../own"}, {:j, ">= 1.0", hex: :jason}]',
         '[{:jason, "~> 1.0"},\n {:phoenix, "~> 1.7", only: :dev}]', "phoenix", "mix.lock", MIX),
        ("shop.csproj", '<Project><ItemGroup><PackageReference Include="serilog" Version="3"/></ItemGroup>'
         '<ItemGroup Condition="x"><PackageReference Include="Other"/></ItemGroup></Project>',
         '<Project><PackageReference Version="1" Include="Serilog"/><PackageReference Include="Dapper"/></Project>',
         "dapper", "packages.lock.json", NUGET),
        ("Package.swift", '.package(url: "https://github.com/A/b", from: "1.0.0"), // .package(url: "https://g.it/c/d")',
         '.package(url: "git@github.com:a/b.git"), .package(\n  url: "https://github.com/c/d", from: "1")',
         "github.com/c/d", "Package.resolved", SWIFT),
        ("Pipfile", "[packages]\nFlask = '==1.0.0'\nx = {version = '*', sys_platform = \"== 'win32'\"}\n",
         "[packages]\nflask = '*'\n[dev-packages]\npytest = '*'\n", "pytest", "Pipfile.lock", PIP),
        ("Pipfile", "[packages]\nflask = '*'\n", "[packages]\nflask = '==2.0.0'\n", "flask 2.0.0", "Pipfile.lock", PIP),
        ("pyproject.toml", "[project]\nname='shop'\ndependencies=['flask==1.0']\n",
         "[project]\nname='shop'\ndependencies=['Flask == 2.0.1']\n", "flask 2.0.1", "uv.lock", UV.format("1.0.0")),
    ],
)  # fmt: skip
def test_a_manifest_that_grew_since_it_was_locked_is_said(tmp_path, manifest, answered, grown, name, lock, content):
    assert not not_locked(lay(tmp_path, {manifest: answered, lock: content}))
    assert name in not_locked(lay(tmp_path, {manifest: grown}))[manifest]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("build.gradle.kts", "kotlin {\n  sourceSets {\n    commonMain.dependencies {\n    }\n  }\n}"),
        ("build.gradle", "plugins { id 'org.springframework.boot' version '3.0.0' }"),
        ("core/spring-core.gradle", "dependencies {\n  api 'a:b:1'\n}"),
        ("Gemfile", "%w[rails rack].each { |name| gem name }"),
        ("Directory.Build.props", '<Project><PackageReference Include="a" Version="1"/></Project>'),
        ("shop.csproj", '<Project><PackageReference Include="a"/></Project>'.encode("utf-16")),
        ("package.json", b"\xef\xbb\xbf" + asks({"a": "1"}).encode()),
        ("pyproject.toml", "[project]\nname='x'\ndependencies=['a']\n".encode("utf-16")),
    ],
)
def test_what_asks_for_packages_in_another_way_is_not_nothing(tmp_path, name, content):
    assert list(not_locked(lay(tmp_path, {name: content}))) == [name]


def test_settings_of_msbuild_make_each_project_below_ask(tmp_path):
    settings = '<Project><ItemGroup><PackageReference Include="Serilog" Version="3"/></ItemGroup></Project>'
    files = {"src/Directory.Build.props": settings, "src/a/a.csproj": "<Project/>", "src/b/b.csproj": "<Project/>"}
    assert list(not_locked(lay(tmp_path, files | {"src/b/packages.lock.json": NUGET}))) == ["src/a/a.csproj"]
    assert not not_locked(lay(tmp_path, {"src/a/packages.lock.json": NUGET}))


def test_pieces_of_a_build_are_locked_by_the_build_that_takes_them_in(tmp_path):
    lock = "a:b:1=runtimeClasspath\nempty=\n"
    files = {"gradle/common.gradle": "dependencies {\n}\n", "buildSrc/src/x.gradle.kts": "dependencies {\n}\n"}
    assert len(not_locked(lay(tmp_path, files))) == 2
    assert not not_locked(lay(tmp_path, {"gradle.lockfile": lock}))


def test_a_product_for_vendors_is_no_folder_of_copies(tmp_path):
    lock = npm({"lodash": "^4"})
    listing = lay(tmp_path, {"apps/vendor/package-lock.json": lock, "php/vendor/a/b/package-lock.json": lock})
    assert [each.file for each in listing.manifests] == ["apps/vendor/package-lock.json"]
    assert listing.left_out == ("php/vendor",)


@pytest.mark.parametrize(
    ("manifest", "asking", "beside"),
    [
        ("package.json", asks({"ring": "file:{}"}).replace("{}", "%s"), '{"name": "ring", "repository": "%s/ring"}'),
        ("package.json", asks({"ring": "link:./{}"}).replace("{}", "%s"), '{"repository": {"url": "git@%s/ring.git"}}'),
        ("package.json", asks({"ring": "portal:{}"}).replace("{}", "%s"), '{"repository": "git+https://%s/ring"}'),
        ("pyproject.toml", '[tool.poetry.dependencies]\nring = {path = "%s"}\n',
         '[tool.poetry]\nrepository = "https://%s/ring"\n'),
        ("pyproject.toml", '[project]\nname="x"\ndependencies=["ring"]\n[tool.uv.sources]\nring = {path = "%s"}\n',
         '[project]\nname="ring"\n[project.urls]\nSource = "https://%s/ring"\n'),
        ("pyproject.toml", '[project]\nname="x"\ndependencies=["ring @ file:///${PROJECT_ROOT}/%s"]\n',
         '[project]\nname="ring"\n[project.urls]\nHomepage = "https://%s/ring"\n'),
        ("Cargo.toml", '[dependencies]\nring = { path = "%s" }\n', '[package]\nrepository = "https://%s/ring"\n'),
    ],
)  # fmt: skip
def test_a_copy_of_other_peoples_code_cannot_be_checked(tmp_path, manifest, asking, beside):
    """Nobody looks up what is known of it: one that names another owner, lies outside or in a folder for copies."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text('[remote "origin"]\n\turl = git@github.com:Acme/shop.git\n')

    def copies(place, owner):
        files = {manifest: asking.replace("%s", place)}
        if not place.startswith("../"):
            files[f"{place}/{manifest}"] = beside.replace("%s", owner)
        rows = lay(tmp_path, files).dependencies
        assert all(row.obstacle is Obstacle.OTHER_SOURCE and row.file == manifest for row in rows)
        return [row.name for row in rows]

    other = "gitlab.com/ring" if "git+" in beside else "github.com/briansmith"
    mine = "github.com/acme"
    assert copies("libs/ring", other) == ["ring"]
    assert copies("libs/ring", mine) == []
    assert copies("../ring", mine) == ["ring"]
    assert copies("third_party/ring", mine) == ["ring"]


@pytest.mark.parametrize(
    ("manifest", "asking"),
    [
        ("package.json", asks({}, overrides={"ring": "file:libs/ring"})),
        ("package.json", asks({}, resolutions={"a/**/ring": "portal:./libs/ring"})),
        ("package.json", asks({}, pnpm={"overrides": {"ring@1": "link:libs/ring"}})),
        ("Cargo.toml", '[patch.crates-io]\nring = { path = "libs/ring" }\n'),
        ("pubspec.yaml", "name: x\ndependency_overrides:\n  ring:\n    path: libs/ring\n"),
    ],
)
def test_a_folder_that_stands_in_for_a_published_package_cannot_be_checked(tmp_path, manifest, asking):
    (row,) = lay(tmp_path, {manifest: asking, "libs/ring/x": ""}).dependencies
    assert (row.name, row.obstacle) == ("ring", Obstacle.OTHER_SOURCE)


def test_a_copy_is_listed_once_where_its_lockfile_says_it_too(tmp_path):
    lock = '# yarn lockfile v1\n\n\n"ring@file:./vendor/ring":\n  version "1.0.0"\n'
    listing = lay(tmp_path, {"package.json": asks({"ring": "file:./vendor/ring"}), "yarn.lock": lock})
    assert [(row.name, row.file) for row in listing.dependencies] == [("ring", "yarn.lock")]


def test_folders_of_requirements_lie_inside_and_are_no_copies(tmp_path):
    lines = "./libs/own\n-e libs/other\n-e ../outside\n./third_party/ring[extra]\n"
    listing = lay(tmp_path, {"requirements.txt": lines})
    assert [row.name for row in listing.dependencies] == ["outside", "ring"]


def test_a_name_of_npm_with_capitals_is_looked_up_in_both_spellings(tmp_path):
    """A purl has small letters even for packages whose names have capitals, and some write the name itself wrong."""
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "components": [
            {"type": "library", "name": "JSONStream", "version": "1.3.5", "purl": "pkg:npm/jsonstream@1.3.5"},
            {"type": "library", "name": "x", "version": "4.17.15", "purl": "pkg:npm/Lodash@4.17.15"},
            {"type": "library", "name": "ms", "version": "2.0.0", "purl": "pkg:npm/ms@2.0.0"},
        ],
    }
    listing = lay(tmp_path, {"bom.json": json.dumps(bill)})
    assert sorted(row.name for row in listing.dependencies) == ["JSONStream", "Lodash", "jsonstream", "lodash", "ms"]


def test_a_version_in_another_spelling_is_the_same(tmp_path):
    """PEP 440 writes 1.0.0rc1, and people 1.0.0-rc1 and v1.0.0.rc1."""
    for written in ("2.0.0rc1", "2.0.0-rc1", "v2.0.0.rc1", "2.0.0RC1+local"):
        project = f"[project]\nname='shop'\ndependencies=['flask=={written}']\n"
        assert not not_locked(lay(tmp_path, {"pyproject.toml": project, "uv.lock": UV.format("2.0.0rc1")})), written
    project = "[project]\nname='shop'\ndependencies=['flask==2.0.0']\n"
    assert not_locked(lay(tmp_path, {"pyproject.toml": project}))


def test_what_lies_around_and_what_the_first_manifest_owns_is_no_copy(tmp_path):
    ours = {"name": "shop", "repository": "acme/shop"}
    files = {
        "package.json": json.dumps(ours),
        "examples/a/package.json": asks({"shop": "file:../.."}, name="a"),
        "apps/web/package.json": asks({"ui": "link:../../libs/ui", "ring": "link:../../libs/ring"}, name="web"),
        "libs/ui/package.json": json.dumps({"name": "ui", "repository": "https://github.com/acme/ui"}),
        "libs/ring/package.json": json.dumps({"name": "ring", "repository": "ring/ring"}),
    }
    assert [row.name for row in lay(tmp_path, files).dependencies] == ["ring"]
