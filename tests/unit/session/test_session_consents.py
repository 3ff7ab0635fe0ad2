"""Beyond plain looks: consent is recorded first, credentials nowhere, and logs are read for canaries."""

from email.mime.text import MIMEText

import pytest

from tests.servers import certs
from tests.servers.threads import running
from tests.servers.web import Page
from wizard.checks.looks.control import CONTROL_FILE
from wizard.checks.looks.ground import Endpoint
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.observation import Verdict
from wizard.session import consents
from wizard.session.deeds import answers, canaries, evidence, looking
from wizard.session.session import now_utc

A, B = "token-of-customer-a", "token-of-customer-b"


@pytest.fixture
def clock():
    """Looks are dated by this computer's clock, and count for so long only."""
    return now_utc


def in_scope(session, port):
    row = Row((("host", f"localhost:{port}"), ("public", "no"), ("private_network", "yes"), ("purpose", "api")))
    answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, (row,))).result(30)
    looking.confirm_scope(session, "Ines").result(30)
    return session.assessment.scope.hosts[0]


def options(**more):
    return looking.LookOptions(ca_file=certs.root_file(), **more)


def said(session, check, subject):
    return session.assessment.observations[check, subject].result


def test_active_probes_wait_for_control_and_both_are_recorded(session):
    published, seen = [], []

    def answer(request):
        if request.path == CONTROL_FILE:
            return Page(200 if published else 404, (("Content-Type", "text/plain"),), "".join(published).encode())
        return Page(200, (("Content-Type", "text/html"),), b"<html>nothing")

    with running(answer, seen) as port:
        host = in_scope(session, port)
        search = Endpoint("GET", "/search?q=a", "public", query=("q",))
        consent = options(active=frozenset({host.subject}), endpoints=((host.subject, (search,)),))
        names = ("host-control", "output-encoding")
        looking.look(session, checks=names, options=consent).result.result(60)
        assert said(session, "output-encoding", host.subject).verdict is Verdict.UNKNOWN
        assert session.assessment.control == {}
        assert not any("/search" in request.target for request in seen)
        published.append(consents.to_publish(session, host).word)
        looking.look(session, checks=("host-control",), options=options()).result.result(60)
        shown = session.assessment.control[host.subject]
        assert (shown.payload.how, shown.author) == ("file", session.workspace.author)
        assert not any("/search" in request.target for request in seen)  # control alone permits nothing
        looking.look(session, checks=names, options=consent).result.result(60)
        assert said(session, "output-encoding", host.subject).verdict is Verdict.WARN
        assert any("7%2A7" in request.target for request in seen)
    agreed = [noted.payload for noted in session.assessment.active.values()]
    assert [(each.probes, each.data_ports, each.customers) for each in agreed] == [((host.subject,), (), ())] * 2
    order = [type(event.payload) for event in session.workspace.journal.events()]
    assert order.index(e.ActiveAgreed) < order.index(e.Looked)


def test_a_plain_run_agrees_to_nothing_more(session):
    with running(lambda request: Page(200, (), b"ok"), []) as port:
        host = in_scope(session, port)
        looking.look(session, checks=("hsts",), options=options()).result.result(60)
    assert session.assessment.active == {}
    assert ("host-control", host.subject) not in session.assessment.observations


