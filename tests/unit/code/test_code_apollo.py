"""How a repository authorises itself to Apollo: the labelled cases, and what is told beside the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from apollo_cases import API, APP, CASES

from wizard.checks.code.apollo import ApolloVerdict, Note, scan_apollo
from wizard.checks.code.apollo_clues import Clue


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.mark.parametrize("name", CASES)
def test_labelled_cases(name: str, tmp_path: Path) -> None:
    expected, files = CASES[name]
    assert scan_apollo(_write(tmp_path, files)).verdict == ApolloVerdict(expected)


def test_there_are_thirty_cases_and_each_verdict_has_one() -> None:
    assert len(CASES) >= 30
    assert {expected for expected, _files in CASES.values()} == {each.value for each in ApolloVerdict}


def test_every_line_of_evidence_has_its_place(tmp_path: Path) -> None:
    _write(tmp_path, {"src/client.py": f'\n\nrequests.get("{API}/x",\n  headers={{"X-Api-Key": key}})\n'})
    scan = scan_apollo(tmp_path)
    assert ("src/client.py", 4, Clue.KEY_HEADER) in [(e.file, e.line, e.what) for e in scan.evidence]
    assert ("src/client.py", 3, Clue.HOST) in [(e.file, e.line, e.what) for e in scan.evidence]


def test_notes_and_scopes(tmp_path: Path) -> None:
    text = (
        f"const u = '{APP}/#/oauth/authorize?client_id=x&response_type=code'\n"
        f"const t = '{APP}/api/v1/oauth/token'\n"
        "const options = {scope: 'contacts_search person_read'}\n"
        "const s = import.meta.env.VITE_APOLLO_CLIENT_SECRET\n"
    )
    scan = scan_apollo(_write(tmp_path, {"src/oauth.ts": text}))
    assert scan.verdict is ApolloVerdict.OAUTH_ONLY
    assert set(scan.notes) >= {Note.NO_STATE, Note.NO_REFRESH, Note.FRONT_END_SECRET}
    assert scan.scopes == ("contacts_search", "person_read")


def test_a_key_in_a_test_is_a_note(tmp_path: Path) -> None:
    assert Note.KEY_IN_TESTS in scan_apollo(_write(tmp_path, CASES["oauth, key in a test"][1])).notes
