"""A host's token lies in the vault, is used for its host only, and is gone when it is forgotten."""

from datetime import UTC, datetime

import pytest
from host_server import GITHUB, serving

from wizard.checks.host_posture import HOST_CHECKS
from wizard.checks.hosting.asking import HostSettings
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.events import AssessmentDescribed
from wizard.domain.finding import State
from wizard.domain.observation import Method, Verdict
from wizard.session import opening
from wizard.session.deeds import answers, hosting
from wizard.session.settings import Home, Preferences
from wizard.vault.keys import Cost


@pytest.mark.slow
def test_ask_with_the_kept_token(tmp_path):
    session = opening.create(
        tmp_path / "Northwind.attestry",
        Preferences(Home.below(tmp_path / "home")),
        passphrase="correct horse battery staple",
        remember=False,
        described=AssessmentDescribed("Northwind B.V.", "Northwind Sync"),
        clock=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        floor=Cost(memory_kib=64, iterations=1, lanes=1),
    ).session
    try:
        with serving(GITHUB) as served:
            settings = HostSettings(api=served.url)
            hosting.keep_token(session, "github", " secret-token\n")
            posture = hosting.ask(session, "github", "northwind/sync", settings=settings).result.result(timeout=20)
            assert posture.push_protection is False
            assert {token for _method, _path, token in served.asked} == {"Bearer secret-token"}
            assert not any(b"secret-token" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
            place = "https://github.com/northwind/sync"
            with pytest.raises(hosting.NoToken):  # not in the scope
                hosting.ask(session, "github", "northwind/sync", place, settings=settings)
            rows = (Row((("repository", place), ("host", "github"))),)
            answers.answer(session, Answer("SCOPE-6", AnswerState.GIVEN, rows)).result()
            asked = hosting.ask(session, "github", "northwind/sync", place, settings=settings)
            assert hosting.record(session, place) is None
            assert asked.result.result(timeout=20) == hosting.record(session, place)
            seen = {each.check.id: session.assessment.observations[each.check.id, place].result for each in HOST_CHECKS}
            verdicts = {id: result.verdict for id, result in seen.items()}
            assert verdicts == {
                "host-secrets": Verdict.UNKNOWN,
                "push-protection": Verdict.FAIL,
                "host-libraries": Verdict.FAIL,
                "host-scans": Verdict.PASS,
                "host-code": Verdict.PASS,
            }
            assert seen["push-protection"].outcome is None
            assert session.findings["APP-8"].state is State.FAIL
            hosting.forget_token(session, "github")
            assert not hosting.has_token(session, "github")
            with pytest.raises(hosting.NoToken):
                hosting.ask(session, "github", "northwind/sync", settings=settings).result.result(timeout=20)
        with pytest.raises(hosting.NoToken):
            hosting.ask(session, "gitea", "northwind/sync")
        exported = hosting.read_export(session, "bitbucket", "northwind/sync", tmp_path).result.result(timeout=20)
        assert exported.not_shown
        hosting.read_export(session, "github", "northwind/sync", tmp_path, place).result.result(timeout=20)
        read = session.assessment.observations["host-secrets", place].result
        assert (read.method, read.verdict) == (Method.EXAMINE, Verdict.UNKNOWN)
    finally:
        session.close()
