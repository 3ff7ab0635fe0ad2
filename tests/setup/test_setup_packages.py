"""The one list of Debian packages is well formed, and what Qt misses is named with the command that installs it."""

import re
import sys
from pathlib import Path

import pytest


def test_each_package_stands_once_in_the_list(packaging):
    names = packaging("system_libraries").packages(everything=True)
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for name in names)


def test_what_only_tests_need_is_not_asked_of_a_person(packaging):
    libraries = packaging("system_libraries")
    assert "xvfb" in libraries.packages(everything=True)
    assert "xvfb" not in libraries.packages()
    assert "libxcb-cursor0" in libraries.packages()


def test_every_tool_that_a_test_names_has_its_package(packaging, checkout):
    package_of = packaging("system_libraries").package_of
    asked = {
        name
        for file in (checkout / "tests").rglob("*.py")
        if file.name != "test_setup_fixtures.py"
        for name in re.findall(r'\btool\("([\w.-]+)"\)', file.read_text(encoding="utf-8"))
    }
    assert {name for name in asked if not package_of(name)} == set()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names Debian's packages")
def test_a_missing_library_is_named_with_the_command(packaging, monkeypatch, capsys):
    libraries = packaging("system_libraries")
    assert libraries.main() == 0
    monkeypatch.setattr(libraries, "missing", lambda paths: ["libEGL.so.1", "libxcb-cursor.so.0"])
    assert libraries.main() == 1
    said = capsys.readouterr().err
    assert "libEGL.so.1, libxcb-cursor.so.0" in said
    assert "sudo apt-get install --yes" in said
    assert " libegl1 " in said
    assert "xvfb" not in said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ldd is Linux's")
def test_the_loaders_complaint_is_read(packaging, monkeypatch):
    class Answer:
        stdout = "\tlibz.so.1 => /lib/libz.so.1 (0x1)\n\tlibEGL.so.1 => not found\n\tlinux-vdso.so.1 (0x2)\n"

    libraries = packaging("system_libraries")
    monkeypatch.setattr(libraries.subprocess, "run", lambda *a, **k: Answer())
    assert libraries.missing([Path("a"), Path("b")]) == ["libEGL.so.1"]


def test_readme_and_ci_read_the_one_list(checkout):
    for name in ("README.md", ".ci/run"):
        text = (checkout / name).read_text(encoding="utf-8")
        assert "packaging/debian-packages.txt" in text, name
    assert "make test" in (checkout / ".ci" / "run").read_text(encoding="utf-8")
