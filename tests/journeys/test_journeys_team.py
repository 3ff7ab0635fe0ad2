"""A team in two real windows: the lead asks, the teammate answers on an empty profile, the lead merges and signs."""

import socket

import pytest
from screen import Screen, missing
from team_walk import LEAD, MATE, TeamWalk, prepared

from wizard.document.verify import Outcome, verify

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("journeys")]


@pytest.fixture(autouse=True)
def everything_needed(absent):
    if name := missing():
        absent(f"needs {name}, which is not installed")


@pytest.fixture
def host():
    """Nobody listens there, and nobody else can meanwhile: could not look, and said as such."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


def test_asked_answered_merged_and_signed(tmp_path, host):
    for name in ("lead", "mate", "sent"):
        (tmp_path / name).mkdir()
    policy = tmp_path / "mate" / "sign-in-policy.txt"
    policy.write_text("Everyone signs in with a second factor since May.")
    workspace, question = prepared(tmp_path / "lead", host)
    out = tmp_path / "lead" / "heron.pdf"
    with Screen(tmp_path / "lead") as lead, Screen(tmp_path / "mate", "1280x720") as mate:
        walk = TeamWalk(lead, mate, tmp_path / "sent")
        walk.unlock(workspace)
        walk.ask(host)
        walk.answer(question, policy)
        fingerprint = walk.look_and_save()
        mate.stop()
        sealed = (tmp_path / "sent" / "Ada.attestry-reply").read_bytes()
        assert sealed.startswith(b"age-encryption.org/v1\n")
        assert b"second factor" not in sealed
        walk.add(fingerprint)
        walk.cannot_sign_yet()
        walk.choose()
        walk.sign(out)
        lead.stop()
    found = verify(out.read_bytes())
    assert found.outcome is Outcome.INTACT
    attestation = found.attestation
    assert attestation.signatory.name == LEAD
    item = next(i for group in attestation.groups for i in group.items if i.id == "AUTH-1")
    assert item.state.value == "FAIL", "what the teammate said was chosen"
    (evidence,) = [e for e in attestation.evidence if e.name == policy.name]
    assert evidence.added_by == MATE
