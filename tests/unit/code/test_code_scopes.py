"""What the code asks Apollo for beside what was declared: an undeclared permission contradicts."""

from __future__ import annotations

from typing import Any

import pytest
from test_code_session import _scope, data, session  # noqa: F401 - the fixtures of a session

from wizard.checks import apollo_scopes
from wizard.checks.apollo_scopes import Declared, Reading, judge
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.finding import State
from wizard.domain.observation import Verdict
from wizard.session.deeds import answers, scanning


def declared(*scopes: str, feature: bool = True, endpoints: bool = True) -> Declared:
    return Declared(scopes, feature, endpoints)


@pytest.mark.parametrize(
    ("asked", "rows", "unseen", "verdict"),
    [
        (("contacts_search",), (declared("contacts_search"),), (), Verdict.PASS),
        (("contacts_search",), (declared("contacts_search", "person_read"),), (), Verdict.WARN),
        (("contacts_search",), (declared("contacts_search", feature=False),), (), Verdict.WARN),
        (("contacts_search",), (declared("contacts_search", endpoints=False),), (), Verdict.WARN),
        (("contacts_search", "person_read"), (declared("contacts_search"),), (), Verdict.FAIL),
        (("contacts_search", "person_read"), (declared("contacts_search"),), ("x",), Verdict.FAIL),
        (("contacts_search",), (declared("contacts_search"),), ("x",), Verdict.UNKNOWN),
        ((), (declared("contacts_search"),), (), None),
        (("contacts_search",), (), (), None),
    ],
)
def test_what_is_asked_beside_what_is_declared(
    asked: tuple[str, ...], rows: tuple[Declared, ...], unseen: tuple[str, ...], verdict: Verdict | None
) -> None:
    judgement = judge(Reading(asked, rows, unseen))
    assert (judgement.verdict if judgement else None) is verdict


def test_it_follows_from_the_look_and_from_the_answer(session: Any, data: Any, repository: Any) -> None:  # noqa: F811
    repository.write(
        "auth.py",
        "A = 'https://app.apollo.io/#/oauth/authorize?state=x&scope=contacts_search%20person_read'\n"
        "post('https://app.apollo.io/api/v1/oauth/token', {'grant_type': 'authorization_code'})\n",
    )
    repository.commit()
    _scope(session, str(repository.root))
    scanning.scan(session, data).result.result(30)

    def say(*scopes: str) -> Verdict:
        cells = (("feature", "search"), ("endpoints", "/contacts/search"))
        rows = tuple(Row((("scope", scope), *cells)) for scope in scopes)
        answers.answer(session, Answer("PRIV-2-scopes", AnswerState.GIVEN, rows)).result()
        verdict: Verdict = session.assessment.observations[apollo_scopes.CHECK.id, ""].result.verdict
        return verdict

    assert say("contacts_search") is Verdict.FAIL
    assert session.findings["PRIV-2"].state is State.FAIL
    assert say("contacts_search", "Person_Read") is Verdict.PASS
    assert say("contacts_search", "person_read, contact_write") is Verdict.WARN
    assert session.findings["PRIV-2"].state is not State.PASS  # what a feature needs is a person's word
    assert say() is Verdict.NOT_APPLICABLE
