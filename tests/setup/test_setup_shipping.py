"""What people install does the whole job: the wheel in an environment of its own, and the frozen program."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty working folder and an environment that lead nowhere near the checkout."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = tmp_path / "else where"  # with a space, as people have it
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def does_the_whole_job(program, folder):
    """The demo goes through, says where its PDF is, and the same program verifies it."""
    home = folder / "home"
    said = run(program, "--home", home, "demo", "--out", folder / "demo")
    (pdf,) = (folder / "demo").glob("*.pdf")
    assert str(pdf) in said
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert len(list((folder / "demo").glob("*.attestry"))) == 1
    run(program, "--home", home, "verify", pdf)
    run(program, "list", "questionnaires")


def test_the_wheel_carries_its_data_and_does_the_whole_job_outside_the_checkout(checkout, elsewhere):
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", elsewhere, checkout)
    (wheel,) = elsewhere.glob("attestry-*.whl")
    environment = elsewhere / "environment"
    venv.create(environment, with_pip=False)
    python = environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    # Borrow the locked dependencies. A path in a .pth file is not searched for further .pth files, so the editable
    # installation of the checkout stays invisible.
    own = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    where = Path(run(python, "-P", "-c", "import wizard; print(wizard.__file__)").strip())
    assert own in where.parents
    data = where.parent / "_data"
    assert (data / "questionnaires" / "apollo-marketplace" / "questionnaire.toml").is_file()
    assert (data / "assets" / "licences" / "third-party").is_dir()
    does_the_whole_job(python.with_name("attestry"), elsewhere)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="built and proved on Linux")
def test_the_frozen_program_does_the_whole_job(packaging, tool, elsewhere, monkeypatch):
    for needed in ("objdump", "strip"):
        tool(needed)
    folder = packaging("package").freeze(elsewhere / "dist", elsewhere / "work")
    # Nothing of this environment may help it.
    monkeypatch.setattr(os, "environ", {"PATH": "/usr/bin:/bin", "HOME": str(elsewhere), "LC_ALL": "C.UTF-8"})
    does_the_whole_job(folder / "attestry", elsewhere)
    internal = folder / "_internal"
    assert (internal / "assets" / "licences" / "LGPL-3.0.txt").is_file()
    assert (internal / "PySide6" / "Qt" / "plugins" / "platforms" / "libqxcb.so").is_file()
    assert not list(internal.rglob("*Qt6Qml*"))
    for forbidden in ("DarkGarden*", "libreadline*", "libgdbm*", "libgtk*"):
        assert not list(internal.rglob(forbidden)), forbidden
    assert (internal / "assets" / "licences" / "system" / "libxcb-cursor0.txt").is_file()
    assert (folder / "desktop" / "install.sh").is_file()
