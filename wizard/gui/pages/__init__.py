"""The pages by name. Each is imported when it is first shown, so that the first window comes at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wizard.gui.widgets.page import Page

PageMaker = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: its name, the function that imports it, and whether it shows an open assessment."""

    name: str
    find: Callable[[], PageMaker]
    needs_session: bool = True


def _welcome() -> PageMaker:
    from wizard.gui.pages.welcome import WelcomePage

    return WelcomePage


def _first_run() -> PageMaker:
    from wizard.gui.pages.first_run import FirstRunPage

    return FirstRunPage


def _unlock() -> PageMaker:
    from wizard.gui.pages.unlock import UnlockPage

    return UnlockPage


def _scope() -> PageMaker:
    from wizard.gui.pages.scope import ScopePage

    return ScopePage


def _home() -> PageMaker:
    from wizard.gui.pages.home import HomePage

    return HomePage


def _section() -> PageMaker:
    from wizard.gui.pages.section import SectionPage

    return SectionPage


def _checks() -> PageMaker:
    from wizard.gui.pages.checks import ChecksPage

    return ChecksPage


def _vulnerabilities() -> PageMaker:
    from wizard.gui.pages.vulnerabilities import VulnerabilitiesPage

    return VulnerabilitiesPage


def _code() -> PageMaker:
    from wizard.gui.pages.code import CodePage

    return CodePage


def _evidence() -> PageMaker:
    from wizard.gui.pages.evidence import EvidencePage

    return EvidencePage


def _black_out() -> PageMaker:
    from wizard.gui.pages.black_out import BlackOutPage

    return BlackOutPage


def _review() -> PageMaker:
    from wizard.gui.pages.review import ReviewPage

    return ReviewPage


def _sign() -> PageMaker:
    from wizard.gui.pages.sign import SignPage

    return SignPage


def _done() -> PageMaker:
    from wizard.gui.pages.done import DonePage

    return DonePage


def _team() -> PageMaker:
    from wizard.gui.pages.team import TeamPage

    return TeamPage


def _editors() -> PageMaker:
    from wizard.gui.pages.editors import EditorsPage

    return EditorsPage


def _join() -> PageMaker:
    from wizard.gui.pages.join import JoinPage

    return JoinPage


def _reply() -> PageMaker:
    from wizard.gui.pages.reply import ReplyPage

    return ReplyPage


def _request() -> PageMaker:
    from wizard.gui.pages.request import RequestPage

    return RequestPage


def _reviewer() -> PageMaker:
    from wizard.gui.pages.reviewer import ReviewerPage

    return ReviewerPage


def _preferences() -> PageMaker:
    from wizard.gui.pages.preferences import PreferencesPage

    return PreferencesPage


def _older_copy() -> PageMaker:
    from wizard.gui.pages.older_copy import OlderCopyPage

    return OlderCopyPage


def _bring_in() -> PageMaker:
    from wizard.gui.pages.bring_in import BringInPage

    return BringInPage


def _restore() -> PageMaker:
    from wizard.gui.pages.restore import RestorePage

    return RestorePage


def _about() -> PageMaker:
    from wizard.gui.pages.about import AboutPage

    return AboutPage


PAGES = (
    Entry("welcome", _welcome, needs_session=False),
    Entry("first_run", _first_run, needs_session=False),
    Entry("unlock", _unlock, needs_session=False),
    Entry("home", _home),
    Entry("scope", _scope),
    Entry("section", _section),
    Entry("checks", _checks),
    Entry("vulnerabilities", _vulnerabilities),
    Entry("code", _code),
    Entry("evidence", _evidence),
    Entry("black_out", _black_out),
    Entry("review", _review),
    Entry("sign", _sign),
    Entry("done", _done),
    Entry("team", _team),
    Entry("editors", _editors),
    Entry("reply", _reply),
    Entry("request", _request, needs_session=False),
    Entry("join", _join, needs_session=False),
    Entry("reviewer", _reviewer, needs_session=False),
    Entry("preferences", _preferences, needs_session=False),
    Entry("about", _about, needs_session=False),
    Entry("older_copy", _older_copy),
    Entry("restore", _restore, needs_session=False),
    Entry("bring_in", _bring_in, needs_session=False),
)


def entry(name: str) -> Entry:
    """The page of that name. Raises KeyError for a name that is none."""
    found = next((e for e in PAGES if e.name == name), None)
    if found is None:
        raise KeyError(name)
    return found
