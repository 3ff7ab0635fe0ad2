"""An assessment is the fold of its journal, step by step or at once; every deed of a person can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.properties.domain_samples import AUTHOR, NOW, assessed, content, event
from tests.properties.domain_strategies import deeds, happenings, histories
from wizard.domain import events as e
from wizard.domain.assessment import Assessment, apply, fold
from wizard.domain.undo import inverse


class Journalled(RuleBasedStateMachine):
    """A person works, takes back, looks; at any time the fold of the whole journal is the assessment at hand."""

    def __init__(self) -> None:
        super().__init__()
        self.journal: list[e.Event] = []
        self.assessment = Assessment()
        #: what would take each deed back, and what the assessment was before it
        self.undoable: list[tuple[tuple[e.Payload, ...], Assessment]] = []

    def record(self, payload: e.Payload) -> None:
        number = len(self.journal) + 1
        self.journal.append(event(payload, number, NOW + timedelta(seconds=number)))
        self.assessment = apply(self.assessment, self.journal[-1])

    @rule(deed=deeds)
    def work(self, deed: e.Payload) -> None:
        before = self.assessment
        back = inverse(deed, before, AUTHOR)
        self.record(deed)
        if back:
            self.undoable.append((back, before))
        else:
            assert content(self.assessment) == content(before), "a deed without a way back must have changed nothing"

    @rule(happening=happenings)
    def happen(self, happening: e.Payload) -> None:
        assert inverse(happening, self.assessment, AUTHOR) == ()
        self.record(happening)
        self.undoable.clear()

    @precondition(lambda self: self.undoable)
    @rule()
    def take_back(self) -> None:
        back, before = self.undoable.pop()
        for payload in back:
            self.record(payload)
        assert content(self.assessment) == content(before)

    @invariant()
    def the_fold_is_the_assessment(self) -> None:
        assert fold(self.journal) == self.assessment
        half = len(self.journal) // 2
        assert fold(self.journal[half:], fold(self.journal[:half])) == self.assessment
        assert self.assessment.events == len(self.journal)


TestJournalled = pytest.mark.slow(Journalled.TestCase)
TestJournalled.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@pytest.mark.slow
@given(histories, st.lists(deeds, min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_deed_of_several_events_is_taken_back_in_reverse(history, several):
    before = assessed(*history)
    backs, now = [], before
    for deed in several:
        backs.append(inverse(deed, now, AUTHOR))
        now = assessed(deed, start=now)
    for back in reversed(backs):
        now = assessed(*back, start=now) if back else now
    assert content(now) == content(before)


@pytest.mark.slow
@given(histories, deeds | happenings)
@settings(max_examples=100, deadline=None)
def test_applying_leaves_the_assessment_before_as_it_was(history, more):
    before = assessed(*history)
    copies = {field.name: getattr(before, field.name) for field in fields(before)}
    kept = {name: dict(value) if isinstance(value, Mapping) else value for name, value in copies.items()}
    assessed(more, start=before)
    assert {name: dict(v) if isinstance(v, Mapping) else v for name, v in copies.items()} == kept


def test_nobody_can_write_into_an_assessment():
    made = assessed(e.CommentSet("D-1", "A note."))
    with pytest.raises(FrozenInstanceError):
        made.events = 7
    with pytest.raises(TypeError):
        made.comments["D-1"] = "other"
    assert all(
        isinstance(value, MappingProxyType)
        for field in fields(made)
        if isinstance(value := getattr(made, field.name), Mapping)
    )


@pytest.mark.slow
@given(histories)
@settings(max_examples=100, deadline=None)
def test_a_demonstration_stays_one(history):
    begun = assessed(e.AssessmentStarted("q", "1", "ab", demonstration=True))
    assert assessed(*history, start=begun).demonstration
