"""What a run calls: the listed endpoints and those of filed API descriptions; two looks that differ are told apart."""

import asyncio
import json
from dataclasses import replace

import pytest

from wizard.checks.looks import redirect_pages
from wizard.checks.looks.ground import Endpoint
from wizard.checks.plan import HostLook, Limits, Partial
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.scope import Host
from wizard.jobs.events import Progressed
from wizard.session import endpoints, looking_apart, summaries
from wizard.session.changes import Change
from wizard.session.deeds import answers, evidence, looking


def given(session, question, *rows):
    value = tuple(Row(tuple(row.items())) for row in rows)
    answers.answer(session, Answer(question, AnswerState.GIVEN, value)).result(30)


@pytest.fixture
def scoped(session):
    given(
        session,
        "SCOPE-1",
        {"host": "api.partner.example:8443", "purpose": "api"},
        {"host": "app.partner.example", "purpose": "website"},
    )
    return session


def listed(session):
    return asyncio.run(endpoints.of_hosts(session)).endpoints


def unread(session):
    return asyncio.run(endpoints.of_hosts(session)).unread


def test_nothing_listed_is_an_empty_list_for_every_host(scoped):
    assert listed(scoped) == {"api.partner.example:8443": (), "app.partner.example": ()}


@pytest.mark.slow
def test_tables_and_descriptions_come_together(scoped, tmp_path):
    given(
        scoped,
        "AUTH-1-endpoints",
        {"method": "get", "path": "/v1/me", "anonymous": "no"},
        {"method": "GET", "path": "/login", "anonymous": "yes"},
        {"method": "POST", "path": "/v1/pay", "anonymous": "no"},
        {"method": "GET", "path": "https://app.partner.example/data", "anonymous": "no"},
        {"method": "GET", "path": "https://elsewhere.example/data", "anonymous": "no"},
        {"method": "GET", "path": "", "anonymous": ""},
    )
    given(
        scoped,
        "AUTH-2-register",
        {"endpoint": "/v1/health", "why": "Load balancer", "returns": "ok", "apollo_data": "no"},
    )
    described = tmp_path / "openapi.yaml"
    described.write_text("openapi: 3.0.0\npaths:\n  /v1/contacts: {get: {}}\n  /v1/health: {get: {}}\n")
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"hello": 1}))
    evidence.add(scoped, [described, other], ["AUTH-1"]).result.result(60)
    assert unread(scoped) == {
        "api.partner.example:8443": (
            "The row “https://elsewhere.example/data” of the endpoints names no path, or it is not clear of which host "
            "in scope.",
        )
    }
    found = listed(scoped)
    assert [(e.method, e.path, e.anonymous) for e in found["api.partner.example:8443"]] == [
        ("GET", "/v1/contacts", ""),
        ("GET", "/v1/health", "Load balancer"),
        ("GET", "/v1/me", ""),
        ("GET", "/login", ""),
        ("POST", "/v1/pay", ""),
    ]
    assert [e.path for e in found["app.partner.example"]] == ["/data"]
    assert [e.path for each in found.values() for e in each if e.said_open] == ["/login"]


@pytest.mark.slow
def test_recordings_and_lists_that_are_filed_are_read_too(scoped, tmp_path):
    recording, listed_there = tmp_path / "ours.har", tmp_path / "routes.txt"
    entries = [
        {"request": {"method": "GET", "url": url, "headers": [{"name": "Authorization", "value": "x"}]}}
        for url in ("https://app.partner.example/api/me", "https://elsewhere.example/api/me")
    ]
    recording.write_text(json.dumps({"log": {"entries": entries}}))
    listed_there.write_text("GET /v1/staff admin\nGET /v1/contacts/7 of: A\n")
    notes = tmp_path / "notes.txt"
    notes.write_text("these are our notes about authentication")
    evidence.add(scoped, [recording, listed_there, notes], ["AUTH-1"]).result.result(60)
    found = listed(scoped)
    assert [(e.path, e.admin, e.of) for e in found["api.partner.example:8443"]] == [
        ("/v1/staff", True, ""), ("/v1/contacts/7", False, "A"),
    ]  # fmt: skip
    assert [e.path for e in found["app.partner.example"]] == ["/api/me"]
    assert unread(scoped) == {}


