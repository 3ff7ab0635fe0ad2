"""The process keeps its memory to itself, and no secret leaves through a log, an exception or a file."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import wizard.vault

SOURCES = sorted(Path(wizard.vault.__file__).parent.glob("*.py"))


def test_a_hardened_process_leaves_no_core_file_and_cannot_be_read_by_others(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("needs Linux to look from outside")
    program = (
        "import ctypes, resource, os; from wizard.vault import process;"
        "print(process.harden(), resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),"
        " flush=True); os.abort()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False,
                          env={"PYTHONPATH": str(SOURCES[0].parents[2])})  # fmt: skip
    assert done.stdout.split("\n")[0] == "('no-core-file', 'not-dumpable') (0, 0) 0"
    assert done.returncode < 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_randomness_comes_only_from_the_system_and_nothing_is_printed_or_logged(source: Path) -> None:
    tree = ast.parse(source.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & {"random", "uuid", "logging", "tempfile", "pickle", "traceback", "warnings"}
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"print", "eval", "exec"}
