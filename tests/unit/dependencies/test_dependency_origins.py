"""A package of a private registry is told from public ones by the files themselves, and is never "none known"."""

import json

import pytest
from dependency_lockfiles import LOCKFILES

from wizard.checks.dependencies import wording
from wizard.checks.dependencies.dependency import Obstacle, Reach
from wizard.checks.dependencies.knowing import look_up_offline
from wizard.checks.dependencies.listing import list_dependencies
from wizard.checks.dependencies.osv import leaving

PUBLIC, PRIVATE, OTHER = "registry.example.com", "packages.acme.example", "copy.example.net"


def npm_lock(*packages, needs=None, **more):
    """A package-lock.json of packages "name host", each of version 1.0.0."""
    listed = {"": {"name": "shop"}}
    for each in packages:
        name, _blank, host = each.partition(" ")
        entry = {"version": "1.0.0", "dependencies": dict.fromkeys((needs or {}).get(name, ()), "1")}
        if host:
            entry["resolved"] = f"https://{host}/{name}/-/{name.rpartition('/')[2]}-1.0.0.tgz"
        listed[f"node_modules/{name}"] = entry
    return json.dumps({"lockfileVersion": 3, "packages": listed} | more)


def yarn_lock(*packages, needs=None):
    """The same in the form of Yarn 1."""
    lines = ["# yarn lockfile v1", ""]
    for each in packages:
        name, _blank, host = each.partition(" ")
        lines += [f'"{name}@1":', '  version "1.0.0"']
        lines += [f'  resolved "https://{host}/{name}/-/{name.rpartition("/")[2]}-1.0.0.tgz#aa"']
        lines += ["  dependencies:"] + [f'    "{other}" "1"' for other in (needs or {}).get(name, ())] + [""]
    return "\n".join(lines)


def uv_lock(*packages, needs=None):
    """The same in the form of uv."""
    text = 'version = 1\n[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\n'
    for each in packages:
        name, _blank, host = each.partition(" ")
        needed = ", ".join('{ name = "' + other + '" }' for other in (needs or {}).get(name, ()))
        text += f'[[package]]\nname = "{name}"\nversion = "1"\ndependencies = [{needed}]\n'
        text += f'source = {{ registry = "https://{host}/simple" }}\n'
    return text


