"""A first-time walk in a real window, by mouse and keyboard only: from an empty home to a signed PDF."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from first_walk import walk
from screen import missing

from wizard.document.verify import Outcome, verify
from wizard.session.opening import load_questionnaire

CHECKOUT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("journeys")]


@pytest.fixture(autouse=True)
def everything_needed(absent):
    if name := missing():
        absent(f"needs {name}, which is not installed")


def test_from_an_empty_home_to_a_signed_pdf(tmp_path):
    with socket.socket() as held:  # nobody listens there, and nobody else can: could not look, said as such
        held.bind(("127.0.0.1", 0))
        walk(tmp_path, load_questionnaire(None), (f"127.0.0.1:{held.getsockname()[1]}",))
    data = (tmp_path / "heron.pdf").read_bytes()
    found = verify(data)
    assert found.outcome is Outcome.INTACT
    attestation = found.attestation
    assert (attestation.organisation, attestation.integration) == ("Blue Heron Labs Ltd", "Heron Bridge")
    assert not attestation.demonstration
    states = {item.id: item.state.value for group in attestation.groups for item in group.items}
    assert states["DATA-4"] == "INC"  # nobody answered: neither a pass nor a fail
    assert states["ELIG-6"] == "FAIL"
    command = [sys.executable, "-P", "-m", "wizard", "verify", str(tmp_path / "heron.pdf"), "--json"]
    said = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=os.environ | {"PYTHONPATH": str(CHECKOUT)}
    )
    assert said.returncode == 0
    assert json.loads(said.stdout)["outcome"] == "intact"
