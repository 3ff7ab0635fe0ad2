"""The words are complete: every event has its way back or is history, and hosts are read from whatever people paste."""

from __future__ import annotations

import inspect
from dataclasses import is_dataclass

import pytest

from tests.properties.domain_samples import assessed, hosts, said
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.assessment import Assessment
from wizard.domain.codec import to_json
from wizard.domain.conditions import All, Any, Equals, Has, Not, Reference, holds
from wizard.domain.disclosure import Disclosure
from wizard.domain.evidence import Evidence, Sealed
from wizard.domain.scope import Host, parse_host
from wizard.domain.undo import HISTORY, inverse
from wizard.domain.vulnerability import Decision, Disposal, Note

PAYLOADS = [
    kind
    for _name, kind in inspect.getmembers(e, inspect.isclass)
    if issubclass(kind, e.Payload) and kind is not e.Payload
]
FILE = Evidence("e1", "plan.pdf", "application/pdf", Sealed("n", "d", "s", 1), ())
BEFORE = assessed(
    e.EvidenceAdded(FILE), e.EvidenceAdded(Evidence("e2", "b", "", FILE.sealed, ())), e.EvidenceRemoved("e2")
)
DEEDS = [
    e.AnswerGiven(said("A")),
    e.CommentSet("A", "x"),
    e.NotApplicableClaimed("A", "x"),
    e.ContradictionExplained("A", "x"),
    e.ExceptionSet("A", "x"),
    e.EvidenceAdded(Evidence("e3", "c", "", FILE.sealed, ())),
    e.EvidenceFiled("e1", ("A",)),
    e.EvidenceRemoved("e1"),
    e.EvidenceRestored("e2"),
    e.AssessmentDescribed("O", "I"),
    e.SignatoryNamed("N", "R", "A"),
    e.ScopeConfirmed((Host("a.example"),), "Yes."),
    e.AssignmentSet("A", "Ada"),
    e.VulnerabilityNoted(Note("hand:1", "x")),
    e.VulnerabilityDisposed("hand:1", Disposal(Decision.FALSE_POSITIVE, "x")),
    e.VulnerabilityMerged("hand:1", "hand:2"),
    e.SecretDisposed("0a", e.SecretVerdict.FALSE_POSITIVE, "x"),
    e.DisclosureSet("A", Disclosure.FULL),
    e.ControlShown("a.example", "dns"),
    e.SectionApproved("authentication", "0a"),
]


def test_every_kind_of_event_is_known_and_has_its_own_name():
    assert {*e.KINDS, e.Unknown} == set(PAYLOADS)
    assert len({(kind.TYPE, kind.VERSION) for kind in e.KINDS}) == len(e.KINDS)
    assert all(is_dataclass(kind) and kind.__dataclass_params__.frozen for kind in PAYLOADS)


def test_every_kind_of_event_can_be_taken_back_or_is_history():
    assert {type(deed) for deed in DEEDS} | set(HISTORY) == set(PAYLOADS)
    assert not {type(deed) for deed in DEEDS} & set(HISTORY)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.TYPE)
def test_a_deed_has_a_way_back(deed):
    assert inverse(deed, BEFORE, "ann")


def test_the_subject_of_an_event_never_holds_a_value():
    secret = "s3cr3t words"
    for payload in (
        e.AnswerGiven(Answer("A", AnswerState.GIVEN, secret)),
        e.CommentSet("A", secret),
        e.SignatoryNamed(secret, secret, secret),
        e.AssessmentDescribed(secret, secret),
        e.EvidenceAdded(Evidence("e1", secret, "", FILE.sealed, (), note=secret)),
    ):
        assert secret not in payload.subject
        assert secret in repr(to_json(payload))


def test_an_emptied_answer_is_as_if_never_given():
    assert assessed(said("A"), said("A", "  ")).answers == {}
    assert assessed(said("A"), said("A", (Row((("x", ""),)),))).answers == {}
    assert assessed(said("A", state=AnswerState.NOT_KNOWN)).answers["A"].state is AnswerState.NOT_KNOWN


def test_the_scope_is_confirmed_only_as_it_was_agreed_to():
    first = assessed(hosts("a.example"))
    agreed = assessed(e.ScopeConfirmed(first.scope.hosts, "Yes."), start=first)
    assert not first.scope.confirmed
    assert agreed.scope.confirmed
    assert not assessed(hosts("a.example", "b.example"), start=agreed).scope.confirmed
    assert not assessed(e.ScopeConfirmed((), ""), start=agreed).scope.confirmed
    assert not Assessment().scope.confirmed


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://API.Example.com:8443/v1?x=1", ("api.example.com", 8443)),
        ("api.example.com.", ("api.example.com", 443)),
        (" api.example.com ,", ("api.example.com", 443)),
        ("[2001:db8::1]:444", ("2001:db8::1", 444)),
        ("192.0.2.1", ("192.0.2.1", 443)),
        ("bücher.example", ("xn--bcher-kva.example", 443)),
        ("user:pass@a.example", ("a.example", 443)),
        ("a.example:0", None),
        ("a.example:70000", None),
        ("two words", None),
        ("-bad.example", None),
        ("a..example", None),
        ("", None),
        ("x" * 64 + ".example", None),
        ("\u2100.example", None),
    ],
)
def test_hosts_are_read_from_what_people_paste(text, wanted):
    assert parse_host(text) == wanted


def test_conditions_are_unknown_until_they_are_decided():
    a, b = Equals(Reference("A"), "yes"), Has(Reference("B", "store"), "log")
    table = {"B": said("B", (Row((("store", "log"),)), Row((("store", ""),))))}
    assert holds(a, {}) is None
    assert holds(b, table) is True
    assert holds(Any((a, b)), table) is True
    assert holds(All((a, b)), table) is None
    assert holds(All((a, Not(b))), table) is False
    assert holds(Not(a), {"A": said("A", state=AnswerState.NOT_KNOWN)}) is None
    assert holds(a, {"A": Answer("A", AnswerState.NOT_APPLICABLE, reason="x")}) is False
