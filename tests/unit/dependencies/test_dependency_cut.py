"""A lockfile that was cut between two records is not taken for a whole one, where its format tells."""

import pytest
from dependency_lockfiles import LOCKFILES

from wizard.checks.dependencies.dependency import Reach
from wizard.checks.dependencies.listing import list_dependencies

#: Formats in which little or nothing tells that records are missing at the end (docs/decisions/0010).
SILENT = {"shop.spdx", ".github/workflows/ci.yml", "Dockerfile", "requirements.txt", "go.mod", "old/go.mod"}


def lay(root, path, content, beside=()):
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content)
    for name, data in dict(beside).items():
        (place.parent / name).write_text(data)


def rows(root):
    return {(d.name, d.version, d.obstacle) for d in list_dependencies(root).dependencies}


def whole(root):
    return all(each.reach in (Reach.COMPLETE, Reach.DIRECT_ONLY) for each in list_dependencies(root).manifests)


@pytest.mark.parametrize("path", sorted(LOCKFILES.keys() - SILENT))
def test_a_lockfile_cut_after_any_line_is_not_whole(tmp_path, path):
    content, _rows, beside = LOCKFILES[path]
    lay(tmp_path, path, content, beside)
    assert whole(tmp_path)
    everything = rows(tmp_path)
    lines = content.splitlines(keepends=True)
    for n in range(len(lines)):
        lay(tmp_path, path, "".join(lines[:n]))
        left = rows(tmp_path)
        assert not left or not left < everything or not whole(tmp_path), lines[n]


YARN = """# yarn lockfile v1


a@^1:
  version "1.0.0"
  dependencies:
    b "^2"
    own "*"
"""


def test_a_member_of_the_workspace_is_not_missing(tmp_path):
    lay(tmp_path, "yarn.lock", YARN + '\nb@^2:\n  version "2.0.0"\n')
    assert [each.reach for each in list_dependencies(tmp_path).manifests] == [Reach.CUT_SHORT]
    lay(tmp_path, "own/package.json", '{"name": "own"}')
    assert [each.reach for each in list_dependencies(tmp_path).manifests] == [Reach.COMPLETE]


def test_the_file_says_what_is_missing(tmp_path):
    lay(tmp_path, "yarn.lock", YARN.replace('    own "*"\n', ""))
    (manifest,) = list_dependencies(tmp_path).manifests
    assert manifest.reach is Reach.CUT_SHORT
    assert "“b”," in manifest.because


GO = "module example.com/shop\n\ngo 1.21.3\n\nrequire example.org/a v1.0.0\n"
SUM = "example.org/a v1.0.0 h1:x=\nexample.org/a v1.0.0/go.mod h1:x=\n"


@pytest.mark.parametrize(
    ("mod", "sums", "reach"),
    [
        (GO, SUM, Reach.COMPLETE),
        (GO, SUM + "example.org/test v1.0.0 h1:x=\n", Reach.COMPLETE),
        (GO, SUM + "".join(f"example.org/m{n} v1.0.0 h1:x=\n" for n in range(6)), Reach.CUT_SHORT),
        (GO + "require example.org/z v1.0.0\n", SUM, Reach.CUT_SHORT),
        (GO + "require example.org/z v1.0.0\nreplace example.org/z => ../z\n", SUM, Reach.COMPLETE),
        (GO.replace("1.21.3", "1.16") + "require example.org/z v1.0.0\n", SUM, Reach.CUT_SHORT),
    ],
)
def test_go_mod_and_go_sum_hold_each_other(tmp_path, mod, sums, reach):
    lay(tmp_path, "go.mod", mod, {"go.sum": sums})
    assert list_dependencies(tmp_path).manifests[0].reach is reach
    lay(tmp_path, "go.work", "go 1.21\n")
    assert list_dependencies(tmp_path).manifests[0].reach is Reach.COMPLETE


@pytest.mark.parametrize("by", ["flask", "-r requirements.in", "shop (pyproject.toml)", "-r a.in, flask"])
def test_a_compiled_requirements_file_names_who_needs_each(tmp_path, by):
    lay(tmp_path, "requirements.txt", f"click==8.0 \\\n    --hash=sha256:aa\n    # via {by}\n")
    (manifest,) = list_dependencies(tmp_path).manifests
    assert manifest.reach is (Reach.CUT_SHORT if "flask" in by else Reach.COMPLETE)


def test_what_a_compiler_left_out_is_not_missing(tmp_path):
    text = "click==8.0\n    # via setuptools\n\n# The following packages were excluded:\n# setuptools\n"
    lay(tmp_path, "requirements.txt", text)
    assert [each.reach for each in list_dependencies(tmp_path).manifests] == [Reach.COMPLETE]
    lay(tmp_path, "requirements.txt", "click==8.0\n    # via shop\n", {"pyproject.toml": "[project]\nname = 'shop'\n"})
    assert list_dependencies(tmp_path).manifests[0].reach is Reach.COMPLETE


