"""Replicas that write apart and hear of each other late, twice or in parts agree in the end, and nothing is lost."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.properties.exchange_meetings import met
from tests.properties.exchange_meetings import schedule as meeting_schedule
from tests.properties.exchange_replicas import QUESTIONS, VALUES, Team, schedule
from wizard.domain import events as e
from wizard.exchange.packet import entries_bytes
from wizard.vault import foreign

replicas = st.integers(0, 3)


class Exchanging(RuleBasedStateMachine):
    """People write, send, receive and crash in any order; whenever all is delivered, all see the same."""

    @initialize(count=st.integers(2, 4))
    def begin(self, count: int) -> None:
        self.team = Team(count)

    def who(self, number: int) -> int:
        return number % len(self.team.journals)

    @rule(number=replicas, question=st.sampled_from(QUESTIONS), value=st.sampled_from((*VALUES, "")))
    def write(self, number: int, question: str, value: str) -> None:
        self.team.answer(self.who(number), question, value)

    @rule(number=replicas)
    def note(self, number: int) -> None:
        self.team.write(self.who(number), e.CommentSet("R1", f"by {number}"))

    @rule(number=replicas)
    def newer(self, number: int) -> None:
        self.team.write(self.who(number), e.Unknown("of a newer app", 3, {"x": number}, f"R{number % 3}"))

    @rule(number=replicas, content=st.sampled_from(("", "ab", "cd")))
    def approve(self, number: int, content: str) -> None:
        self.team.write(self.who(number), e.SectionApproved("S1", content))

    @rule(number=replicas)
    def choose(self, number: int) -> None:
        self.team.choose(self.who(number))

    @rule(number=replicas, step=st.integers(1, 3), since=st.sampled_from((0, 0, 3, 8)))
    def send(self, number: int, step: int, since: int) -> None:
        to = self.who(self.who(number) + step)
        if to != self.who(number):
            self.team.send(self.who(number), to, since)

    @precondition(lambda self: self.team.on_the_way)
    @rule(number=st.integers(0, 50), again=st.booleans(), cut=st.sampled_from((0, 0, 1, 4)))
    def arrive(self, number: int, again: bool, cut: int) -> None:
        self.team.arrive(number % len(self.team.on_the_way), again=again, cut=cut)

    @rule(number=replicas, step=st.integers(1, 3))
    def killed_in_between(self, number: int, step: int) -> None:
        to = self.who(self.who(number) + step)
        if to != self.who(number):
            data = entries_bytes(tuple(foreign.entries(self.team.journals[self.who(number)], {})))
            self.team.deliver(to, data, crash=0)

    @rule()
    def all_delivered(self) -> None:
        self.team.settle()
        self.team.check()

    def teardown(self) -> None:
        if hasattr(self, "team"):
            self.team.settle()
            self.team.check()


TestExchanging = Exchanging.TestCase
TestExchanging.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


class Meeting(RuleBasedStateMachine):
    """Whole sessions over synced folders and bundle files, killed at any durable write; in the end all see the same."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.held = contextlib.ExitStack()
        self.meeting = self.held.enter_context(met(seed))

    @rule(
        number=replicas,
        deed=st.sampled_from(("say", "note", "choose", "show", "bundle", "sync", "exchange")),
        killed_after=st.sampled_from((-1, -1, 0, 1, 2, 3, 4)),
    )
    def something(self, number: int, deed: str, killed_after: int) -> None:
        editors = self.meeting.editors
        self.meeting.do(editors[number % len(editors)], getattr(self.meeting, deed), killed_after)

    @rule()
    def all_delivered(self) -> None:
        self.meeting.settle()
        self.meeting.check()

    def teardown(self) -> None:
        if hasattr(self, "meeting"):
            self.meeting.settle()
            self.meeting.check()
            self.held.close()


TestMeeting = pytest.mark.slow(Meeting.TestCase)
TestMeeting.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_random_schedules(part: int) -> None:
    assert sum(schedule(seed, 30) for seed in range(part * 10_000, part * 10_000 + 20)) > 0


# With those of tests/unit/exchange/test_exchange_postgres.py two thousand schedules run here; fifty thousand longer
# ones in tests/torture/exchange.py.


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_many_random_schedules(part: int) -> None:
    assert sum(schedule(seed, 30) for seed in range(part * 10_000 + 20, part * 10_000 + 220)) > 0


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_random_meetings(part: int) -> None:
    assert sum(meeting_schedule(seed, 30) for seed in range(part * 10_000, part * 10_000 + 65)) > 0
