"""The house stays one that people can read: no second subjects, no drawers, nothing of anybody's machine."""

import re
import subprocess

import pytest

LONGEST, LONGEST_IN_GUI = 500, 400
DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager", "core", "service", "misc"}


@pytest.fixture(scope="module")
def ours(checkout, tool):
    """The committed text files, without the texts of others."""
    listed = subprocess.run([tool("git"), "ls-files", "-z"], cwd=checkout, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    files = [checkout / name for name in listed.stdout.split("\0") if name and not name.startswith("assets/licences/")]
    texts = {}
    for file in files:
        if file.is_file():
            data = file.read_bytes()
            if b"\0" not in data:
                texts[file.relative_to(checkout).as_posix()] = data.decode("utf-8")
    return texts


def test_a_long_file_has_two_subjects(checkout):
    for file in (checkout / "wizard").rglob("*.py"):
        lines = len(file.read_text(encoding="utf-8").splitlines())
        assert lines <= (LONGEST_IN_GUI if "gui" in file.parts else LONGEST), f"{file}: {lines} lines"


def test_no_module_is_a_drawer(checkout):
    assert [file for file in (checkout / "wizard").rglob("*") if file.stem in DRAWERS] == []


def test_nothing_committed_names_a_package_registry_or_a_home(ours):
    # Written in pieces, so that this file does not name them either.
    forbidden = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "/ro" + "ot/", "/ho" + r"me/\w"]))
    named = {name: found[0] for name, text in ours.items() if (found := forbidden.search(text))}
    assert named == {}


def test_nothing_is_left_for_later(ours):
    later = re.compile("TO" + "DO|FIX" + "ME|X" + "XX")
    assert [name for name, text in ours.items() if name.startswith("wizard/") and later.search(text)] == []
