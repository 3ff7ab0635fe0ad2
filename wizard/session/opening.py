"""Starts, opens and closes an assessment: puts vault, questionnaire and session together."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wizard import resources
from wizard.catalog import toml_folder
from wizard.checks.answers import CHECK_IDS
from wizard.checks.code_checks import CODE_CHECKS
from wizard.checks.every import CHECKS, kinds
from wizard.checks.reports import REPORT_CHECK_IDS
from wizard.domain import events as e
from wizard.domain.assessment import Assessment
from wizard.domain.finding import SubjectKind
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.versions import History
from wizard.jobs.runner import Runner
from wizard.session import answering
from wizard.session.deeds import keeping, looking
from wizard.session.session import Clock, Session, now_utc, whole
from wizard.session.settings import Preferences
from wizard.vault.unlocking import Unlock, WithRecoveryKey
from wizard.vault.workspace import Workspace

if TYPE_CHECKING:
    from wizard.vault.keys import Cost

#: The questionnaire that ships.
SHIPPED = "apollo-marketplace"
#: The secret that holds the name of whom a workspace was made for that is to join a team.
WAITING_NAME = "sharing/name"


class UnknownQuestionnaire(Mistake):
    """A workspace that was started with a questionnaire which is not at hand."""


class WaitsForBundle(Mistake):
    """A workspace that was made to join a team, before the lead's first bundle."""

    def __init__(self) -> None:
        super().__init__(
            _("This vault waits for the first bundle of your team's lead. Nothing is in it yet. Take the bundle first.")
        )


@dataclass(frozen=True, slots=True)
class Created:
    """A new assessment, and the recovery key that is shown once."""

    session: Session
    recovery_key: str


def check_names() -> frozenset[str]:
    """Every id that a questionnaire may name as a check."""
    return CHECK_IDS | REPORT_CHECK_IDS | {check.id for check in CHECKS} | set(_code_kinds())


def check_kinds() -> Mapping[str, SubjectKind]:
    """What each check is about."""
    return {**dict.fromkeys(CHECK_IDS | REPORT_CHECK_IDS, SubjectKind.ASSESSMENT), **_code_kinds(), **kinds()}


def _code_kinds() -> Mapping[str, SubjectKind]:
    return {check.id: check.about for check in CODE_CHECKS}


def shipped_questionnaires() -> tuple[Questionnaire, ...]:
    """The questionnaires that come with the app."""
    folders = sorted(p for p in resources.questionnaires().iterdir() if (p / "questionnaire.toml").is_file())
    return tuple(_shipped(folder) for folder in folders)


def load_questionnaire(folder: Path | None) -> Questionnaire:
    """A questionnaire from a folder, or the one that ships. Raises `catalog.QuestionnaireMistakes`."""
    return toml_folder.load(folder, check_names()) if folder else _shipped(resources.questionnaires() / SHIPPED)


@cache
def _shipped(folder: Path) -> Questionnaire:
    """Read once: what comes with the program stays as it is while the program runs, and reading takes 50 ms."""
    return toml_folder.load(folder, check_names())


def create(
    folder: Path,
    preferences: Preferences,
    *,
    passphrase: str,
    remember: bool,
    described: e.AssessmentDescribed,
    questionnaire: Path | None = None,
    demonstration: bool = False,
    runner: Runner | None = None,
    clock: Clock = now_utc,
    floor: Cost | None = None,
) -> Created:
    """Make a workspace and start an assessment in it. Raises the mistakes of the vault and of the questionnaire.

    `floor` lets tests be quick.
    """
    asked = load_questionnaire(questionnaire)
    workspace, recovery_key = Workspace.create(
        folder, passphrase=passphrase, remember=remember, home=preferences.home.data, floor=floor
    )
    try:
        workspace.journal.append(
            e.AssessmentStarted(asked.id, asked.version, asked.digest, demonstration),
            described,
            questionnaire=asked.digest,
        )
        if questionnaire is not None:
            keep_place(preferences, asked.digest, questionnaire)
        session = _session(workspace, asked, questionnaire is not None, runner, clock)
    except BaseException:
        workspace.close()
        raise
    preferences.remember(workspace.folder, title(session.assessment))
    return Created(session, recovery_key)


