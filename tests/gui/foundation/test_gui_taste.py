"""Rules that keep the window's code small and its texts plain."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wizard.gui

GUI = Path(wizard.gui.__file__).parent
FILES = sorted(GUI.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(GUI).as_posix())
def test_no_file_has_two_subjects(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 400
    assert file.stem not in {"utils", "helpers", "common", "manager", "core", "service"}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(GUI).as_posix())
def test_labels_are_plain_and_nothing_is_modal(file: Path) -> None:
    text = file.read_text("utf-8")
    if file.name != "plain.py":
        assert not re.search(r"\bQLabel\b", text)
    assert not re.search(r"\bQMessageBox\b|\bQWizard\b|\bRichText\b|\bsetHtml\b|\bsetOpenExternalLinks\(True", text)
    if file.name not in ("application.py", "choosing.py"):
        own = re.sub(r"QPrintDialog\([^)]*\)\.exec\(", "", text)  # the system's own print window is asked for by name
        assert not re.search(r"\.exec\(", own), "nothing modal"
    if file.name != "choosing.py":
        assert "QFileDialog" not in text


@pytest.mark.slow
def test_the_window_imports_no_heavy_library_before_it_is_seen() -> None:
    import subprocess
    import sys

    script = (
        "import sys, tempfile; from pathlib import Path\n"
        "from wizard.session.settings import Home, Preferences\n"
        "from wizard.gui import application; from wizard.gui.shell import Shell; from wizard.gui.theme import theme\n"
        "app = application._application(); theme().apply(app, 'light')\n"
        "shell = Shell(Preferences(Home.below(Path(tempfile.mkdtemp())))); shell.start(None); shell.show()\n"
        "app.processEvents()\n"
        "print(' '.join(sorted({m.split('.')[0] for m in sys.modules})))\n"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(out.stdout.split())
    heavy = {"reportlab", "pyhanko", "sqlalchemy", "sqlcipher3", "pikepdf", "httpx", "dns", "cryptography", "keyring"}
    heavy |= {"asyncio", "ssl"}  # 20 ms that nobody who waits for a window should wait for
    assert not loaded & heavy
