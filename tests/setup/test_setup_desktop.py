"""Double click and the menu: the entries of the desktop are valid and lead to the program."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

ID = "org.attestry.Attestry"

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="desktop entries are Linux's")


@pytest.fixture
def desktop(checkout):
    return checkout / "packaging" / "linux"


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_entry_is_valid(desktop, tool):
    assert run(tool("desktop-file-validate"), desktop / f"{ID}.desktop").strip() == ""


def test_the_description_is_valid(desktop, tool):
    run(tool("appstreamcli"), "validate", "--no-net", desktop / f"{ID}.metainfo.xml")


def test_the_description_names_this_version(desktop):
    from wizard import __version__

    releases = ElementTree.parse(desktop / f"{ID}.metainfo.xml").getroot().findall("releases/release")
    assert releases[0].get("version") == __version__


def test_a_workspace_opens_by_double_click_after_installing(desktop, tool, tmp_path):
    program = tmp_path / "a folder & more" / "attestry"
    folder = program.parent / "desktop"
    folder.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for file in desktop.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    home = tmp_path / "home"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    tool("update-mime-database")
    run("sh", folder / "install.sh", env=environment)
    entry = (home / ".local/share/applications" / f"{ID}.desktop").read_text(encoding="utf-8")
    assert f'Exec="{program}" %f' in entry
    run(tool("desktop-file-validate"), home / ".local/share/applications" / f"{ID}.desktop")
    globs = (home / ".local/share/mime/globs2").read_text(encoding="utf-8")
    assert "80:application/x-attestry-workspace:open.attestry" in globs
    assert (home / ".local/bin/attestry").resolve() == program.resolve()
    run("sh", folder / "install.sh", "--remove", env=environment)
    assert not (home / ".local/bin/attestry").is_symlink()
    assert not (home / ".local/share/applications" / f"{ID}.desktop").exists()
    assert "attestry" not in (home / ".local/share/mime/globs2").read_text(encoding="utf-8")