def lay(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    rows = list_dependencies(root).dependencies
    assert rows
    return {row.name for row in rows if row.obstacle is Obstacle.OTHER_REGISTRY}


SCOPE = f"@acme:registry=https://{PRIVATE}/npm\n//{PRIVATE}/npm/:_authToken=${{TOKEN}}\n"
BUN = '{"lockfileVersion": 1, "packages": {"a": ["a@1.0.0", "", {}, "x"], "@acme/b": ["@acme/b@1.0.0", "%s", {}, "x"]}}'
PNPM = "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0: {}\n  '/@acme/b@1.0.0': {}\n"
BERRY = (
    '__metadata:\n  version: 6\n"a@npm:1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n'
    '"@acme/b@npm:1":\n  version: 1.0.0\n  resolution: "@acme/b@npm:1.0.0%s"\n'
    '"shop@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "shop@workspace:."\n'
)
POETRY = (
    '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "b"\nversion = "1"\n[package.source]\n'
    f'type = "legacy"\nurl = "https://user:secret@{PRIVATE}/simple"\nreference = "acme"\n'
    '[metadata]\nlock-version = "2.0"\n'
)
UV = uv_lock(f"a {PUBLIC}", f"c {PUBLIC}", f"b {PRIVATE}")
PDM_PROJECT = f'[[tool.pdm.source]]\nname = "acme"\nurl = "https://{PRIVATE}/simple"\n'
PDM = '[metadata]\n[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "b"\nversion = "1"\n'
PIPFILE = {
    "_meta": {
        "sources": [{"name": "one", "url": f"https://{PUBLIC}/"}, {"name": "acme", "url": f"https://{PRIVATE}/"}]
    },
    "default": {
        "a": {"version": "==1", "index": "one"},
        "b": {"version": "==1", "index": "acme"},
        "c": {"version": "==1"},
    },
}
PYLOCK = 'lock-version = "1.0"\n' + "".join(
    f'[[packages]]\nname = "{name}"\nversion = "1"\nindex = "https://{host}/simple"\n'
    for name, host in (("a", PUBLIC), ("c", PUBLIC), ("b", PRIVATE))
)
COMPILED = "".join(
    f"{name}==1\n    # via -r requirements.in\n    # from https://{host}/simple\n"
    for name, host in (("a", PUBLIC), ("b", PRIVATE), ("c", PUBLIC))
)
GEMS = (
    f"GEM\n  remote: https://{PUBLIC}/\n  specs:\n    a (1.0)\n    c (1.0)\n\n"
    f"GEM\n  remote: https://{PRIVATE}/\n  specs:\n    b (1.0)\n      a\n\nDEPENDENCIES\n  a\n  b!\n"
)
CARGO = f'[[package]]\nname = "b"\nversion = "1.0.0"\nsource = "sparse+https://{PRIVATE}/index/"\n'
HEX = (
    '%{\n  "a": {:hex, :a, "1.0.0", "aa", [:mix], [{:b, "~> 1", [hex: :b, repo: "hexpm"]}], "hexpm", "bb"},\n'
    '  "b": {:hex, :b, "1.0.0", "aa", [:mix], [], "hexpm:acme", "bb"},\n}\n'
)
PUB = (
    "packages:\n"
    + "".join(
        f'  {name}:\n    source: hosted\n    version: "1"\n    description:\n      name: {name}\n      url: "https://{host}"\n'
        for name, host in (("a", PUBLIC), ("c", PUBLIC), ("b", PRIVATE))
    )
    + "sdks:\n  dart: x\n"
)
RENV = {"R": {}, "Packages": {n: {"Package": n, "Version": "1", "Source": "Repository", "Repository": r}
                              for n, r in (("a", "One"), ("c", "One"), ("b", "acme"))}}  # fmt: skip
COMPOSER = {
    "packages": [
        {"name": "x/a", "version": "1", "notification-url": f"https://{PUBLIC}/downloads/"},
        {"name": "x/c", "version": "1", "notification-url": f"https://{PUBLIC}/downloads/"},
        {"name": "acme/b", "version": "1", "source": {"type": "git", "url": f"https://{PRIVATE}/acme/b.git"}},
    ]
}
NUGET = json.dumps(
    {"version": 1, "dependencies": {"net8.0": {n: {"type": "Direct", "resolved": "1"} for n in ("a", "Acme.B")}}}
)
FEEDS = (
    f'<configuration><packageSources><clear/><add key="p" value="https://{PUBLIC}/v3"/>'
    f'<add key="acme" value="https://{PRIVATE}/v3"/></packageSources>%s</configuration>'
)
MAPPING = (
    '<packageSourceMapping><packageSource key="p"><package pattern="*"/></packageSource>'
    '<packageSource key="acme"><package pattern="Acme.*"/></packageSource></packageSourceMapping>'
)
GRADLE = "com.acme:b:1.0=runtimeClasspath\norg.a:a:1.0=runtimeClasspath\nempty=\n"
BUILD = f"repositories {{\n  mavenCentral()\n  maven {{\n    url = uri('https://{PRIVATE}/maven')\n    %s\n  }}\n}}\n"
BOM = json.dumps(
    {
        "bomFormat": "CycloneDX", "specVersion": "1.5",
        "components": [
            {"type": "library", "name": "a", "version": "1", "purl": "pkg:npm/a@1"},
            {"type": "library", "name": "b", "version": "1", "purl": f"pkg:npm/b@1?repository_url={PRIVATE}%2Fnpm"},
        ],
    }
)  # fmt: skip
GO = "module example.com/shop\n\ngo 1.21.3\n\nrequire (\n\tgit.acme.example/b v1.0.0\n\texample.org/a v1.0.0\n)\n"


THREE = (f"a {PUBLIC}", f"c {PUBLIC}", f"@acme/b {PRIVATE}")
TARBALL = f"b@1.0.0':\n    resolution: {{tarball: 'https://{PRIVATE}/x/@acme/b/-/@acme/b-1.0.0.tgz'}}"
YARNRC = f'"@acme:registry" "https://{PUBLIC}"\n'
BUNFIG = f'[install.scopes]\nacme = {{ url = "https://{PRIVATE}" }}\n'
YARNRC_YML = f"npmScopes:\n  acme:\n    npmRegistryServer: https://{PRIVATE}\n"
ARCHIVE = f"::__archiveUrl=https%3A%2F%2F{PRIVATE}%2Fdownload%2F%40acme%2Fb%2F1.0.0%2Faa"
FURTHER = f"--extra-index-url https://{PRIVATE}/simple\na==1 --hash=sha256:aa\n"
OLD_GEMS = (
    f"GEM\n  remote: https://{PUBLIC}/\n  remote: https://{PRIVATE}/\n  specs:\n    b (1.0)\n\nDEPENDENCIES\n  b\n"
)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"package-lock.json": npm_lock(*THREE)}, {"@acme/b"}),
        ({"package-lock.json": npm_lock(*THREE, f"@acme/c {PRIVATE}", f"@acme/d {PRIVATE}")},
         {"@acme/b", "@acme/c", "@acme/d"}),
        ({"package-lock.json": npm_lock("a", "@acme/b"), ".npmrc": SCOPE}, {"@acme/b"}),
        ({"package-lock.json": npm_lock(f"@acme/b {PRIVATE}/npm"), ".npmrc": SCOPE}, {"@acme/b"}),
        ({"app/package-lock.json": npm_lock("a", "@acme/b"), ".npmrc": SCOPE}, {"@acme/b"}),
        ({"yarn.lock": yarn_lock(*THREE)}, {"@acme/b"}),
        ({"yarn.lock": yarn_lock(f"a {PUBLIC}", f"@acme/b {PUBLIC}"), ".yarnrc": YARNRC}, set()),
        ({"bun.lock": BUN % f"https://{PRIVATE}/npm/"}, {"@acme/b"}),
        ({"bun.lock": BUN % "", "bunfig.toml": BUNFIG}, {"@acme/b"}),
        ({"pnpm-lock.yaml": PNPM, ".npmrc": SCOPE}, {"@acme/b"}),
        ({"pnpm-lock.yaml": PNPM.replace("/@acme", f"{PRIVATE}/@acme")}, {"@acme/b"}),
        ({"yarn.lock": BERRY % ARCHIVE}, {"@acme/b"}),
        ({"yarn.lock": BERRY % "", ".yarnrc.yml": YARNRC_YML}, {"@acme/b"}),
        ({"yarn.lock": BERRY % ARCHIVE, ".yarnrc.yml": f"npmRegistryServer: https://{PRIVATE}/\n"}, set()),
        ({"pnpm-lock.yaml": PNPM.replace("b@1.0.0': {}", TARBALL)}, {"@acme/b"}),
        ({"pnpm-lock.yaml": PNPM.replace("b@1.0.0': {}", TARBALL), ".npmrc": f"registry=https://{PRIVATE}/x/"}, set()),
        ({"poetry.lock": POETRY}, {"b"}),
        ({"uv.lock": UV}, {"b"}),
        ({"pdm.lock": PDM, "pyproject.toml": PDM_PROJECT + 'include_packages = ["b*"]\n'}, {"b"}),
        ({"Pipfile.lock": json.dumps(PIPFILE)}, {"b"}),
        ({"pylock.toml": PYLOCK}, {"b"}),
        ({"requirements.txt": COMPILED}, {"b"}),
        ({"Gemfile.lock": GEMS}, {"b"}),
        ({"Cargo.lock": CARGO}, {"b"}),
        ({"mix.lock": HEX}, {"b"}),
        ({"pubspec.lock": PUB}, {"b"}),
        ({"renv.lock": json.dumps(RENV)}, {"b"}),
        ({"composer.lock": json.dumps(COMPOSER)}, {"acme/b"}),
        ({"packages.lock.json": NUGET, "nuget.config": FEEDS % MAPPING}, {"Acme.B"}),
        ({"gradle.lockfile": GRADLE, "build.gradle": BUILD % 'content { includeGroup("com.acme") }'}, {"com.acme:b"}),
        ({"bom.json": BOM}, {"b"}),
        ({"go.mod": GO, "Dockerfile": "FROM x\nENV GOPRIVATE=*.acme.example\n"}, {"git.acme.example/b"}),
    ],
)  # fmt: skip
def test_a_package_of_a_registry_of_its_own_is_not_looked_up(tmp_path, files, expected):
    assert lay(tmp_path, files) == expected
    rows = [row for row in list_dependencies(tmp_path).dependencies if row.obstacle is Obstacle.OTHER_REGISTRY]
    left = leaving(list_dependencies(tmp_path).dependencies)
    assert not [name for name in expected if any(name in line.split() for line in left)]
    for row in look_up_offline(rows, None)[0]:
        assert row.state == "cannot_be_checked"
        assert "secret" not in repr(row)
        assert row.dependency.origin in wording.because(row)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("pdm.lock", {"pdm.lock": PDM, "pyproject.toml": PDM_PROJECT}),
        ("requirements.txt", {"requirements.txt": FURTHER}),
        ("Gemfile.lock", {"Gemfile.lock": OLD_GEMS}),
        ("packages.lock.json", {"packages.lock.json": NUGET, "NuGet.config": FEEDS % ""}),
        ("gradle.lockfile", {"gradle.lockfile": GRADLE, "settings.gradle": BUILD % ""}),
    ],
)  # fmt: skip
def test_where_nothing_says_which_come_from_a_further_registry_the_list_does_not_tell_all(tmp_path, name, files):
    lay(tmp_path, files)
    (manifest,) = [each for each in list_dependencies(tmp_path).manifests if each.file == name]
    assert manifest.reach is Reach.MIXED
    assert PRIVATE in manifest.because or PUBLIC in manifest.because