@pytest.mark.slow
def test_descriptions_that_cannot_be_read_are_named_with_the_reason(scoped, tmp_path, monkeypatch):
    monkeypatch.setattr(endpoints, "MOST_BYTES", 3000)
    files = {
        "cut.json": '{"openapi": "3.0.0", "paths": {"/v1/me": {"get"',
        "large.yaml": "openapi: 3.0.0\n" + "#" * 3000,
        "recording.har": "{}",
        "routes.txt": "GET /v1/me\nGET the others\n",
        "parts.yaml": "openapi: 3.0.0\npaths:\n  /v1/contacts: {$ref: './contacts.yaml'}\n  /v1/me: {get: {}}\n",
        "shared.yml": "openapi: 3.1.0\ncomponents: {}\n",
        "settings.yaml": "database: none\n",
        "notes.txt": "GET help from the team\n",
        "paths.txt": "/v1/plain\n/v1/other\n",
        "theirs.yaml": "openapi: 3.1.0\nservers: [{url: 'https://elsewhere.example'}]\npaths: {/v1/theirs: {get: }}\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    evidence.add(scoped, [tmp_path / name for name in files], ["AUTH-1"]).result.result(60)
    found = unread(scoped)
    assert set(found) == {"api.partner.example:8443"}
    said = sorted(found["api.partner.example:8443"])
    assert [sentence.split("”")[0].strip("“") for sentence in said] == [
        "cut.json", "large.yaml", "parts.yaml", "recording.har", "routes.txt", "shared.yml",
        "theirs.yaml",
    ]  # fmt: skip
    assert said[2] == (
        "“parts.yaml” describes endpoints in other files, which are not read (./contacts.yaml). Add it as one file."
    )
    assert "Line 2 is no endpoint" in said[4]
    assert "of elsewhere.example, which is not among the hosts in scope" in said[6]
    assert {"/v1/plain", "/v1/other"} <= {e.path for e in listed(scoped)["api.partner.example:8443"]}


def test_a_row_of_the_register_whose_host_is_not_clear_is_named(scoped):
    given(scoped, "AUTH-2-register", {"endpoint": "GET https://elsewhere.example/health", "why": "Load balancer"})
    (sentence,) = unread(scoped)["api.partner.example:8443"]
    assert "“GET https://elsewhere.example/health” of the register" in sentence


def test_rows_of_the_table_that_name_no_method_or_several_are_not_passed_over(scoped):
    given(
        scoped,
        "AUTH-1-endpoints",
        {"method": "GET, post", "path": "/v1/me", "anonymous": "no"},
        {"method": "any", "path": "/v1/all", "anonymous": "no"},
    )
    assert [(e.method, e.path) for e in listed(scoped)["api.partner.example:8443"]] == [
        ("GET", "/v1/me"), ("POST", "/v1/me"),
    ]  # fmt: skip
    assert unread(scoped)["api.partner.example:8443"] == (
        "The row “/v1/all” of the endpoints names no method, such as GET or POST.",
    )


def test_what_waits_for_a_consent_is_no_row(scoped):
    rows = summaries.check_rows(scoped.questionnaire, scoped.assessment, scoped.findings)
    names = {row.check for row in rows}
    assert {"authentication", "hsts"} <= names
    assert not names & {"data-ports", "oauth-flow", "caa"}


@pytest.mark.slow
def test_a_recording_is_read_and_stops_counting_when_it_is_removed(scoped, tmp_path):
    recording = tmp_path / "flow.har"
    url = "https://app.apollo.io/#/oauth/authorize?client_id=a&response_type=token&redirect_uri=https://x.example/cb"
    entry = {"request": {"method": "GET", "url": url}, "response": {"status": 200}}
    recording.write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    added = evidence.add(scoped, [recording], ["ELIG-2"]).result.result(60)
    seen = scoped.assessment.observations["oauth-flow", ""].result
    assert (seen.verdict, seen.method) == (Verdict.FAIL, Method.EXAMINE)
    redirect = scoped.assessment.observations["oauth-redirect", ""].result
    assert redirect.verdict is Verdict.UNKNOWN
    assert "x.example" in redirect.summary
    evidence.remove(scoped, added.evidence[0].id).result(30)
    scoped.flush()
    assert scoped.assessment.observations["oauth-flow", ""].result.verdict is Verdict.NOT_APPLICABLE
    assert scoped.assessment.observations["oauth-redirect", ""].result.verdict is Verdict.NOT_APPLICABLE


def test_what_is_filed_later_is_read_as_what_is_added_there_at_once(scoped, tmp_path):
    """A file that is dropped on the page of evidence is filed afterwards: nothing read it then."""
    url = "https://app.apollo.io/#/oauth/authorize?client_id=a&response_type=token&redirect_uri=https://x.example/cb"
    entry = {"request": {"method": "GET", "url": url}, "response": {"status": 200}}
    (tmp_path / "flow.har").write_text(json.dumps({"log": {"version": "1.2", "entries": [entry]}}))
    (tmp_path / "app.log").write_text("GET /me 200\n" * 20)
    added = evidence.add(scoped, [tmp_path / "flow.har", tmp_path / "app.log"], []).result.result(60)
    assert ("oauth-flow", "") not in scoped.assessment.observations
    for item, requirement, check in zip(
        added.evidence, ("ELIG-2", "SEC-5"), ("oauth-flow", "log-secrets"), strict=True
    ):
        evidence.file(scoped, item.id, (requirement,)).result(30)
        evidence.read_filed(scoped, item.id, item.requirements).result.result(60)
        assert (check, "") in scoped.assessment.observations
    assert scoped.assessment.observations["oauth-flow", ""].result.verdict is Verdict.FAIL
    seen = scoped.assessment.observations["oauth-flow", ""]
    evidence.read_filed(scoped, added.evidence[0].id, ("ELIG-2",)).result.result(60)
    assert scoped.assessment.observations["oauth-flow", ""] == seen, "nothing new was filed"


@pytest.mark.slow
def test_a_recording_or_log_that_cannot_be_read_says_why_when_it_is_added(scoped, tmp_path):
    for name, requirement, words in (("flow.har", "ELIG-2", "no browser recording"), ("access.log", "SEC-3", "")):
        (tmp_path / name).write_bytes(b"{}" if name == "flow.har" else b"nothing that is a request\n")
        added = evidence.add(scoped, [tmp_path / name], [requirement]).result.result(60)
        ((_id, why),) = added.unread
        assert why.startswith(f"{name} is kept as evidence, and nothing was read from it. ")
        assert words in why
        assert why in added.sentence
    (tmp_path / "notes.txt").write_text("how we sign in")
    assert evidence.add(scoped, [tmp_path / "notes.txt"], ["AUTH-1"]).result.result(60).unread == ()


def test_redirect_addresses_of_a_recording_are_asked_when_their_hosts_are(scoped, monkeypatch):
    looking.confirm_scope(scoped, "Ines").result(30)
    asked, uris = [], ["https://app.partner.example/cb", "https://elsewhere.example/cb"]
    flow = {"flow": {"authorizations": [{"redirect_uri": uri} for uri in uris]}}
    monkeypatch.setattr(looking, "_gone_documents", lambda session: iter(()))  # no file was filed here
    recorded = replace(_result(scoped, Verdict.PASS), check="oauth-flow", subject="", facts=flow)
    scoped.record(e.Looked(run="r", host="documents", results=(recorded,), record="ab", record_name="cd")).result(30)

    async def look(hosts, checks, settings, report=lambda news: None):
        return ()

    async def ask(addresses, hosts, settings):
        asked.append((addresses, [host.subject for host in hosts]))
        return redirect_pages.RedirectPages((redirect_pages.RedirectPage(addresses[0], 400),))

    monkeypatch.setattr("wizard.checks.plan.look", look)
    monkeypatch.setattr(redirect_pages, "ask", ask)
    looking.look(scoped, [HOST.subject]).result.result(30)
    assert asked == []
    looking.look(scoped).result.result(30)
    assert asked == [(tuple(uris), [HOST.subject, "app.partner.example"])]
    assert scoped.assessment.observations["oauth-redirect", ""].result.verdict is Verdict.PASS


HOST = Host("api.partner.example", 8443)


def _result(session, verdict):
    return Result(
        "hsts", HOST.subject, verdict, Level.MUST, str(verdict), "hsts/1", "RFC", Method.TEST, session.clock()
    )


@pytest.mark.parametrize(
    ("before", "first", "second", "kept", "apart"),
    [
        (Verdict.PASS, Verdict.FAIL, Verdict.PASS, Verdict.FAIL, True),
        (Verdict.FAIL, Verdict.PASS, Verdict.FAIL, Verdict.FAIL, True),
        (Verdict.PASS, Verdict.FAIL, Verdict.FAIL, Verdict.FAIL, False),
        (Verdict.FAIL, Verdict.PASS, Verdict.PASS, Verdict.PASS, False),
    ],
)
def test_a_second_look_that_differs_is_shown(scoped, monkeypatch, before, first, second, kept, apart):
    looking.confirm_scope(scoped, "Ines").result(30)
    said = [before, first, second]

    async def look(hosts, checks, settings, report=lambda news: None):
        verdict = said.pop(0)
        found = HostLook(HOST, (_result(scoped, verdict),), verdict.encode(), (), scoped.clock())
        from wizard.checks.plan import Partial

        report(Partial(HOST, (), 1, 1, (found,)))
        return (found,)

    monkeypatch.setattr("wizard.checks.plan.look", look)
    for _run in range(2):
        looking.look(scoped, [HOST.subject], ["hsts"]).result.result(30)
    result = scoped.assessment.observations["hsts", HOST.subject].result
    assert (result.verdict, result.inconsistent) == (kept, apart)
    assert said == []


def test_what_passed_by_an_older_list_of_endpoints_has_to_be_looked_at_again(scoped, monkeypatch):
    looking.confirm_scope(scoped, "Ines").result(30)

    async def look(hosts, checks, settings, report=lambda news: None):
        facts = {"listed_by": settings.listed_by}
        results = tuple(
            replace(_result(scoped, verdict), check=check, facts=facts)
            for check, verdict in (("authentication", Verdict.PASS), ("anonymous-register", Verdict.FAIL))
        )
        found = HostLook(HOST, results, b"{}", (), scoped.clock())
        report(Partial(HOST, (), 1, 1, (found,)))
        return (found,)

    def verdicts():
        seen = scoped.assessment.observations
        return [seen[check, HOST.subject].result.verdict for check in ("authentication", "anonymous-register")]

    monkeypatch.setattr("wizard.checks.plan.look", look)
    looking.look(scoped, [HOST.subject], ["authentication", "anonymous-register"]).result.result(30)
    assert verdicts() == [Verdict.PASS, Verdict.FAIL]
    answers.comment(scoped, "AUTH-1", "looked at").result(30)
    assert verdicts() == [Verdict.PASS, Verdict.FAIL]
    given(scoped, "AUTH-1-endpoints", {"method": "GET", "path": "/v1/new", "anonymous": "no"})
    assert verdicts() == [Verdict.UNKNOWN, Verdict.FAIL], "a failure stays"
    assert "have changed" in scoped.assessment.observations["authentication", HOST.subject].result.summary
    looking.look(scoped, [HOST.subject], ["authentication", "anonymous-register"]).result.result(30)
    assert verdicts() == [Verdict.PASS, Verdict.FAIL]
    given(scoped, "AUTH-1-endpoints", {"method": "GET", "path": "/v1/new", "anonymous": "no"})
    assert verdicts() == [Verdict.PASS, Verdict.FAIL], "the same list again"


def test_more_endpoints_can_be_given_to_one_run(scoped, monkeypatch):
    looking.confirm_scope(scoped, "Ines").result(30)
    seen = []

    async def look(hosts, checks, settings, report=lambda news: None):
        seen.append(settings)
        return ()

    monkeypatch.setattr("wizard.checks.plan.look", look)
    given(scoped, "AUTH-1-endpoints", {"method": "GET", "path": "https://other.example/x", "anonymous": "no"})
    options = looking.LookOptions(
        endpoints=((HOST.subject, (Endpoint("GET", "/x"),)),), data_ports=frozenset({HOST.subject}), patience=2
    )
    looking.look(scoped, options=options).result.result(30)
    assert seen[0].endpoints[HOST.subject] == (Endpoint("GET", "/x"),)
    assert seen[0].paths[HOST.subject] == ("/x",)
    assert seen[0].data_ports == {HOST.subject}
    assert (seen[0].limits.answer, seen[0].limits.hosts_at_once) == (2 * Limits().answer, Limits().hosts_at_once)
    assert Limits().times(0.1) == Limits(), "who waits less takes a slow host for a silent one"
    assert "other.example/x" in seen[0].unread[HOST.subject][0]


def test_the_domain_of_the_incident_address_is_asked_about(scoped, monkeypatch):
    looking.confirm_scope(scoped, "Ines").result(30)
    seen = []

    async def look(hosts, checks, settings, report=lambda news: None):
        seen.append([host.name for host in hosts])
        result = replace(_result(scoped, Verdict.WARN), check=checks[0].id, subject=hosts[0].name)
        return (HostLook(hosts[0], (result,), b"{}", (), scoped.clock()),)

    monkeypatch.setattr("wizard.checks.plan.look", look)
    for address, asked in (("incidents@sample.example", False), ("no address", False), ("incidents@sample.com", True)):
        answers.answer(scoped, Answer("INC-2-address", AnswerState.GIVEN, address)).result(30)
        seen.clear()
        looking.look(scoped).result.result(30)
        assert (["sample.com"] in seen) is asked
    assert scoped.assessment.observations["incident-mail", ""].result.verdict is Verdict.WARN


def test_hosts_that_are_done_together_are_recorded_together_and_none_is_left_out(session, monkeypatch):
    """Judging all requirements anew for each of a hundred hosts took most of a run, beside a window that waited."""
    names = [f"h{n}.partner.example" for n in range(40)]
    given(session, "SCOPE-1", *({"host": name, "purpose": "website"} for name in names))
    looking.confirm_scope(session, "Ines").result(30)

    async def look(hosts, checks, settings, report=lambda news: None):
        for n, host in enumerate(hosts):
            result = replace(_result(session, Verdict.FAIL if n % 2 else Verdict.PASS), subject=host.subject)
            report(Partial(host, (), n, len(hosts), (HostLook(host, (result,), b"{}", (), session.clock()),)))
        return ()

    monkeypatch.setattr("wizard.checks.plan.look", look)
    monkeypatch.setattr(looking_apart, "FEW", 40)  # here, where they are said to be done at once
    heard = []
    ran = looking.look(session, checks=["hsts", "csp"], hear=heard.append).result.result(30)
    assert (ran.hosts, dict(ran.verdicts)) == (40, {Verdict.PASS: 20, Verdict.FAIL: 20})
    assert {subject for _check, subject in session.assessment.observations} == set(names)
    changes = [event.partial for event in heard if isinstance(getattr(event, "partial", None), Change)]
    together = [sum(isinstance(p, e.Looked) for p in change.payloads) for change in changes]
    assert (sum(together), max(together)) == (40, looking.TOGETHER)
    assert len(together) <= 4
    assert max(event.done for event in heard if isinstance(event, Progressed)) == 40