@pytest.mark.slow
def test_two_customers_are_told_apart_and_their_credentials_are_nowhere(session, tmp_path):
    def answer(request):
        if request.token not in (A, B):
            return Page(401, (("WWW-Authenticate", "Bearer"),), b"")
        if request.path == "/a-thing":
            return Page(
                200 if request.token == A else 404, (), b'{"name": "only-for-a"}' if request.token == A else b""
            )
        if request.path == "/b-thing":
            return Page(200, (), b'{"name": "only-for-b"}')
        return Page(404, (), b"")

    with running(answer, []) as port:
        host = in_scope(session, port)
        listed = (Endpoint("GET", "/a-thing", of="A"), Endpoint("GET", "/b-thing", of="B"))
        fields = (("Authorization", f"Bearer {A}"), ("Authorization", f"Bearer {B}"))
        chosen = options(endpoints=((host.subject, listed),), customers=((host.subject, fields),))
        assert A not in repr(chosen)
        looking.look(session, checks=("tenant-separation", "authentication"), options=chosen).result.result(60)
    found = said(session, "tenant-separation", host.subject)
    assert found.verdict is Verdict.FAIL
    assert "/b-thing" in found.summary
    answers.answer(session, Answer("AUTH-1b-claim", AnswerState.GIVEN, "yes")).result(30)
    assert session.findings["AUTH-1"].contradicted
    assert [noted.payload.customers for noted in session.assessment.active.values()] == [(host.subject,)]
    for event in session.workspace.journal.events():
        assert A not in repr(event)
        assert B not in repr(event)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("GET {target} 200", Verdict.PASS),
        ("GET {target} 200 key={canary}", Verdict.FAIL),
        ("GET / 200", Verdict.UNKNOWN),
    ],
)
def test_a_log_is_read_when_it_is_handed_in(session, tmp_path, line, verdict):
    seen = []
    with running(lambda request: Page(200, (), b"ok"), seen) as port:
        host = in_scope(session, port)
        canaries.send(session, host, options=options()).result.result(60)
    sent, _at = canaries.last_sent(session, host.subject)
    assert sent.canary == seen[0].fields["x-api-key"]
    log = tmp_path / "access.log"
    log.write_text(
        "\n".join(
            f"{_at:%Y-%m-%dT%H:%M:%SZ} " + line.format(target=request.target, canary=sent.canary) for request in seen
        )
    )
    evidence.add(session, [log], ["SEC-5"]).result.result(60)
    result = said(session, "log-canary", host.subject)
    assert result.verdict is verdict
    assert sent.canary not in repr(result)
    probes = said(session, "probes-seen", host.subject)
    assert (probes.verdict is Verdict.WARN) is ("target" in line)  # nothing was refused, so refusals are not shown
    other = tmp_path / "other.log"
    other.write_text("nothing of ours")
    evidence.add(session, [other], ["SEC-5"]).result.result(60)
    assert said(session, "log-canary", host.subject).verdict is verdict  # another log takes nothing back
    assert said(session, "probes-seen", host.subject).verdict is probes.verdict


@pytest.mark.slow
def test_an_alert_is_read_when_it_is_handed_in_and_a_log_is_none(session, tmp_path):
    with running(lambda request: Page(403, (), b"no")) as port:
        host = in_scope(session, port)
        canaries.send(session, host, options=options()).result.result(60)
    sent, at = canaries.last_sent(session, host.subject)
    text = f"{at:%Y-%m-%dT%H:%M:%SZ} rule “refused” raised for {sent.requests[0].probe}"
    for name, words, filed in (
        ("else.txt", "another alert", ["INC-5"]),
        ("alert.png", text, ["INC-5"]),
        ("access.txt", text, ["INC-4", "INC-5"]),
    ):
        (tmp_path / name).write_text(words)
        evidence.add(session, [tmp_path / name], filed).result.result(60)
        assert ("alert-seen", host.subject) not in session.assessment.observations, name
    mail = MIMEText(f"Alerte, requête refusée\n{text}", "plain", "utf-8")  # base64, as most mail programs write it
    assert "atprobe" not in mail.as_string()
    (tmp_path / "alert.eml").write_bytes(mail.as_bytes())
    evidence.add(session, [tmp_path / "alert.eml"], ["INC-5"]).result.result(60)
    assert said(session, "alert-seen", host.subject).verdict is Verdict.PASS


def test_no_canary_leaves_the_scope(session):
    with running(lambda request: Page(200, (), b"ok"), []) as port:
        host = in_scope(session, port)
        answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, (Row((("host", "other.example"),)),))).result(30)
        with pytest.raises(looking.ScopeNotConfirmed):
            canaries.send(session, host, options=options())


def test_a_canary_that_reaches_nobody_is_said(session):
    host = in_scope(session, 1)
    with pytest.raises(canaries.CanaryNotSent, match="nothing listens"):
        canaries.send(session, host, options=options()).result.result(60)
    assert canaries.last_sent(session, host.subject) is None