@pytest.mark.parametrize("path", LOCKFILES)
def test_a_copy_of_the_registry_for_everything_changes_nothing(tmp_path, path):
    """All samples come from one place each, most from a mirror."""
    content, _rows, beside = LOCKFILES[path]
    lay(
        tmp_path,
        {path: content} | {str((tmp_path / path).parent.relative_to(tmp_path) / n): c for n, c in beside.items()},
    )
    assert not [row for row in list_dependencies(tmp_path).dependencies if row.obstacle is Obstacle.OTHER_REGISTRY]


def test_what_a_public_package_needs_is_public_wherever_it_came_from(tmp_path):
    packages = *(f"{name} {PUBLIC}" for name in "acfg"), f"d {OTHER}", f"e {OTHER}", f"own {OTHER}"
    lock = npm_lock(*packages, needs={"a": ["d"], "d": ["e"], "own": ["a"]})
    assert lay(tmp_path, {"package-lock.json": lock}) == {"own"}


def test_a_lockfile_of_people_with_two_defaults_is_not_flooded(tmp_path):
    """What came from the second one is mostly needed by public packages, so it is a copy; a scope of its own is not."""
    copied = [f"p{n}" for n in range(20)]
    packages = [f"main{n} {PUBLIC}" for n in range(30)] + [f"{name} {OTHER}" for name in copied]
    packages += [f"direct {OTHER}", f"@acme/b {OTHER}"]
    needs = {f"main{n}": [name] for n, name in enumerate(copied)}
    assert lay(tmp_path, {"yarn.lock": yarn_lock(*packages, needs=needs)}) == {"@acme/b"}


