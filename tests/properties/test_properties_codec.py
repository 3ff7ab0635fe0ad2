"""Every payload survives the journal's spelling, and nothing hostile is half read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.domain_samples import event
from tests.properties.domain_strategies import deeds, happenings
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.evidence import Evidence
from wizard.domain.observation import Result

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(deeds | happenings)
@settings(max_examples=400, deadline=None)
def test_every_payload_survives_its_canonical_form(payload):
    stored = rfc8785.dumps(e.payload_json(payload))
    kind = payload.type if isinstance(payload, e.Unknown) else payload.TYPE
    version = payload.version if isinstance(payload, e.Unknown) else payload.VERSION
    read = e.read_payload(kind, version, json.loads(stored))
    assert read == payload
    assert rfc8785.dumps(e.payload_json(read)) == stored


@given(deeds | happenings)
@settings(max_examples=100, deadline=None)
def test_every_envelope_survives_its_canonical_form(payload):
    envelope = event(payload, 3).envelope
    assert from_json(e.Envelope, json.loads(rfc8785.dumps(to_json(envelope)))) == envelope


@pytest.mark.slow
@pytest.mark.parametrize("kind", e.KINDS, ids=lambda kind: kind.TYPE)
@given(data=json_values)
@settings(max_examples=60, deadline=None)
def test_hostile_content_is_unreadable_or_a_whole_payload(kind, data):
    try:
        payload = e.read_payload(kind.TYPE, kind.VERSION, data)
    except Unreadable:
        return
    assert type(payload) is kind
    assert e.read_payload(kind.TYPE, kind.VERSION, json.loads(rfc8785.dumps(e.payload_json(payload)))) == payload


@given(json_values)
@settings(max_examples=100, deadline=None)
def test_results_keep_their_facts(data):
    facts = {"raw": data}
    made = from_json(
        Result,
        {
            "check": "hsts",
            "subject": "a.example",
            "verdict": "pass",
            "level": "must",
            "summary": "s",
            "rule": "hsts/1",
            "source": "RFC 6797",
            "method": "test",
            "at": "2026-11-23T12:00:00Z",
            "facts": facts,
        },
    )
    assert made.facts == facts
    assert from_json(Result, to_json(made)) == made


def test_an_event_of_a_newer_app_is_kept_as_it_is():
    read = e.read_payload("team-joined", 2, {"who": ["ann"]})
    assert read == e.Unknown("team-joined", 2, {"who": ["ann"]})
    assert e.payload_json(read) == {"who": ["ann"]}
    newer = e.read_payload(e.CommentSet.TYPE, e.CommentSet.VERSION + 1, {"text": "?"})
    assert isinstance(newer, e.Unknown)


def test_times_are_spelt_in_utc():
    east = datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2)))
    assert to_json(east) == "2026-11-23T12:00:00Z"
    assert from_json(datetime, "2026-11-23T14:00:00+02:00") == datetime(2026, 11, 23, 12, tzinfo=UTC)
    with pytest.raises(ValueError, match="zone"):
        to_json(datetime(2026, 11, 23))


@pytest.mark.parametrize("text", ["2026-11-23T12:00:00", "0001-01-01T00:00:00+14:00", "now", "", "9999-99-99"])
def test_times_that_are_none_are_unreadable(text):
    with pytest.raises(Unreadable):
        from_json(datetime, text)


def test_half_a_character_is_replaced_and_a_whole_one_kept():
    assert to_json("plan-\udcff.pdf") == "plan-�.pdf"
    assert to_json("Zoë 日本 😀") == "Zoë 日本 😀"
    assert to_json("\ud83d\ude00") == "😀"


def test_a_mistake_is_named_by_its_place():
    with pytest.raises(Unreadable, match=r"\$\.answer\.state: AnswerState expected"):
        e.read_payload("answer-given", 1, {"answer": {"question": "A", "state": "maybe"}})
    with pytest.raises(Unreadable, match="unknown 'colour'"):
        e.read_payload("comment-set", 1, {"requirement": "A", "text": "", "colour": "red"})
    with pytest.raises(Unreadable, match="incomplete"):
        e.read_payload("comment-set", 1, {"text": ""})


def test_an_empty_list_and_an_empty_text_stay_what_they_are():
    for value in ("", (), ("",), Row(()), (Row(()),)):
        answer = Answer("A", AnswerState.GIVEN, value)
        assert from_json(Answer, to_json(answer)).value == value
    assert from_json(date | None, None) is None  # type: ignore[arg-type]
    assert Evidence.__dataclass_fields__["expires"].default is None
