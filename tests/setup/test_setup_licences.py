"""Everything that ships has its licence text, and none of them forbids shipping."""

import sys

import pytest


@pytest.fixture(scope="module")
def licences(packaging):
    return packaging("licences")


def test_every_locked_distribution_has_its_text_and_nothing_else_has(licences):
    assert sorted(file.stem for file in licences.FOLDER.glob("*.txt")) == licences.locked()
    for file in licences.FOLDER.glob("*.txt"):
        name, said, text = file.read_text(encoding="utf-8").split("\n", 2)
        assert name == file.stem
        assert licences.may_ship(said.removeprefix("Licence: ")), file.name
        assert len(text) > 150, file.name


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have other wheels")
def test_the_committed_texts_are_those_of_what_is_installed(licences, tmp_path):
    for file in licences.FOLDER.glob("*.txt"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    licences.collect(tmp_path)
    different = [f.name for f in tmp_path.iterdir() if f.read_bytes() != (licences.FOLDER / f.name).read_bytes()]
    assert different == [], "run: .venv/bin/python packaging/licences.py"


def test_what_wheels_carry_without_a_text_has_one(checkout):
    folder = checkout / "assets" / "licences"
    for name, words in {
        "qt-and-pyside6.txt": "LGPL-3.0.txt",
        "LGPL-3.0.txt": "GNU LESSER GENERAL PUBLIC LICENSE",
        "GPL-3.0.txt": "GNU GENERAL PUBLIC LICENSE",
        "sqlcipher.txt": "ZETETIC",
        "openssl.txt": "Apache License",
        "cpython.txt": "PYTHON SOFTWARE FOUNDATION LICENSE",
        "pyinstaller.txt": "Bootloader Exception",
    }.items():
        assert words in (folder / name).read_text(encoding="utf-8"), name
    assert "Apache License" in (checkout / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("MPL-2.0", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("MIT AND GPL-2.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("GNU Affero General Public License v3", False),
        ("", False),
    ],
)
def test_gpl_is_refused_and_lgpl_is_not(licences, said, fine):
    assert licences.may_ship(said) is fine


def test_a_distribution_without_text_is_named(licences, tmp_path, monkeypatch):
    monkeypatch.setattr(licences, "locked", lambda: ["no-such-distribution"])
    with pytest.raises(licences.CannotShip, match="no-such-distribution"):
        licences.collect(tmp_path)
