"""How a repository authorises itself to Apollo: the labelled cases, and what is told beside the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from apollo_cases import API, APP, CASES

from wizard.checks import apollo_authorization
from wizard.checks.code.apollo import ApolloVerdict, Note, scan_apollo
from wizard.checks.code.apollo_clues import Clue
from wizard.checks.code.coverage import GapKind
from wizard.domain.observation import Verdict


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


def test_a_packed_program_that_is_too_long_is_never_oauth_only(tmp_path: Path) -> None:
    (tmp_path / "auth.py").write_text(
        "A = 'https://app.apollo.io/#/oauth/authorize?state=x'\n"
        "post('https://app.apollo.io/api/v1/oauth/token', {'grant_type': 'authorization_code'})\n"
    )
    (tmp_path / "bundle.js").write_text(
        "x" * 1_100_000 + "\nfetch('https://api.apollo.io/v1/x', {headers: {'x-api-key': k}})"
    )
    scan = scan_apollo(tmp_path)
    assert [gap.kind for gap in scan.coverage.gaps] == [GapKind.LARGE_FILE]
    assert apollo_authorization.judge(scan, oauth_declared=True).verdict is Verdict.UNKNOWN
    (tmp_path / "bundle.js").write_text("x" * 1_100_000)
    assert scan_apollo(tmp_path).coverage.complete


def test_files_that_are_not_here_are_never_no_apollo(tmp_path: Path) -> None:
    def seen(name: str) -> tuple[list[GapKind], Verdict, str]:
        scan = scan_apollo(tmp_path / name)
        judged = apollo_authorization.judge(scan, oauth_declared=True)
        return [gap.kind for gap in scan.coverage.gaps], judged.verdict, judged.summary

    nothing = "Nothing seen here calls Apollo.io."
    (tmp_path / "empty").mkdir()
    assert seen("empty") == ([GapKind.NO_FILES], Verdict.UNKNOWN, nothing)
    for folder in ("bare/objects", "bare/refs", "super/lib", "sparse/.git"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "bare/HEAD").write_text("ref: refs/heads/main\n")
    assert seen("bare") == ([GapKind.NO_FILES], Verdict.UNKNOWN, nothing)
    (tmp_path / "super/main.py").write_text("import lib\n")
    (tmp_path / "super/.gitmodules").write_text('[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n')
    assert seen("super") == ([GapKind.SUBMODULE], Verdict.UNKNOWN, nothing)
    (tmp_path / "super/lib/a.py").write_text("pass\n")
    assert seen("super") == ([], Verdict.NOT_APPLICABLE, "This code does not call Apollo.io.")
    (tmp_path / "sparse/main.py").write_text("pass\n")
    for setting, kinds in (("sparseCheckout = true", [GapKind.SPARSE]), ("sparsecheckout", [GapKind.SPARSE]),
                           ("sparseCheckout = false", []), ("sparseCheckoutCone = true", [])):  # fmt: skip
        (tmp_path / "sparse/.git/config.worktree").write_text(f"[core]\n\t{setting}\n")
        assert seen("sparse")[0] == kinds, setting


@pytest.mark.parametrize(
    ("file", "front"),
    [
        ("src/App.tsx", True),
        ("public/index.html", True),
        ("static/js/login.js", True),
        ("server/callback.js", False),
        ("pages/callback.tsx", None),
    ],
)
def test_a_client_secret_in_code_for_the_browser(tmp_path: Path, file: str, front: bool | None) -> None:
    """None: a page whose secret stays on the server."""
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    text = (
        "const client_secret = SECRET\n"
        "fetch('https://app.apollo.io/api/v1/oauth/token', {grant_type: 'authorization_code', client_secret})\n"
    )
    path.write_text(text if front is not None else f"export async function getServerSideProps() {{\n{text}}}")
    assert (Note.FRONT_END_SECRET in scan_apollo(tmp_path).notes) is bool(front)


def test_scopes_over_several_lines(tmp_path: Path) -> None:
    (tmp_path / "auth.ts").write_text(
        "const scopes = [\n  'contacts_search',\n  'person_read',\n].join(' ')\n"
        "const u = 'https://app.apollo.io/#/oauth/authorize?scope=' + scopes\n"
    )
    assert scan_apollo(tmp_path).scopes == ("contacts_search", "person_read")
