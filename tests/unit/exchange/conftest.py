"""A lead with a real assessment, and teammates on empty profiles; only the passphrase stretching is cheap."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.members import Role
from wizard.exchange import card
from wizard.exchange.folder import FolderCarrier
from wizard.session import answering, joining, opening
from wizard.session.deeds import exchanging, replies, sharing
from wizard.session.settings import Home, Preferences
from wizard.vault.keys import Cost
from wizard.vault.unlocking import WithPassphrase

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "correct horse battery staple"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Lead:
    """Someone who asks, and adds what comes back."""

    def __init__(self, session, folder):
        self.session, self.folder = session, folder

    def ask(self, *requirements, to="Ada Example", **more):
        path = self.folder / f"{to}.attestry-request"
        sharing.ask(self.session, sharing.Ask(to, requirements, **more), path).result.result(20)
        return path

    def read(self, path):
        return replies.read(self.session, path).result.result(20)

    def add(self, path):
        offered = self.read(path)
        replies.add(self.session, offered, confirmed=True).result.result(20)
        return offered

    def says(self, question, value="yes"):
        self.session.record(e.AnswerGiven(Answer(question, AnswerState.GIVEN, value))).result(20)


class Mate:
    """Someone who was asked."""

    def __init__(self, session, folder):
        self.session, self.folder = session, folder

    def says(self, question, value="yes"):
        self.session.record(e.AnswerGiven(Answer(question, AnswerState.GIVEN, value))).result(20)

    def reply(self, name="reply"):
        path = self.folder / f"{name}.attestry-reply"
        answering.reply(self.session, path).result.result(20)
        return path


@pytest.fixture
def lead(tmp_path):
    preferences = Preferences(Home.below(tmp_path / "lead"))
    created = opening.create(
        tmp_path / "Northwind.attestry",
        preferences,
        passphrase=PASSPHRASE,
        remember=False,
        described=e.AssessmentDescribed("Northwind B.V.", "Northwind Sync"),
        clock=lambda: NOW,
        floor=CHEAP,
    )
    created.session.record(e.SignatoryNamed("Lea Lead", "CISO", "Board")).result(20)
    yield Lead(created.session, tmp_path)
    created.session.close()


@pytest.fixture
def mate(tmp_path):
    """`mate(request)` is someone who opened the request on an empty profile; again with the same name: goes on."""
    opened = []

    def open_(request, name="Ada Example"):
        preferences = Preferences(Home.below(tmp_path / name))
        there = answering.folder_of(_read(request), preferences).is_dir()
        if there:
            for one in opened:
                one.session.close()
            session = answering.go_on(request, WithPassphrase(PASSPHRASE), preferences, clock=lambda: NOW, floor=CHEAP)
        else:
            session = answering.begin(
                request,
                preferences,
                passphrase=PASSPHRASE,
                remember=False,
                name=name,
                clock=lambda: NOW,
                floor=CHEAP,
            )
        folder = tmp_path / f"{name} sends"
        folder.mkdir(exist_ok=True)
        opened.append(Mate(session, folder))
        return opened[-1]

    yield open_
    for one in opened:
        one.session.close()


class Editor:
    def __init__(self, session, shared):
        self.session, self.shared = session, shared

    def says(self, question, value="yes"):
        self.session.record(e.AnswerGiven(Answer(question, AnswerState.GIVEN, value))).result(20)

    def exchange(self):
        carrier = FolderCarrier(self.shared, self.session.workspace.shared)
        return exchanging.exchange_now(self.session, carrier, "folder")

    @property
    def value(self):
        """What everyone must see alike: all of it but where this journal stands, and who it looks from."""
        return replace(self.session.assessment, head="", last_at=None)


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "Shared"
    folder.mkdir()
    return folder


@pytest.fixture
def first(lead, shared):
    return Editor(lead.session, shared)


@pytest.fixture
def join(lead, shared, tmp_path):
    opened = []

    def add(name, role=Role.CONTRIBUTOR):
        preferences = Preferences(Home.below(tmp_path / name))
        folder, written = tmp_path / f"{name}.attestry", tmp_path / f"{name}.attestry-member"
        joining.prepare(
            folder, preferences, passphrase=PASSPHRASE, remember=False, name=name, card=written, floor=CHEAP
        )
        sharing.add_member(lead.session, card.read(written), role).result(20)
        bundle = tmp_path / f"for {name}.attestry-bundle"
        exchanging.bundle_now(lead.session, bundle)
        unlock = WithPassphrase(PASSPHRASE)
        sender = joining.sender_of(folder, unlock, bundle, preferences, CHEAP)
        assert sender.author == lead.session.workspace.author
        session = joining.join(
            folder, unlock, bundle, preferences, expected=sender.author, clock=lambda: NOW, floor=CHEAP
        )
        opened.append(session)
        return Editor(session, shared)

    yield add
    for session in opened:
        session.close()


def _read(path):
    from wizard.exchange import request

    return request.read(path)
