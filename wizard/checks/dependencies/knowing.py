"""Looks dependencies up, offline or at OSV, and says what is known; the silence of a source is never "none known"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

from wizard.checks.dependencies.advisory import Advisory
from wizard.checks.dependencies.answers_store import AnswersStore
from wizard.checks.dependencies.dependency import Dependency
from wizard.checks.dependencies.offline import Database, NoDatabase
from wizard.checks.dependencies.osv import Osv, OsvSettings, question
from wizard.checks.dependencies.states import FRESH_DAYS, Checked, DataSource, State, judged, needs_relatives
from wizard.domain.language import _

OSV_NAME, OFFLINE_NAME = "OSV", "offline database"


def look_up_offline(
    dependencies: Sequence[Dependency],
    database: Database | None,
    stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[tuple[Checked, ...], DataSource]:
    """Look up in the offline database; an ecosystem that it does not hold is "not checked"."""
    held = database.held() if database else {}
    found: list[Checked] = []
    days: set[date] = set()
    known: dict[tuple[str, ...], Checked] = {}
    trouble = ""
    for done, one in enumerate(dependencies):
        if one.obstacle is not None:
            found.append(judged(one, (), {}, matched=False))
            continue
        if database is None or one.ecosystem not in held or stopped() or trouble:
            because = trouble or (_("Stopped.") if stopped() else _nothing_held(one, bool(held)))
            found.append(Checked(one, State.NOT_CHECKED, because=because))
            continue
        days.add(held[one.ecosystem].day)
        before = known.get(one.package)
        if before is None:
            try:
                before = known[one.package] = _from_database(one, database)
            except NoDatabase as mistake:
                trouble = mistake.sentence
                found.append(Checked(one, State.NOT_CHECKED, because=trouble))
                continue
        found.append(replace(before, dependency=one))
        if done % 100 == 0:
            progress(done, len(dependencies))
    name = OFFLINE_NAME if days else ""
    return tuple(found), DataSource(name, min(days, default=None), trouble)


def _from_database(one: Dependency, database: Database) -> Checked:
    records = database.about(one.ecosystem, one.name)
    hitting = [record for record in records if not record.withdrawn and record.affects(one)]
    return judged(one, records, database.named(needs_relatives(hitting, one)), matched=False)


async def look_up_online(
    dependencies: Sequence[Dependency],
    store: AnswersStore,
    now: datetime,
    database: Database | None = None,
    settings: OsvSettings | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[tuple[Checked, ...], DataSource]:
    """Ask OSV; what it did not answer is looked up in a fresh offline database, else it is "not checked".

    The person must have agreed to what leaves this computer (`osv.leaving`). Raises `NotAllowed` for a plain address.
    """
    async with Osv(store, settings) as osv:
        answers = await osv.ask(dependencies, now, progress)
        records_of = {
            question: [answers.records.get(id) or _unread(id, modified) for id, modified in named]
            for question, named in answers.named.items()
        }
        wanted: set[str] = set()
        for one in dependencies:
            wanted |= needs_relatives(records_of.get(question(one), ()), one)
        related = await osv.relatives(wanted - answers.records.keys()) if wanted else {}
    found: list[Checked | None] = []
    for one in dependencies:
        asked = question(one)
        if asked and asked not in records_of:
            found.append(None if one.obstacle is None else judged(one, (), {}, matched=True))
        else:
            found.append(judged(one, records_of.get(asked, ()), related | answers.records, matched=True))
    silent = [one for one, checked in zip(dependencies, found, strict=True) if checked is None]
    through = f"{OSV_NAME} ({settings.proxy})" if settings is not None and settings.proxy else OSV_NAME
    days, names = ({now.date()}, [through]) if answers.named else (set(), [])
    fallen_back = _fresh_only(silent, database, now.date()) if silent else {}
    if any(checked.state is not State.NOT_CHECKED for checked in fallen_back.values()) and database:
        names.append(OFFLINE_NAME)
        held = database.held()
        days |= {held[one.ecosystem].day for one in silent if one.ecosystem in held}
    rows = tuple(
        checked or fallen_back.get(one) or Checked(one, State.NOT_CHECKED, because=answers.trouble)
        for one, checked in zip(dependencies, found, strict=True)
    )
    return rows, DataSource(" + ".join(names), min(days, default=None), answers.trouble)


def _fresh_only(silent: Sequence[Dependency], database: Database | None, today: date) -> dict[Dependency, Checked]:
    if database is None:
        return {}
    out: dict[Dependency, Checked] = {}
    with suppress(NoDatabase):  # a damaged store answers nothing; the sentence about OSV is said anyway
        fresh = {each for each, held in database.held().items() if today - held.day <= timedelta(days=FRESH_DAYS)}
        rows, _source = look_up_offline([one for one in silent if one.ecosystem in fresh], database)
        out = {row.dependency: row for row in rows}
    return out


def _unread(id: str, modified: str) -> Advisory:
    """A record that could not be fetched still counts, with a severity that nobody knows."""
    return Advisory(id, modified, {"id": id})


def _nothing_held(one: Dependency, some: bool) -> str:
    if some:
        return _("The offline database holds nothing about {ecosystem}.").format(ecosystem=one.ecosystem)
    return _("There is no offline database yet, and OSV was not asked.")
