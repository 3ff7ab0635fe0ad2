"""Looks at the repositories of the scope on this computer, and keeps what people decide about what was found."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.checks import apollo_authorization, repository_secrets
from wizard.checks.code import wording
from wizard.checks.code.apollo import ApolloScan
from wizard.checks.code.leak import Leak, Masker
from wizard.checks.code.scan import News, SecretScan
from wizard.domain import events as e
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.evidence import Sealed
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Result
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.changes import Change
from wizard.session.deeds.pdf_words import PdfWords
from wizard.session.found_secrets import settled
from wizard.session.session import ReadOnly, Session

if TYPE_CHECKING:
    from wizard.checks.code.engine import Kingfisher, Stop

#: The vault's secret that fingerprints are made with, so that a decision survives new scans and says nothing elsewhere.
KEY_NAME = "code-fingerprints"
#: Where the compiled rules are kept, below the data folder of the person's home.
RULES_FOLDER = "secret-rules"
_RECORD_LIMIT = 64 * 1024 * 1024
_LISTED = 20_000

_preparing = threading.Lock()
_engines: dict[Path, Kingfisher] = {}


class NoRepository(Mistake):
    """No repository of the scope is left to look at."""


class NotDecided(Mistake):
    """A decision about a secret without what it needs."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of news of a running scan: of which repository, and how far it is."""

    repository: str
    news: News


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a run did: repositories looked at, and those that are no folder here."""

    looked_at: tuple[str, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What the sealed record of a scan holds: every place, masked, and what was looked at."""

    repository: str
    leaks: tuple[Leak, ...]
    gaps: tuple[str, ...]
    looked_at: str
    left_out: tuple[str, ...]
    apollo: str
    scopes: tuple[str, ...]


def folder_of(repository: str) -> Path | None:
    """The folder on this computer that a row of the scope names; None for an address."""
    path = Path(repository).expanduser()
    return path if path.is_absolute() and path.is_dir() else None


def prepare(session: Session, data: Path, hear: Hear = lambda event: None) -> Job[None]:
    """Compile or load the rules in the background; `data` is the data folder of the person's home."""

    async def work(progress: Progress) -> None:
        progress(0, 0, _("Preparing the rules"))
        await asyncio.to_thread(engine, data)

    return session.runner.start(work, _("Preparing the rules for secrets"), hear)


def engine(data: Path) -> Kingfisher:
    """The engine, made once for each data folder; the very first time takes some seconds. Raises NoEngine."""
    from wizard.checks.code.engine import Kingfisher

    with _preparing:
        if data not in _engines:
            _engines[data] = Kingfisher(data / RULES_FOLDER)
        return _engines[data]


def scan(
    session: Session, data: Path, repositories: Collection[str] = (), hear: Hear = lambda event: None
) -> Job[Scanned]:
    """Look at the repositories of the scope (all, or those named): files and whole history, for secrets and for Apollo.

    Nothing is sent anywhere. Partial results of the job are `Heard` and, once a repository is recorded, its `Change`.
    Raises `NoRepository` or `ReadOnly` before anything is read; `NoEngine` fails the job.
    """
    if session.read_only:
        raise ReadOnly(session.read_only_because)
    chosen = tuple(r for r in session.assessment.scope.repositories if not repositories or r in repositories)
    if not chosen:
        raise NoRepository(_("No repository is in the scope, so nothing was looked at. List one in SCOPE-6 first."))
    title = ngettext("Looking at {n} repository", "Looking at {n} repositories", len(chosen)).format(n=len(chosen))

    async def work(progress: Progress) -> Scanned:
        from wizard.checks.code.engine import Stop

        stop = Stop()
        try:
            return await _run(session, data, chosen, progress, stop)
        except asyncio.CancelledError:
            stop.set()
            raise

    return session.runner.start(work, title, hear)


def listing(session: Session, repository: str) -> Listing | None:
    """What the last scan of a repository found, from its sealed record; None when there is none. Blocks."""
    observation = session.assessment.observations.get((repository_secrets.CHECK.id, repository))
    sealed = _sealed(observation.result) if observation else None
    if sealed is None:
        return None
    try:
        return from_json(Listing, json.loads(session.workspace.box.read(sealed, _RECORD_LIMIT)))
    except (Mistake, ValueError, Unreadable):
        return None  # the record is damaged: the result stays, its list is gone


def dispose(
    session: Session,
    fingerprint: str,
    verdict: e.SecretVerdict,
    *,
    because: str = "",
    revoked_on: date | None = None,
    rotated_on: date | None = None,
) -> Future[Change]:
    """Say what a found secret is: none, because …; or revoked, and replaced. Raises `NotDecided`."""
    decided = e.SecretDisposed(fingerprint, verdict, because.strip(), revoked_on, rotated_on)
    today = session.clock().date()
    if verdict is not e.SecretVerdict.OPEN and not decided.settles(today):
        if verdict is e.SecretVerdict.FALSE_POSITIVE:
            raise NotDecided(_("Nothing was decided: say why it is no secret."))
        if any(day is not None and day > today for day in (revoked_on, rotated_on)):
            raise NotDecided(_("Nothing was decided: a date lies in the future."))
        raise NotDecided(
            _("Nothing was decided: say when it was revoked, and when it was replaced or why that is not needed.")
        )
    return session.record(decided, title=_("Decision about a secret in code"))


