"""A host's token lies in the vault, is used for its host only, and is gone when it is forgotten."""

from datetime import UTC, datetime

import pytest
from host_server import GITHUB, serving

from wizard.checks.hosting.asking import HostSettings
from wizard.domain.events import AssessmentDescribed
from wizard.session import opening
from wizard.session.deeds import hosting
from wizard.session.settings import Home, Preferences
from wizard.vault.keys import Cost


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
            hosting.forget_token(session, "github")
            assert not hosting.has_token(session, "github")
            with pytest.raises(hosting.NoToken):
                hosting.ask(session, "github", "northwind/sync", settings=settings).result.result(timeout=20)
        with pytest.raises(hosting.NoToken):
            hosting.ask(session, "gitea", "northwind/sync")
        exported = hosting.read_export(session, "bitbucket", "northwind/sync", tmp_path).result.result(timeout=20)
        assert exported.not_shown
    finally:
        session.close()