HASH = "--hash=sha256:" + "ab" * 32
ONE = f"click==8.0 \\\n    {HASH}\n"


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (ONE, False),
        (ONE.rstrip(), False),  # many files end without a line break
        (ONE + "# the end \\\n", False),
        (ONE + "flask==2.0 \\\n", True),
        (ONE + "flask==2.0 \\", True),
        (ONE + "flask==2.0", True),  # pip refuses one without a digest beside others that have one
        (ONE + "flask==2.0 ; python_version > '3'", True),
        (ONE + f"flask==2.0 \\\n    {HASH[:-1]}", True),
        (ONE + "-e .\n", False),
        (ONE + "git+https://github.com/a/b.git@" + "a" * 40 + "#egg=b\n", False),
        ("click==8.0\n    # via -r requirements.in", False),
        ("click==8.0", False),
        ("click==8.0 \\", True),
    ],
)
def test_requirements_that_end_where_no_whole_file_does_are_cut(tmp_path, text, cut):
    lay(tmp_path, "requirements.txt", text)
    (manifest,) = list_dependencies(tmp_path).manifests
    assert (manifest.reach is Reach.CUT_SHORT) is cut, manifest
    assert ("in the middle of an entry" in manifest.because) is cut


MADE = "#\n# This file is autogenerated by pip-compile with Python 3.11\n"


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        (ONE + f"flask==2.0 {HASH}\n", Reach.COMPLETE),
        ("click==8.0\n    # via -r a.in\nflask==2.0  # via -r a.in\n", Reach.COMPLETE),
        (MADE + "click==8.0\nflask==2.0\n", Reach.COMPLETE),
        ("click==8.0\n    # via -r a.in\nflask==2.0\n", Reach.DIRECT_ONLY),
        (MADE + "click==8.0\n    # via -r a.in\nflask==2.0\n", Reach.DIRECT_ONLY),
        (f"flask==2.0\n{ONE}", Reach.DIRECT_ONLY),
        ("# --hash=sha256:aa\nflask==2.0\n", Reach.DIRECT_ONLY),
        ("flask==2.0  # a trivial one\n", Reach.DIRECT_ONLY),
        ("flask==2.0\n", Reach.DIRECT_ONLY),
    ],
)
def test_a_line_that_was_added_by_hand_brings_along_what_nobody_listed(tmp_path, text, reach):
    lay(tmp_path, "requirements.txt", text)
    assert [each.reach for each in list_dependencies(tmp_path).manifests] == [reach]


SPDX = """SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
DocumentComment: <text>made
by a tool</text>

PackageName: shop
SPDXID: SPDXRef-shop
PackageDownloadLocation: NOASSERTION

PackageName: rails
SPDXID: SPDXRef-rails
PackageVersion: 6.0.0
PackageDownloadLocation: NONE
ExternalRef: PACKAGE-MANAGER purl pkg:gem/rails@6.0.0

Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-shop
Relationship: SPDXRef-shop DEPENDS_ON SPDXRef-rails
Relationship: SPDXRef-shop DEPENDS_ON DocumentRef-other:SPDXRef-rack
Relationship: SPDXRef-rails DEPENDS_ON NOASSERTION
"""


def test_an_spdx_document_in_tags_that_was_cut_is_told(tmp_path):
    def reach(text):
        lay(tmp_path, "shop.spdx", text)
        return list_dependencies(tmp_path).manifests[0].reach

    assert reach(SPDX) is reach(SPDX.rstrip()) is Reach.COMPLETE
    assert reach(SPDX + "Relationship: SPDXRef-shop DEPENDS_ON SPDXRef-rack\n") is Reach.CUT_SHORT
    lines = SPDX.splitlines(keepends=True)
    for n in range(3, lines.index("Relationship: SPDXRef-shop DEPENDS_ON SPDXRef-rails\n")):
        if n not in range(7, 10):  # the one package is whole, and nothing says that there were more
            lay(tmp_path, "shop.spdx", "".join(lines[:n]))
            assert not whole(tmp_path), lines[n]


@pytest.mark.parametrize(("end", "cut"), [("", False), ("RUN make \\\n", True), ("# done \\", False)])
def test_a_dockerfile_that_goes_on_behind_its_end_is_cut(tmp_path, end, cut):
    lay(tmp_path, "Dockerfile", "FROM scratch\n" + end)
    assert (list_dependencies(tmp_path).manifests[0].reach is Reach.CUT_SHORT) is cut