def open_(
    folder: Path,
    unlock: Unlock,
    preferences: Preferences,
    *,
    read_only: bool = False,
    runner: Runner | None = None,
    clock: Clock = now_utc,
    floor: Cost | None = None,
) -> Session:
    """Open a workspace. Raises the mistakes of the vault, or `UnknownQuestionnaire`. `floor` lets tests be quick."""
    workspace = Workspace.open(folder, unlock, read_only=read_only, home=preferences.home.data, floor=floor)
    try:
        if (answers := answering.session_of(workspace, runner=runner, clock=clock)) is not None:
            preferences.remember(workspace.folder, answering.title_of(answers))
            return answers
        if not workspace.journal.count and workspace.secrets.get(WAITING_NAME) is not None:
            raise WaitsForBundle
        folded = whole(workspace, _beginning(workspace))
        asked, custom = _questionnaire_of(folded, preferences)
        session = _session(workspace, asked, custom, runner, clock, folded)
        if isinstance(unlock, WithRecoveryKey) and not session.read_only:
            with contextlib.suppress(Mistake):  # on a full disk it opens all the same, and asks for the sheet later
                keeping.note_written_down(session)
    except BaseException:
        workspace.close()
        raise
    preferences.remember(workspace.folder, title(session.assessment))
    return session


def title(assessment: Assessment) -> str:
    """What an assessment is called."""
    return assessment.described.integration or assessment.described.organisation or _("Untitled assessment")


def keep_place(preferences: Preferences, digest: str, folder: Path) -> None:
    """Remember where the person's own questionnaire lies, by its digest."""
    place = preferences.home.data / "questionnaires" / digest
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(str(folder.absolute()), "utf-8")


def _beginning(workspace: Workspace) -> Assessment:
    """What holds before the first entry: who founded the assessment."""
    from wizard.vault import foreign

    return Assessment(history=History(founder=foreign.founder(workspace.secrets, workspace.author)))


def _session(
    workspace: Workspace,
    questionnaire: Questionnaire,
    custom: bool,
    runner: Runner | None,
    clock: Clock,
    folded: Assessment | None = None,
) -> Session:
    session = Session(
        workspace,
        questionnaire,
        check_kinds(),
        runner=runner,
        clock=clock,
        custom_questionnaire=custom,
        start=_beginning(workspace),
        folded=folded,
    )
    session.derive = looking.what_follows
    if not session.read_only:
        recording = looking.look_at_answers(session)
        if recording is not None:
            recording.result()
    return session


def _questionnaire_of(assessment: Assessment, preferences: Preferences) -> tuple[Questionnaire, bool]:
    """The questionnaire that a workspace was started with, in today's version of it, and whether it is a custom one."""
    started = assessment.started
    if started is None:
        raise UnknownQuestionnaire(
            _("This workspace holds no assessment. It may be damaged: open a backup, or start a new one.")
        )
    place = preferences.home.data / "questionnaires" / started.questionnaire_digest
    if place.is_file():
        return load_questionnaire(Path(place.read_text("utf-8"))), True
    folder = resources.questionnaires() / started.questionnaire
    if started.questionnaire.replace("-", "").isalnum() and (folder / "questionnaire.toml").is_file():
        return _shipped(folder), False
    raise UnknownQuestionnaire(
        _(
            "This assessment was started with the questionnaire {name} {version}, which is not on this computer. "
            "Nothing was changed. Start Attestry with that questionnaire's folder once, then open it again."
        ).format(name=started.questionnaire, version=started.questionnaire_version)
    )
