"""What the hosts of the scope give to every browser, from an open assessment: agreed to, recorded, decided."""

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from wizard.checks import public_secrets
from wizard.checks.base import Facts
from wizard.checks.judging import judge
from wizard.checks.looks.public_code import PublicCode
from wizard.checks.plan import HostLook, Partial
from wizard.demo import script
from wizard.demo.partner import start
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.observation import Verdict
from wizard.session import looking_apart
from wizard.session.deeds import answers, looking, public_code, scanning
from wizard.session.deeds.looking import LookOptions, NothingToLook, ScopeNotConfirmed


@pytest.mark.slow
def test_only_agreed_hosts_are_looked_at_and_it_is_recorded(session, tmp_path):
    with pytest.raises(NothingToLook):
        public_code.look(session, tmp_path)
    with start(tmp_path) as partner:
        for given in script.scope(partner, session.clock().date()):
            answers.answer(session, given)
        session.flush()
        with pytest.raises(ScopeNotConfirmed):
            public_code.look(session, tmp_path)
        looking.confirm_scope(session, "Dana").result()
        options = LookOptions(ca_file=partner.ca_file, resolve=tuple(partner.resolve.items()))
        done = public_code.look(session, tmp_path, options=options).result.result(timeout=120)
    hosts = [host.subject for host in session.assessment.scope.hosts]
    assert done == len(hosts) > 0
    for host in hosts:
        result = session.assessment.observations[public_secrets.CHECK.id, host].result
        assert result.verdict in (Verdict.PASS, Verdict.WARN, Verdict.UNKNOWN)
        assert public_code.leaks(session, host) == ()
    assert any(
        session.assessment.observations[public_secrets.CHECK.id, host].result.verdict is Verdict.PASS for host in hosts
    )


def test_what_was_seen_before_a_stop_is_kept(session, tmp_path, monkeypatch):
    given = [Row((("host", f"h{n}.partner.example"), ("purpose", "website"))) for n in range(3)]
    answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, tuple(given))).result()
    looking.confirm_scope(session, "Dana").result()
    seen, reached = Facts({PublicCode: PublicCode(())}), threading.Event()

    async def look(hosts, checks, settings, before, report, searching):
        assert searching.key
        for n, host in enumerate(hosts[:2], 1):
            result = judge(public_secrets.CHECK, host, seen, session.clock())
            report(Partial(host, (), n, len(hosts), (HostLook(host, (result,), b"{}", (), session.clock()),)))
        reached.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(looking_apart, "look", look)
    monkeypatch.setattr(scanning, "engine", lambda data: None)
    job = public_code.look(session, tmp_path)
    assert reached.wait(10)
    job.cancel()
    with pytest.raises((asyncio.CancelledError, CancelledError)):
        job.result.result(10)
    assert {s for c, s in session.assessment.observations if c == public_secrets.CHECK.id} == {
        "h0.partner.example", "h1.partner.example",
    }  # fmt: skip