def decision(session: Session, fingerprint: str) -> e.SecretDisposed | None:
    """What was decided about a secret."""
    noted = session.assessment.secrets.get(fingerprint)
    return noted.payload if noted is not None and isinstance(noted.payload, e.SecretDisposed) else None


async def _run(session: Session, data: Path, chosen: tuple[str, ...], progress: Progress, stop: Stop) -> Scanned:
    run = secrets.token_hex(8)
    here = [r for r in chosen if folder_of(r) is not None]
    elsewhere = [r for r in chosen if folder_of(r) is None]
    for repository in elsewhere:
        change = await asyncio.wrap_future(session.record(_not_here(session, run, repository)))
        progress(0, len(chosen), repository, change)
    if here:
        progress(0, len(chosen), _("Preparing the rules; the first time takes some seconds"))
        ready = await asyncio.to_thread(engine, data)
        masker = Masker(await asyncio.to_thread(key, session))
        for done, repository in enumerate(here, len(elsewhere)):
            found, apollo = await asyncio.to_thread(
                _look, session, ready, masker, repository, progress, (done, len(chosen)), stop
            )
            change = await _keep(session, run, repository, found, apollo)
            progress(done + 1, len(chosen), repository, change)
    return Scanned(tuple(here), tuple(elsewhere))


def _look(
    session: Session,
    ready: Kingfisher,
    masker: Masker,
    repository: str,
    progress: Progress,
    step: tuple[int, int],
    stop: Stop,
) -> tuple[SecretScan, ApolloScan]:
    from wizard.checks.code.apollo import scan_apollo
    from wizard.checks.code.scan import scan_secrets

    folder = folder_of(repository)
    if folder is None:
        raise NoRepository(_("{name} was moved away while it was looked at.").format(name=repository))

    def report(news: News) -> None:
        progress(*step, _how_far(news), Heard(repository, news))

    found = scan_secrets(
        folder, ready, masker, session.clock(), stop=stop, report=report, read_pdf=PdfWords(lambda: stop.is_set)
    )
    return found, scan_apollo(folder, stop)


def _how_far(news: News) -> str:
    return _("{files} files, {size} MB, {commits} commits").format(
        files=news.files, size=news.bytes // 1_000_000, commits=news.commits
    )


async def _keep(session: Session, run: str, repository: str, found: SecretScan, apollo: ApolloScan) -> Change:
    """Seal the list, judge, and record both results as one look."""
    listed = Listing(
        repository=repository,
        leaks=found.leaks[:_LISTED],
        gaps=tuple(wording.gap(gap) for gap in found.coverage.gaps),
        looked_at=wording.looked_at(found.coverage),
        left_out=found.coverage.left_out,
        apollo=apollo.verdict.value,
        scopes=apollo.scopes,
    )
    text = json.dumps(to_json(listed), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, text.encode())
    now = session.clock()
    judgement = repository_secrets.judge(repository_secrets.Reading.of(found), settled(session.assessment, now.date()))
    result = repository_secrets.CHECK.result(repository, judgement, now)
    kept: dict[str, str | int] = {
        "record_name": sealed.name,
        "record_digest": sealed.digest,
        "record_sealed_digest": sealed.sealed_digest,
        "record_size": sealed.size,
    }
    declared = session.assessment.answers.get("SCOPE-5")
    about_apollo = apollo_authorization.CHECK.result(
        repository,
        apollo_authorization.judge(apollo, oauth_declared=declared is not None and declared.value == "oauth-only"),
        now,
    )
    looked = e.Looked(
        run=run,
        host=repository,
        results=(_with_facts(result, kept), about_apollo),
        record=sealed.digest,
        record_name=sealed.name,
    )
    return await asyncio.wrap_future(session.record(looked))


def _not_here(session: Session, run: str, repository: str) -> e.Looked:
    why = _("{name} is no folder on this computer, so nobody could look at its files and history.").format(
        name=repository
    )
    step = _("Clone it with its whole history, and name the folder in SCOPE-6.")
    judgement = repository_secrets.could_not_look(why, step)
    checks = (repository_secrets.CHECK, apollo_authorization.CHECK)
    results = tuple(check.result(repository, judgement, session.clock()) for check in checks)
    return e.Looked(run=run, host=repository, results=results)


def key(session: Session) -> bytes:
    """The key of this workspace's fingerprints, made when it is first wanted. Blocks."""
    kept = session.workspace.secrets.get(KEY_NAME)
    if kept is None:
        kept = secrets.token_bytes(32)
        session.workspace.secrets.put(KEY_NAME, kept)
    return kept


def _with_facts(result: Result, more: dict[str, str | int]) -> Result:
    return replace(result, facts={**result.facts, **more})


def _sealed(result: Result) -> Sealed | None:
    name, digest = result.facts.get("record_name"), result.facts.get("record_digest")
    sealed_digest, size = result.facts.get("record_sealed_digest"), result.facts.get("record_size")
    if isinstance(name, str) and isinstance(digest, str) and isinstance(sealed_digest, str) and isinstance(size, int):
        return Sealed(name, digest, sealed_digest, size)
    return None
