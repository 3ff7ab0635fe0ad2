"""The shell: exit codes for scripts, JSON Lines and nothing else on standard output, sentences for mistakes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.demo.partner import start

CHECKOUT = Path(__file__).resolve().parents[3]


def attestry(*arguments, home, stdin=None, pass_fds=()):
    command = [sys.executable, "-P", "-m", "wizard", *map(str, arguments), "--home", str(home)]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=110, input=stdin, pass_fds=pass_fds
    )


def objects(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def partner(tmp_path_factory):
    with start(tmp_path_factory.mktemp("partner")) as running:
        yield running


def at(partner, name):
    host = next(h for h in partner.hosts if h.name.startswith(name))
    resolve = f"--resolve={host.name}=127.0.0.1"
    return [f"https://{host.name}:{host.port}/", resolve, "--ca", partner.ca_file, "--allow-private"]


@pytest.mark.slow
def test_a_fault_is_seen_and_said_in_the_exit_code(partner, tmp_path):
    done = attestry("check", *at(partner, "app"), "--only", "hsts", "--json", home=tmp_path)
    (result,) = objects(done)
    assert done.returncode == 1
    assert (result["check"], result["verdict"], result["level"]) == ("hsts", "fail", "must")
    assert result["rule"].startswith("hsts/")
    assert {"summary", "facts", "source", "subject"} <= result.keys()


@pytest.mark.slow
def test_what_is_fine_is_fine(partner, tmp_path):
    done = attestry("check", *at(partner, "accounts"), "--only", "CHK-HSTS,tls-versions", "--json", home=tmp_path)
    assert done.returncode == 0, done.stdout
    assert {r["verdict"] for r in objects(done)} == {"pass"}


@pytest.mark.slow
def test_nobody_there_is_could_not_look_and_never_a_pass(tmp_path):
    done = attestry("check", "127.0.0.1:1", "--only", "hsts", "--json", home=tmp_path)
    assert done.returncode == 3
    assert [r["verdict"] for r in objects(done)] == ["unknown"]


@pytest.mark.slow
def test_mixed_results_say_the_worst(partner, tmp_path):
    done = attestry("check", "not a host!", *at(partner, "accounts"), "--only", "hsts", "--json", home=tmp_path)
    assert done.returncode == 2
    assert any("error" in r for r in objects(done))
    done = attestry("check", "not a host!", *at(partner, "app"), "--only", "hsts", "--json", home=tmp_path)
    assert done.returncode == 1


@pytest.mark.slow
def test_a_name_that_leads_to_a_private_address_is_refused_unless_allowed(partner, tmp_path):
    host = next(h for h in partner.hosts if h.name.startswith("accounts"))
    done = attestry("check", f"localhost:{host.port}", "--only", "hsts", "--json", home=tmp_path)
    assert done.returncode == 3
    assert objects(done)[0]["verdict"] == "unknown"
    assert "private" in objects(done)[0]["summary"] + objects(done)[0]["next_step"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["check"],
        ["check", "example.com", "--only", "no-such-check"],
        ["check", "example.com", "--resolve", "nonsense"],
        ["check", "example.com", "--ca", "no-such-file.pem"],
        ["check", "example.com", "--only", ""],
        ["scan", "secrets", ""],
        ["verify", "no-such-file.pdf"],
        ["status", "no-such-folder"],
        ["export", "no-such-folder", "--out", "x.pdf"],
        ["lint", "no-such-folder"],
        ["list", "nothing"],
    ],
)
def test_bad_usage_is_one_sentence_and_code_2(arguments, tmp_path):
    done = attestry(*arguments, home=tmp_path, stdin="")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_lists_name_every_check_once_with_its_aliases(tmp_path):
    listed = objects(attestry("list", "checks", "--json", home=tmp_path))
    ids = [each["check"] for each in listed]
    assert len(ids) == len(set(ids))
    assert "HSTS-01" in next(each["aliases"] for each in listed if each["check"] == "hsts")
    (shipped,) = objects(attestry("list", "questionnaires", "--json", home=tmp_path))
    assert shipped["questionnaire"] == "apollo-marketplace"
    assert shipped["requirements"] == 49


@pytest.mark.slow
def test_the_shipped_questionnaire_has_no_mistake_and_a_broken_one_is_named(tmp_path):
    shipped = CHECKOUT / "questionnaires" / "apollo-marketplace"
    assert attestry("lint", shipped, "--json", home=tmp_path).returncode == 0
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in shipped.iterdir():
        (broken / path.name).write_bytes(path.read_bytes().replace(b'obligation = "must"', b'obligaton = "must"'))
    done = attestry("lint", broken, "--json", home=tmp_path)
    assert done.returncode == 1
    assert all({"file", "line", "sentence"} <= problem.keys() for problem in objects(done))


@pytest.mark.slow
def test_a_file_that_is_no_attestation_is_said_to_be_none(tmp_path):
    path = tmp_path / "notes.pdf"
    path.write_bytes(b"%PDF-1.7\nnot really")
    done = attestry("verify", path, "--json", home=tmp_path)
    assert done.returncode == 2
    assert objects(done)[0]["outcome"] == "not-an-attestation"


def test_a_passphrase_never_stands_in_an_argument(tmp_path):
    done = attestry("status", "--help", home=tmp_path)
    assert "--passphrase-fd" in done.stdout
    assert "--passphrase " not in done.stdout


ANSWER = {"url": "https://app.example.com/", "status": 200, "headers": [["Strict-Transport-Security", "max-age=86400"]]}


@pytest.mark.slow
def test_recorded_answers_are_judged_without_looking(tmp_path):
    good = {**ANSWER, "headers": [["strict-transport-security", "max-age=63072000; includeSubDomains"]]}
    lines = "".join(json.dumps(each) + "\n" for each in (ANSWER, good))
    done = attestry("judge", "CHK-HSTS", "--facts", "-", "--json", home=tmp_path, stdin=lines)
    short, year = objects(done)
    assert done.returncode == 1
    assert (short["verdict"], short["subject"], short["facts"]["max_age"]) == ("fail", "app.example.com", 86400)
    assert (year["verdict"], year["level"], year["facts"]["include_subdomains"]) == ("pass", "must", True)
    assert short["rule"].startswith("hsts/2 (RFC 6797 ")
    assert "RFC 6797" in short["source"]
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(good))
    assert attestry("judge", "hsts", "--facts", path, home=tmp_path).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("check", "facts"),
    [
        *(("nonsense", "{}"), ("hsts", "no json"), ("hsts", ""), ("tls-versions", json.dumps(ANSWER))),
        ("CHK-SECRET-GIT", "{}"),
    ],
)
def test_facts_that_nobody_can_judge_are_bad_input(check, facts, tmp_path):
    done = attestry("judge", check, "--facts", "-", "--json", home=tmp_path, stdin=facts)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_endpoints_come_from_a_description_and_the_credential_is_never_shown(partner, tmp_path):
    described = tmp_path / "openapi.yaml"
    described.write_text(
        "openapi: 3.0.3\ninfo: {title: x, version: '1'}\nsecurity: [{token: []}]\n"
        "paths:\n  /api/me:\n    get: {responses: {}}\n  /api/contacts:\n    get: {responses: {}}\n"
    )
    canary = "canary-4f1d9e27"
    read, write = os.pipe()
    os.write(write, canary.encode() + b"\n")
    os.close(write)
    asked = ["check", *at(partner, "api"), "--only", "authentication", "--openapi", described, "--json"]
    done = attestry(*asked, "--credential-fd", read, home=tmp_path, pass_fds=(read,))
    os.close(read)
    (result,) = objects(done)
    assert done.returncode == 1, done.stderr
    assert result["verdict"] == "fail"
    assert "/api/contacts" in result["summary"]
    assert canary not in done.stdout + done.stderr


@pytest.mark.slow
def test_what_a_description_keeps_in_other_files_is_told_and_is_no_pass(partner, tmp_path):
    described = tmp_path / "openapi.yaml"
    described.write_text("openapi: 3.0.3\npaths:\n  /api/me: {get: {}}\n  /api/pay: {$ref: './pay.yaml'}\n")
    asked = ["check", *at(partner, "api"), "--only", "anonymous-register", "--openapi", described, "--json"]
    done = attestry(*asked, home=tmp_path)
    (result,) = objects(done)
    assert (done.returncode, result["verdict"]) == (3, "unknown"), done.stderr
    assert "“openapi.yaml” describes endpoints in other files" in result["summary"]


@pytest.mark.slow
def test_a_check_without_its_input_says_so_when_it_is_named(partner, tmp_path):
    done = attestry("check", *at(partner, "api"), "--only", "authentication,oauth-flow", "--json", home=tmp_path)
    assert done.returncode == 3
    assert {(r["check"], r["verdict"]) for r in objects(done)} == {
        ("authentication", "unknown"), ("oauth-flow", "unknown"),
    }  # fmt: skip


@pytest.mark.slow
def test_a_credential_goes_to_one_host_only(tmp_path):
    read, write = os.pipe()
    os.close(write)
    hosts = ["api.partner.localhost:1", "app.partner.localhost:1"]
    done = attestry("check", *hosts, "--credential-fd", read, home=tmp_path, pass_fds=(read,))
    os.close(read)
    assert done.returncode == 2
    assert "one host" in done.stderr
