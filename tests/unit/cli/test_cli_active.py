"""Active probes and canaries from the shell: what to publish is said, and nothing active is sent before it is there."""

import json
import os
import stat

import pytest

from tests.servers import certs
from tests.servers.threads import running
from tests.servers.web import Page
from tests.unit.cli.test_cli_commands import attestry, objects
from wizard.checks.looks.control import CONTROL_FILE


@pytest.mark.slow
def test_active_probes_need_what_was_published(tmp_path):
    published, seen = [], []

    def answer(request):
        if request.path == CONTROL_FILE:
            return Page(200 if published else 404, (("Content-Type", "text/plain"),), "".join(published).encode())
        return Page(200, (("Content-Type", "text/html"),), b"<html>" + request.target.encode())

    listed = tmp_path / "endpoints.txt"
    listed.write_text("GET /search?q=a anonymous: a public search\n")
    with running(answer, seen) as port:
        asked = [
            "check", f"localhost:{port}", "--resolve=localhost=127.0.0.1", "--ca", certs.root_file(), "--active",
            "--endpoints", listed, "--only", "host-control,output-encoding", "--json",
        ]  # fmt: skip
        before = attestry(*asked, home=tmp_path)
        results = {each["check"]: each for each in objects(before)}
        assert before.returncode == 3
        assert {each["verdict"] for each in results.values()} == {"unknown"}
        assert all(CONTROL_FILE in request.target for request in seen)
        published.append(results["host-control"]["facts"]["word"])
        after = attestry(*asked, home=tmp_path)
        results = {each["check"]: each for each in objects(after)}
        assert (results["host-control"]["verdict"], results["output-encoding"]["verdict"]) == ("pass", "pass")
        assert any("7%2A7" in request.target for request in seen)
        other = attestry(*asked, home=tmp_path / "other")
        assert {each["verdict"] for each in objects(other)} == {"unknown"}  # another home, another token
    assert stat.S_IMODE((tmp_path / "data" / "control-key").stat().st_mode) == 0o600


@pytest.mark.slow
def test_a_canary_is_sent_and_looked_for(tmp_path):
    seen = []
    note = tmp_path / "note.json"
    with running(lambda request: Page(200, (), b"ok"), seen) as port:
        asked = ["canary", f"localhost:{port}", "--resolve=localhost=127.0.0.1", "--ca", certs.root_file()]
        sent = attestry(*asked, "--out", note, "--json", home=tmp_path)
        assert sent.returncode == 0, sent.stderr
        again = attestry(*asked, "--out", note, home=tmp_path)
        assert again.returncode == 2
    canary = seen[0].fields["x-api-key"]
    assert canary not in sent.stdout + sent.stderr + again.stderr
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    log = tmp_path / "access.log"
    at = json.loads(note.read_text())["at"]
    for text, code, verdict, probes in (
        (f"{at} GET {seen[0].target} 200", 0, "pass", "warn"),
        (f"GET {seen[0].target} 200 key={canary}", 1, "fail", "unknown"),
        ("GET /other 200", 3, "unknown", "unknown"),
    ):
        log.write_text(text)
        looked = attestry("canary", "--sent", note, "--sample", log, "--json", home=tmp_path)
        results = {each["check"]: each["verdict"] for each in objects(looked)}
        assert (looked.returncode, results) == (code, {"log-canary": verdict, "probes-seen": probes})
        assert canary not in looked.stdout
    looked = attestry("canary", "--sent", note, "--alert", log, "--json", home=tmp_path)
    assert (looked.returncode, [(each["check"], each["verdict"]) for each in objects(looked)]) == (
        3, [("alert-seen", "unknown")],
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["canary"], ["canary", "localhost"], ["canary", "--sent", "x"], ["canary", "a host!", "--out", "n"],
     ["canary", "localhost", "--out", "n", "--sample", "l"],
     ["canary", "--sent", "n", "--sample", "l", "--alert", "a"],
     ["canary", "--sent", os.devnull, "--sample", os.devnull]],
)  # fmt: skip
def test_a_canary_that_cannot_be_understood(arguments, tmp_path):
    done = attestry(*arguments, home=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_two_credentials_must_be_of_two_customers(tmp_path):
    readers, writers = zip(*(os.pipe() for _n in range(2)), strict=True)
    for writer in writers:
        os.write(writer, b"one-and-the-same-token\n")
        os.close(writer)
    asked = [f"--credential-fd={reader}" for reader in readers]
    done = attestry("check", "127.0.0.1:1", *asked, home=tmp_path, pass_fds=readers)
    for reader in readers:
        os.close(reader)
    assert done.returncode == 2
    assert "same" in done.stderr
    assert "one-and-the-same-token" not in done.stderr + done.stdout
    assert json.dumps(done.args).find("one-and-the-same-token") < 0
