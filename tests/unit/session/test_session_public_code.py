"""What the hosts of the scope give to every browser, from an open assessment: agreed to, recorded, decided."""

import pytest

from wizard.checks import public_secrets
from wizard.demo import script
from wizard.demo.partner import start
from wizard.domain.observation import Verdict
from wizard.session.deeds import answers, looking, public_code
from wizard.session.deeds.looking import LookOptions, NothingToLook, ScopeNotConfirmed


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
