"""Real sessions over real vaults in a temporary home; only the passphrase stretching is cheap."""

from datetime import UTC, datetime

import pytest

from wizard.demo import walk
from wizard.domain.events import AssessmentDescribed
from wizard.session import opening
from wizard.session.settings import Home, Preferences
from wizard.vault.keys import Cost
from wizard.vault.unlocking import WithPassphrase

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "correct horse battery staple"


class HandClock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def walked(tmp_path_factory):
    """The demonstration, done once: what it made, and its preferences. Tests that use it are in one xdist group."""
    folder = tmp_path_factory.mktemp("demo")
    preferences = Preferences(Home.below(folder / "home"))
    return walk.walk(folder / "out", preferences), preferences


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def preferences(tmp_path):
    return Preferences(Home.below(tmp_path / "home"))


@pytest.fixture
def session(tmp_path, preferences, clock):
    created = opening.create(
        tmp_path / "Northwind.attestry",
        preferences,
        passphrase=PASSPHRASE,
        remember=False,
        described=AssessmentDescribed("Northwind B.V.", "Northwind Sync"),
        clock=clock,
        floor=CHEAP,
    )
    yield created.session
    created.session.close()


@pytest.fixture
def reopen(tmp_path, preferences, clock):
    """Opens the workspace of `session` again after it was closed, or beside it."""
    opened = []

    def again(**more):
        opened.append(
            opening.open_(
                tmp_path / "Northwind.attestry",
                WithPassphrase(PASSPHRASE),
                preferences,
                clock=clock,
                floor=CHEAP,
                **more,
            )
        )
        return opened[-1]

    yield again
    for each in opened:
        each.close()
