"""The page of the code: repositories are looked at, the list is masked, a decision closes a secret."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.checks import repository_secrets
from wizard.checks.code.leak import Leak, Tier, Where
from wizard.checks.code.scan import News
from wizard.checks.code.tiers import TEST
from wizard.checks.dependencies.dependency import Dependency, Ecosystem
from wizard.checks.dependencies.states import Checked, State
from wizard.checks.hosting.asking import look_at_export
from wizard.checks.hosting.github import GitHub
from wizard.domain.answers import Row
from wizard.domain.events import SecretVerdict
from wizard.domain.observation import Json, Verdict
from wizard.domain.vulnerability import Decision
from wizard.gui.context import Place
from wizard.gui.pages import code, code_host, library_lines
from wizard.gui.pages.code_panel import CodePanel
from wizard.gui.shell import Shell
from wizard.jobs.events import Progressed
from wizard.session.deeds import dependencies, scanning
from wizard.session.session import Session
from wizard.session.settings import Preferences

SECRET = "gh" + "p_" + "Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7j"


@pytest.fixture
def repository(tmp_path: Path, session: Session, say: object, request: pytest.FixtureRequest) -> Path:
    root = tmp_path / "northwind-app"
    root.mkdir()
    (root / "settings.py").write_text(f"\nTOKEN = '{SECRET}'\n")
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b"}
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x")):
        subprocess.run(["git", "-C", str(root), *words], check=True, env={"PATH": os.environ["PATH"]} | who)
    say("SCOPE-6", (Row((("repository", str(root)), ("host", "github"))),))  # type: ignore[operator]
    return root


def test_from_nothing_to_a_decision(
    opened: Shell,
    session: Session,
    preferences: Preferences,
    repository: Path,
    qtbot: QtBot,
    request: pytest.FixtureRequest,
) -> None:
    opened.go(Place("code"))
    page = opened.page
    assert "nobody has looked" in page.verdicts.text()
    qtbot.waitUntil(lambda: not opened.context.work.running)
    page.look_button.click()
    qtbot.waitUntil(lambda: not opened.context.work.running and page.table.isVisible(), timeout=30_000)
    assert page.table.lines[0].cells[1].text == "settings.py:2"
    assert page.verdicts.text().endswith("1 secret is open. Choose each in the list below, and say what it is.")
    assert SECRET not in repr(page.table.lines)
    assert page.table.choose(page.table.lines[0].key)
    page._draw_panel()
    page.panel.places.copy_button.click()
    assert QApplication.clipboard().text() == str(repository / "settings.py")
    page.panel.verdict.setCurrentIndex(page.panel.verdict.findData(SecretVerdict.FALSE_POSITIVE))
    page.panel.save_button.click()
    assert "say why" in page.panel.problem.text()
    page.panel.because.setText("made up for a test")
    page.panel.save_button.click()

    def passed() -> bool:
        key = (repository_secrets.CHECK.id, str(repository))
        return session.assessment.observations[key].result.verdict is Verdict.PASS

    qtbot.waitUntil(passed)
    qtbot.waitUntil(lambda: page.table.lines[0].cells[5].text == "Decided")
    assert page.sentence.startswith("0 ")


def test_filters_and_the_editor(
    opened: Shell, session: Session, preferences: Preferences, repository: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    from wizard.checks.code.leak import Leak, Tier, Where

    opened.go(Place("code"))
    page = opened.page
    leaks = (
        Leak("attestry.password-quoted", Tier.B, Where.FILE, "settings.py", 2, "", "… (9)", "a" * 32),
        Leak("betterleaks.jwt", Tier.C, Where.HISTORY, "old.py", 1, "b" * 40, "eyJh… (90)", "b" * 32, "expired"),
    )
    page._listed[str(repository)] = leaks
    page._draw_rows()
    assert len(page.table.lines) == 2
    page.tier.setCurrentIndex(page.tier.findData("C"))
    assert [line.cells[1].text for line in page.table.lines] == ["old.py:1"]
    page.tier.setCurrentIndex(0)
    page.search.setText("SETTINGS")
    assert [line.cells[1].text for line in page.table.lines] == ["settings.py:2"]
    page.search.setText("no such file")
    assert not page.more.isHidden()
    assert page.more.text() == "Nothing here fits the filters."
    page.search.setText("settings")
    assert page.more.isHidden()
    editor, wrote = tmp_path / "editor.sh", tmp_path / "wrote"
    editor.write_text(f'#!/bin/sh\nprintf "%s|" "$#" "$@" > "{wrote}"\n')
    editor.chmod(0o755)
    preferences.change(editor=str(editor))
    page.table.choose(page.table.lines[0].key)
    page._draw_panel()
    page.panel.places.open_button.click()
    qtbot.waitUntil(lambda: wrote.exists() and bool(wrote.read_text()))
    assert wrote.read_text() == f"1|{repository / 'settings.py'}|"


def test_of_many_thousands_the_first_are_drawn_and_the_others_counted(
    opened: Shell, session: Session, repository: Path, qtbot: QtBot
) -> None:
    opened.go(Place("code"))
    page = opened.page
    one = Leak("betterleaks.jwt", Tier.A, Where.FILE, "a.py", 1, "", "eyJh… (90)", "b" * 32)
    page._listed[str(repository)] = tuple(replace(one, line=n, fingerprint=f"{n:032}") for n in range(5000))
    page._draw_rows()
    assert len(page.table.lines) == 300
    assert page.more.text() == "4700 more: use the filters above."
    assert page.sentence == "5000 secrets are open."
    page.state.setCurrentIndex(page.state.findData("decided"))
    assert page.table.lines == ()


def test_a_look_begins_with_an_empty_list_and_draws_what_fits_in_it(
    opened: Shell, session: Session, repository: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.go(Place("code"))
    page, drawn = opened.page, []
    one = Leak("betterleaks.jwt", Tier.A, Where.FILE, "a.py", 1, "", "eyJh… (90)", "b" * 32)
    many = tuple(replace(one, line=n, fingerprint=f"{n:032}") for n in range(1000))
    draw_rows = page._draw_rows
    monkeypatch.setattr(page, "_draw_rows", lambda: (drawn.append(1), draw_rows()))
    for shown in (1000, 1200, 1200):
        news = scanning.Heard(str(repository), News(1, 1, 1, 1, many))
        page._hear(Progressed(0, 0, 1, "", news))
        assert len(page._listed[str(repository)]) == shown
    assert len(drawn) == 2, "the third piece changes nothing that is shown"
    monkeypatch.setattr(page._job, "begin", lambda begin, then: begin(lambda _event: None) and page._draw())
    monkeypatch.setattr("wizard.session.deeds.scanning.scan", lambda *_asked, **_more: SimpleNamespace(id=0))
    read: list[tuple[object, ...]] = []
    monkeypatch.setattr(code.errand, "run", lambda *asked, **_more: read.append(asked))
    page._read(str(repository), "a run")
    page._look()
    assert page.table.lines == ()
    read[0][3](SimpleNamespace(leaks=many))
    assert page.table.lines == (), "the list of the look before has come too late"
    page._read(str(repository), "a run")
    read[1][3](SimpleNamespace(leaks=many))
    assert len(page.table.lines) == 300


def test_libraries_of_several_repositories_stand_in_one_order(opened: Shell, session: Session, say: object) -> None:
    def checked(name: str, state: State) -> Checked:
        return Checked(Dependency(Ecosystem.NPM, name, "1", "package-lock.json", 1), state)

    rows = (Row((("repository", "/one"), ("host", "github"))), Row((("repository", "/two"), ("host", "github"))))
    say("SCOPE-6", rows)  # type: ignore[operator]
    opened.go(Place("code", "libraries"))
    part = opened.page.libraries
    for place in ("/two", "/one", "/gone"):
        found = [checked(f"{place}-{state}", state) for state in State]
        part._sorted[place] = library_lines.rows_of(place, found)
    part._draw_rows()
    order = [(state, place) for state in library_lines.ORDER for place in ("/one", "/two")]
    assert [line.cells[0].text for line in part.table.lines] == [f"{place}-{state}" for state, place in order]
    part.search.setText("TWO-vuln")
    assert [line.cells[0].text for line in part.table.lines] == ["/two-vulnerable"]
    part.search.setText("")
    part._sorted["/one"] = library_lines.rows_of("/one", [checked(f"n{n}", State.NONE_KNOWN) for n in range(500)])
    part._draw_rows()
    assert len(part.table.lines) == 300
    assert part.more.text() == "204 more: use the filters above."


@pytest.mark.slow
def test_libraries_from_the_list_to_a_decision(
    opened: Shell,
    session: Session,
    repository: Path,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    preferences: Preferences,
    request: pytest.FixtureRequest,
) -> None:
    packages = {
        "node_modules/left-pad": {"version": "1.0.0"},
        "node_modules/fine": {"version": "2.0.0"},
        "node_modules/ours": {"version": "3.0.0", "resolved": "file:ours-3.0.0.tgz"},
    }
    (repository / "package-lock.json").write_text(json.dumps({"lockfileVersion": 3, "packages": packages}))
    record = {
        "id": "GHSA-test",
        "modified": "2026-01-01T00:00:00Z",
        "summary": "Pads wrongly",
        "affected": [{"package": {"ecosystem": "npm", "name": "left-pad"}, "versions": ["1.0.0"]}],
        "database_specific": {"severity": "HIGH"},
    }
    (tmp_path / "lists" / "npm").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "lists" / "npm" / "all.zip", "w") as archive:
        archive.writestr("GHSA-test.json", json.dumps(record))
    monkeypatch.setattr("wizard.gui.widgets.choosing.choose_folder", lambda *_about: tmp_path / "lists")

    def idle() -> None:
        qtbot.waitUntil(lambda: not opened.context.work.running)

    idle()
    opened.go(Place("code", "libraries"))
    part = opened.page.libraries
    idle()
    assert part.isVisible()
    assert not part.offline_button.isEnabled()
    part.online_button.click()
    idle()
    assert part.consent.list.toPlainText().split("\n") == ["npm fine 2.0.0", "npm left-pad 1.0.0"]
    part.consent.cancel_button.click()
    assert (dependencies.CHECK.id, str(repository)) not in session.assessment.observations
    part.take_in_button.click()
    qtbot.waitUntil(lambda: part.offline_button.isEnabled() and part.offline_button.isVisible())
    part.offline_button.click()
    qtbot.waitUntil(lambda: not opened.context.work.running and bool(part.table.lines))
    assert [line.cells[0].text for line in part.table.lines] == ["left-pad", "ours", "fine"]
    assert opened.page.sentence.startswith("1 vulnerable")
    part.table.choose(part.table.lines[0].key)
    part._draw_panel()
    part.panel.verdict.setCurrentIndex(part.panel.verdict.findData(Decision.NOT_AFFECTED.value))
    part.panel.save_button.click()
    assert "needs its reason" in part.panel.problem.text()
    part.panel.why.setCurrentIndex(2)
    part.panel.because.setText("Only in a script that nobody runs.")
    part.panel.save_button.click()
    qtbot.waitUntil(lambda: part.table.lines[0].cells[4].text == "Decided")
    (noted,) = session.assessment.disposals.values()
    disposal = noted.payload.disposal
    assert disposal.decision is Decision.NOT_AFFECTED
    assert disposal.because == "The vulnerable code is never run. Only in a script that nobody runs."
    part.table.choose(part.table.lines[1].key)
    part._draw_panel()
    panel = part.panel
    assert panel.decision.isVisible()
    assert [panel.verdict.itemText(n) for n in range(3)] == [
        "Nothing is said of it", "Not affected, as far as we know", "Not known, accepted for now",
    ]  # fmt: skip
    panel.verdict.setCurrentIndex(1)
    assert not panel.why.isVisible()
    assert not panel.flaw.isVisible()
    panel.because.setText("Our own code, tested with ours.")
    panel.save_button.click()
    qtbot.waitUntil(lambda: part.table.lines[1].cells[2].text == "A person said what is known")
    assert part.table.lines[1].cells[4].text == "Cannot be checked"
    qtbot.waitUntil(lambda: "still cannot be checked" in opened.page.message_bar.text)
    assert "A person said of 1 that cannot be checked" in part.verdicts.text()
    part.table.choose(part.table.lines[0].key)
    part._draw_panel()
    assert panel.flaw.isVisible()
    assert panel.verdict.currentData() == Decision.NOT_AFFECTED.value


@pytest.mark.slow
def test_the_code_host_is_asked_only_after_the_list_was_agreed_to(
    opened: Shell, session: Session, repository: Path, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = ("remote", "add", "origin", "git@github.com:northwind/sync.git")
    subprocess.run(["git", "-C", str(repository), *remote], check=True, env={"PATH": os.environ["PATH"]})
    (tmp_path / "exported").mkdir()
    answer = {
        "default_branch": "main",
        "private": True,
        "security_and_analysis": {"secret_scanning_push_protection": {"status": "enabled"}},
    }
    (tmp_path / "exported" / "repository.json").write_text(json.dumps(answer))
    monkeypatch.setattr("wizard.gui.widgets.choosing.choose_folder", lambda *_about: tmp_path / "exported")
    opened.go(Place("code", "host"))
    part = opened.page.hosting
    qtbot.waitUntil(lambda: part.name.text() == "northwind/sync")
    assert not part.ask_button.isEnabled()
    part.token.setText("a-token-of-a-test")
    part.keep_button.click()
    qtbot.waitUntil(part.ask_button.isEnabled)
    assert part.token.text() == ""
    part.ask_button.click()
    lines = part.consent.list.toPlainText().split("\n")
    assert lines[0] == "GET https://api.github.com/repos/northwind/sync"
    assert part.consent.focusWidget() is part.consent.cancel_button  # a key pressed by habit sends nothing
    part.consent.cancel_button.click()
    assert ("push-protection", str(repository)) not in session.assessment.observations
    part.export_button.click()
    assert "repository.json  ←  /repos/northwind/sync" in part.consent.list.toPlainText().split("\n")
    part.consent.agree_button.click()
    qtbot.waitUntil(lambda: len(part.table.lines) == 5)
    qtbot.waitUntil(lambda: "are missing" in opened.page.message_bar.text)
    seen = session.assessment.observations["push-protection", str(repository)].result
    assert seen.verdict is Verdict.PASS
    part.forget_button.click()
    qtbot.waitUntil(lambda: not part.ask_button.isEnabled())


def test_a_repository_without_a_name_at_its_host_is_asked_for_it(
    opened: Shell, session: Session, repository: Path, qtbot: QtBot
) -> None:
    opened.go(Place("code", "host"))
    part = opened.page.hosting
    part.name.setText("")
    part.export_button.click()
    assert "Say first what the repository is called" in opened.page.message_bar.text
    assert part.consent.isHidden()


def test_what_a_code_host_did_not_show_is_said(tmp_path: Path) -> None:
    nothing = look_at_export(GitHub(), "northwind/sync", tmp_path)
    assert "showed nothing" in code_host._asked("GitHub", nothing)
    assert "not among the exported files" in code_host._asked("GitHub", nothing)
    assert "Nothing" in code_host._read(nothing)
    (tmp_path / "repository.json").write_text('{"private": true}')
    some = look_at_export(GitHub(), "northwind/sync", tmp_path)
    assert "did not show one thing" in code_host._asked("GitHub", some)
    whole = replace(some, not_shown=())
    assert (code_host._asked("GitHub", whole)) == "GitHub was asked, and showed everything."
    assert code_host._read(whole) == "The exported answers were read."


def test_the_editor_is_named_in_preferences(opened: Shell, preferences: Preferences, qtbot: QtBot) -> None:
    opened.go(Place("preferences"))
    page = opened.page
    page.editor.setText("no-such-program-here")
    page.editor.editingFinished.emit()
    assert preferences.settings.editor == "no-such-program-here"
    assert "no program that is found" in page.editor_problem.text()
    page.editor.setText("sh")
    page.editor.editingFinished.emit()
    assert page.editor_problem.isHidden()


def test_what_is_pasted_is_looked_through_and_kept_nowhere(
    opened: Shell, session: Session, repository: Path, qtbot: QtBot
) -> None:
    opened.go(Place("code"))
    paste = opened.page.paste
    paste.button.click()
    paste.look_button.click()
    assert "first" in paste.said.text()
    paste.text.setPlainText(f"GET https://api.northwindsync.example/v1?access_token={SECRET}")
    paste.look_button.click()
    qtbot.waitUntil(lambda: "1 secret" in paste.said.text(), timeout=30_000)
    assert "ghp_…" in paste.found.text()
    assert SECRET not in paste.found.text() + paste.text.toPlainText()
    seen = session.assessment.observations["address-secrets", ""].result
    assert seen.verdict is Verdict.FAIL
    assert SECRET not in repr(seen)


def test_repositories_that_are_not_here_are_no_empty_list(opened: Shell, say: object, qtbot: QtBot) -> None:
    say("SCOPE-6", (Row((("repository", "https://github.com/northwind/sync"), ("host", "github"))),))  # type: ignore[operator]
    opened.go(Place("code", "libraries"))
    qtbot.waitUntil(lambda: not opened.context.work.running)
    opened.page.libraries.online_button.click()
    qtbot.waitUntil(lambda: "Clone it" in opened.page.message_bar.text)


def test_how_the_code_signs_in_to_apollo(
    opened: Shell, session: Session, repository: Path, say: object, qtbot: QtBot
) -> None:
    (repository / "sync.py").write_text(
        "AUTHORIZE = 'https://app.apollo.io/#/oauth/authorize?scope=contacts_search+person_read&state=s'\n"
        "requests.post('https://app.apollo.io/api/v1/oauth/token', {'grant_type': 'refresh_token'})\n"
        "requests.get('https://api.apollo.io/api/v1/x', headers={'X-Api-Key': key})\n"
    )
    row = Row((("scope", "contacts_search"), ("feature", "sync"), ("endpoints", "/contacts")))
    say("PRIV-2-scopes", (row,))  # type: ignore[operator]
    opened.go(Place("code", item="apollo"))
    page = opened.page
    part = page.apollo
    assert "nobody has looked" in part.verdicts.text()
    qtbot.waitUntil(lambda: not opened.context.work.running)
    page.look_button.click()
    qtbot.waitUntil(lambda: not opened.context.work.running and part.table.isVisible(), timeout=30_000)
    assert "not the only way" in part.verdicts.text()
    assert page.sentence.startswith("1 repository reaches Apollo otherwise")
    assert part.asked.text().endswith("contacts_search, person_read.")
    assert part.declared.text() == "Declared: contacts_search."
    assert "person_read" in part.compared.text()
    key = next(line for line in part.table.lines if line.cells[1].text == "sync.py:3" and line.cells[0].glyph)
    assert key.cells[0].text == "API key in a header"
    assert part.table.choose(key.key)
    part.places.copy_button.click()
    assert QApplication.clipboard().text() == str(repository / "sync.py")
    page._turn("secrets")
    assert not part.isVisible()


def test_what_runs_has_one_stop_on_the_page(opened: Shell, repository: Path) -> None:
    opened.go(Place("code"))
    page = opened.page
    for job, strip in (
        (page._job, page.strip),
        (page.libraries._job, page.libraries.strip),
        (page.hosting._job, page.hosting.strip),
    ):
        job._each(Progressed(0, 1, 2, "half"))
        assert "half" in strip.text
        assert strip.stop.isHidden(), "it would do nothing"
        strip.finish()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"counts": {}, "unknown": 0}, "The libraries were looked up."),
        ({"counts": {}, "unknown": 0, "blind": ["package.json: …"]}, "some files do not tell all of theirs"),
        ({"counts": {}, "unknown": 2}, "Not every library"),
        ({"counts": {}, "unknown": 0, "trouble": "offline"}, "Not every library"),
        ({}, "Not every library"),
    ],
)
def test_a_look_at_libraries_says_what_it_did(facts: dict[str, Json], said: str) -> None:
    assert said in library_lines.looked_up([SimpleNamespace(facts=facts)])  # type: ignore[list-item]


@pytest.mark.parametrize(("tier", "said"), [(Tier.B, "less sure: test or example"), (Tier.C, "listed only: test or")])
def test_what_breaks_the_rule_is_not_called_listed_only(tier: Tier, said: str, qtbot: QtBot) -> None:
    panel = CodePanel()
    qtbot.addWidget(panel)
    leak = Leak("a.rule", tier, Where.FILE, "test/x.py", 1, "", "abcd… (20)", "f", because=TEST)
    panel.show_leak(leak, None, None, "", may=True)
    assert said in panel.what.text()
    assert panel.what.text().startswith(f"{tier.value}: ")
