"""The reply from a terminal, on an empty profile: what is asked, refused before anything is made, and sealed."""

import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.unit.exchange.conftest import PASSPHRASE
from wizard.domain.events import AssessmentDescribed
from wizard.session import opening
from wizard.session.settings import Home, Preferences

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture
def attestry(tmp_path):
    def run(*arguments, passphrase=PASSPHRASE):
        reading, writing = os.pipe()
        os.write(writing, passphrase.encode() + b"\n")
        os.close(writing)
        command = [sys.executable, "-P", "-m", "wizard", *map(str, arguments), "--home", str(tmp_path / "ada")]
        try:
            return subprocess.run(
                [*command, "--passphrase-fd", str(reading)],
                env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
                capture_output=True,
                text=True,
                timeout=60,
                pass_fds=(reading,),
                check=False,
            )
        finally:
            os.close(reading)

    return run


def key(text):
    """The fingerprint in a sentence."""
    return re.search(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", text)[0]


@pytest.mark.slow
def test_a_team_from_a_terminal(attestry, tmp_path):
    """A card, a member, a bundle, a folder: what one editor says the other sees; nothing without the fingerprint."""
    card, bundle, shared = tmp_path / "bob.attestry-member", tmp_path / "bob.attestry-bundle", tmp_path / "Shared"
    shared.mkdir()
    mine, theirs = tmp_path / "Northwind.attestry", tmp_path / "Bob.attestry"
    home = Preferences(Home.below(tmp_path / "ada"))
    who = AssessmentDescribed("Northwind B.V.", "Northwind Sync")
    opening.create(mine, home, passphrase=PASSPHRASE, remember=False, described=who).session.close()
    assert attestry("team", "card", theirs, "--name", "Bob", "--out", card).returncode == 0
    refused = attestry("team", "add", mine, card, "--out", bundle)
    assert refused.returncode == 2
    assert not bundle.exists()
    added = attestry("team", "add", mine, card, "--out", bundle, "--fingerprint", key(refused.stderr))
    assert added.returncode == 0, added.stderr
    assert attestry("team", "join", theirs, bundle).returncode == 2
    joined = attestry("team", "join", theirs, bundle, "--fingerprint", key(added.stderr))
    assert joined.returncode == 0, joined.stderr
    for workspace in (theirs, mine, theirs):
        done = attestry("team", "exchange", workspace, shared, "--json")
        assert done.returncode == 0, done.stderr
    members = attestry("team", "members", mine, "--json")
    assert {json.loads(line)["name"] for line in members.stdout.splitlines()} == {"Northwind B.V.", "Bob"}
    assert attestry("team", "remove", mine, "--fingerprint", key(refused.stderr)).returncode == 0


@pytest.mark.slow
def test_a_request_is_answered_from_a_terminal(lead, attestry, tmp_path):
    request = lead.ask("AUTH-1", message="The console shows it.", due=date(2026, 1, 1))
    listed = attestry("answer", request, "--json")
    assert listed.returncode == 0, listed.stderr
    asked = [json.loads(line) for line in listed.stdout.splitlines()]
    question = next(q["question"] for q in asked if q["kind"] == "yes-no")
    assert "Lea Lead" in listed.stderr
    assert "That day has passed" in listed.stderr
    assert "The console shows it." in listed.stderr
    policy = tmp_path / "policy.txt"
    policy.write_text("Everyone signs in with a second factor.")
    reply = tmp_path / "ada.attestry-reply"
    sent = attestry(
        "answer", request, "--answer", f"{question}=yes", "--evidence", f"AUTH-1={policy}", "--out", reply, "--json"
    )
    assert sent.returncode == 0, sent.stderr
    said = json.loads(sent.stdout)
    assert (said["answers"], said["files"]) == (1, 1)
    offered = lead.add(reply)
    assert offered.sender.author == said["fingerprint"]
    assert lead.session.assessment.answers[question].value == "yes"
    assert b"second factor" not in reply.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        ("--answer", "NOPE-1=yes"),
        ("--answer", "AUTH-1"),
        ("--evidence", "DATA-4=/dev/null"),
        ("--evidence", "AUTH-1=/nowhere"),
        ("--look",),
    ],
    ids=lambda options: " ".join(options),
)
def test_what_does_not_fit_the_request_is_a_sentence_before_anything_is_made(lead, attestry, tmp_path, options):
    done = attestry("answer", lead.ask("AUTH-1"), *options, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "ada" / "data" / "answering").exists()
