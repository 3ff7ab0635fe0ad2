"""`attestry scan` from the shell: one JSON object, stable fields, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wizard.cli import main
from wizard.cli.output import Exit


@pytest.fixture
def shell(rules_home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any, str]]:
    def run(*words: str) -> tuple[int, Any, str]:
        code = main.run(main.parse([*words, "--home", str(rules_home)]))
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return run


def test_secrets(shell: Any, repository: Any, token: Callable[[], str]) -> None:
    secret = token()
    repository.write("a/b.py", f"\n\nT = '{secret}'\n")
    commit = repository.commit()
    code, said, err = shell("scan", "secrets", str(repository.root), "--json")
    assert code == Exit.NOT_AS_REQUIRED
    found = said["results"][0]
    assert {name: found[name] for name in ("tier", "file", "line", "commit")} == {
        "tier": "A",
        "file": "a/b.py",
        "line": 3,
        "commit": commit,
    }
    assert found["rule"]
    assert found["masked"].startswith("ghp_")
    assert said["coverage"]["complete"] is True
    assert said["counts"] == {"A": 1, "B": 0, "C": 0, "total": 1}
    assert secret not in json.dumps(said) + err


@pytest.mark.slow
def test_a_clean_and_a_partial_repository(shell: Any, repository: Any, tmp_path: Path) -> None:
    repository.write("a.txt", "nothing here\n")
    repository.commit()
    assert shell("scan", "secrets", "--json", str(repository.root))[0] == Exit.FINE
    repository.write("x.7z", b"7z\xbc\xaf\x27\x1c" + b"\x00" * 20)
    code, said, err = shell("scan", "secrets", str(repository.root), "--json")
    assert code == Exit.COULD_NOT_LOOK
    assert said["coverage"]["complete"] is False
    assert "x.7z" in said["coverage"]["because"]
    assert "nobody can say" in err


def test_a_place_that_is_not_there(shell: Any, tmp_path: Path) -> None:
    code, said, err = shell("scan", "secrets", str(tmp_path / "gone"))
    assert (code, said) == (Exit.BAD_INPUT, None)
    assert "is not on this computer" in err


def test_apollo(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('requests.get("https://api.apollo.io/api/v1/x", headers={"X-Api-Key": k})\n')
    code, said, _err = shell("scan", "apollo", str(tmp_path), "--json")
    assert code == Exit.NOT_AS_REQUIRED
    assert said["verdict"] == "api_key"
    assert ("a.py", 1, "api-key-header") in [(e["file"], e["line"], e["what"]) for e in said["evidence"]]