def test_more_private_packages_than_public_ones_are_still_the_private_ones(tmp_path):
    """The public side needs nothing of the private one."""
    names = [f"own{n}" for n in range(3)]
    text = uv_lock(f"a {PUBLIC}", *(f"{name} {PRIVATE}" for name in names), needs={name: ["a"] for name in names})
    assert lay(tmp_path, {"uv.lock": text}) == set(names)


def test_two_places_of_equal_weight_are_both_not_looked_up(tmp_path):
    assert lay(tmp_path, {"uv.lock": uv_lock(f"a {PUBLIC}", f"b {PRIVATE}")}) == {"a", "b"}


def test_of_one_name_in_two_places_only_the_public_one_is_looked_up(tmp_path):
    text = uv_lock(f"a {PUBLIC}", f"c {PUBLIC}", f"d {PUBLIC}", f"b {PRIVATE}")
    text += f'[[package]]\nname = "a"\nversion = "2"\nsource = {{ registry = "https://{PRIVATE}/simple" }}\n'
    lay(tmp_path, {"uv.lock": text})
    said = {(row.name, row.version): row.obstacle for row in list_dependencies(tmp_path).dependencies}
    assert (said[("a", "1")], said[("a", "2")]) == (None, Obstacle.OTHER_REGISTRY)


def test_what_one_file_shows_to_be_private_does_not_leave_through_another(tmp_path):
    bill = '{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "x",'
    bill += ' "version": "1", "purl": "pkg:npm/%40acme/b@1.0.0"}]}'
    files = {"package-lock.json": npm_lock(f"a {PUBLIC}", f"@acme/b {PRIVATE}"), "sbom.json": bill}
    assert lay(tmp_path, files) == {"@acme/b"}
    assert leaving(list_dependencies(tmp_path).dependencies) == ("npm a 1.0.0",)


def test_a_name_that_stands_in_the_address_of_the_registry_too(tmp_path):
    place = f"{PUBLIC}/api/npm/all"
    lock = npm_lock(f"a {place}", f"npm {place}", f"{PUBLIC} {place}", f"@acme/b {PUBLIC}/api/npm/own")
    assert lay(tmp_path, {"package-lock.json": lock}) == {"@acme/b"}


def test_only_the_host_of_a_registry_is_kept(tmp_path):
    lay(tmp_path, {"package-lock.json": npm_lock(f"a {PUBLIC}", f"@acme/b {PRIVATE}/tok-5f3a/npm")})
    assert {row.origin for row in list_dependencies(tmp_path).dependencies} == {PUBLIC, PRIVATE}
