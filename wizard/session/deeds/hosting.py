"""Asks the code host of a repository with the person's token, which is kept in the vault and sent nowhere else."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.checks.code.git import Git, GitRefused
from wizard.domain import events as e
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.evidence import Sealed
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json, Method
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.deeds.scanning import folder_of
from wizard.session.session import ReadOnly, Session

if TYPE_CHECKING:
    from wizard.checks.hosting.asking import Adapter, Call, HostSettings
    from wizard.checks.hosting.posture import Posture

#: The hosts that can be asked.
HOSTS = ("github", "bitbucket")
_RECORD_LIMIT = 16 * 1024 * 1024
_ADDRESS = re.compile(
    r"(?:^|[/@.])(github\.com|bitbucket\.org)[/:]+([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+?)(?:\.git)?/?(?:[?#].*)?$", re.I
)


@dataclass(frozen=True, slots=True)
class Known:
    """A repository at a code host: which host, and OWNER/NAME there."""

    host: str
    name: str


class NoToken(Mistake):
    """The host is not known, or no token was given for it."""


def permissions(host: str) -> str:
    """What the token must be allowed to see; it needs no right to change anything."""
    if host == "github":
        return _(
            "A fine-grained token for this repository with read access to: administration, actions, code scanning "
            "alerts, contents, Dependabot alerts, metadata, secret scanning alerts."
        )
    return _("A repository access token that may read: repositories, pipelines; and the repository's settings.")


def keep_token(session: Session, host: str, token: str) -> None:
    """Keep a host's token in the vault, in the place of an earlier one. Blocks. Raises ReadOnly, NotSaved."""
    session.workspace.secrets.put(_name(host), token.strip().encode())


def forget_token(session: Session, host: str) -> None:
    """Take a host's token out of the vault. Blocks. Raises ReadOnly, NotSaved."""
    session.workspace.secrets.remove(_name(host))


def has_token(session: Session, host: str) -> bool:
    """Whether a token is kept for a host. Blocks."""
    return session.workspace.secrets.get(_name(host)) is not None


def known_as(repository: str) -> Known | None:
    """Which repository of a code host a row of the scope names: by its address, or by where the clone came from.

    Blocks: it asks git for the clone's address. The person can correct it.
    """
    folder = folder_of(repository)
    found = _ADDRESS.search((repository if folder is None else _origin(folder)).strip())
    if found is None:
        return None
    return Known("github" if found[1].lower() == "github.com" else "bitbucket", found[2])


def _origin(folder: Path) -> str:
    git = Git.find(folder)
    try:
        return git.ask("config", "--local", "--get", "remote.origin.url").decode("utf-8", "replace") if git else ""
    except GitRefused:
        return ""


def calls(host: str, repository: str) -> tuple[str, ...]:
    """The requests that asking begins with; workflows and reports that are found are then read one by one.

    Raises `NotAsked` for what is no name of a repository.
    """
    adapter = _adapter(host)
    return tuple(f"GET {adapter.api}{call.path}" for call in _first_calls(adapter, repository))


def files(host: str, repository: str) -> tuple[str, ...]:
    """The files in which the answers to the same requests are looked for, each with its request. Raises `NotAsked`."""
    from wizard.checks.hosting.asking import file_of

    return tuple(f"{file_of(call)}  ←  {call.path}" for call in _first_calls(_adapter(host), repository))


def _first_calls(adapter: Adapter, repository: str) -> tuple[Call, ...]:
    from wizard.checks.hosting.asking import Answer, usable_name

    usable_name(repository)
    branch = {"default_branch": "main", "mainbranch": {"name": "main"}}
    known = {"repository": Answer(branch), "branch": Answer({"target": {"hash": "COMMIT"}})}
    return adapter.following(repository, known)


def ask(
    session: Session,
    host: str,
    name: str,
    repository: str = "",
    hear: Hear = lambda event: None,
    settings: HostSettings | None = None,
) -> Job[Posture]:
    """Ask a host about OWNER/NAME with the kept token, with requests that only read. The posture lists every call.

    With a `repository` of the scope, what was shown is judged and recorded under it. The job fails with `NoToken` or
    `NotAsked`; what the host does not show is part of the posture.
    """
    adapter = _adapter(host)
    _may(session, repository)

    async def work(progress: Progress) -> Posture:
        from wizard.checks.hosting.asking import look

        token = await asyncio.to_thread(session.workspace.secrets.get, _name(host))
        if token is None:
            raise NoToken(_("No token is kept for {host}, so nothing was asked. Give one first.").format(host=host))

        def report(done: int, call: str) -> None:
            progress(done, 0, call)

        found = await look(adapter, name, token.decode(), settings, report)
        if repository:
            await _record(session, repository, found, Method.TEST)
        return found

    return session.runner.start(work, _("Asking {host} about {name}").format(host=host, name=name), hear)


def read_export(
    session: Session,
    host: str,
    name: str,
    folder: Path,
    repository: str = "",
    hear: Hear = lambda event: None,
) -> Job[Posture]:
    """The same from a folder of answers that the person exported (NAME.json); nothing is sent."""
    adapter = _adapter(host)
    _may(session, repository)

    async def work(progress: Progress) -> Posture:
        from wizard.checks.hosting.asking import look_at_export

        progress(0, 0, folder.name)
        found = await asyncio.to_thread(look_at_export, adapter, name, folder)
        if repository:
            await _record(session, repository, found, Method.EXAMINE)
        return found

    return session.runner.start(work, _("Reading what {host} exported").format(host=host), hear)


def record(session: Session, repository: str) -> Posture | None:
    """What the host showed last of a repository, from its sealed record; None when there is none. Blocks."""
    from wizard.checks.host_posture import HOST_CHECKS
    from wizard.checks.hosting.posture import Posture

    observation = session.assessment.observations.get((HOST_CHECKS[0].check.id, repository))
    kept = observation.result.facts.get("record") if observation else None
    try:
        return from_json(Posture, json.loads(session.workspace.box.read(from_json(Sealed, kept), _RECORD_LIMIT)))
    except (Mistake, ValueError, Unreadable):
        return None  # never asked, or the record is damaged: the results stay, the list is gone


def _may(session: Session, repository: str) -> None:
    if not repository:
        return
    if session.read_only:
        raise ReadOnly(session.workspace.read_only_because or _("This assessment is open for reading only."))
    if repository not in session.assessment.scope.repositories:
        raise NoToken(_("This repository is not in the scope, so nothing was asked. List it in SCOPE-6 first."))


async def _record(session: Session, repository: str, posture: Posture, method: Method) -> None:
    """Seal what was shown, judge it, and record every result as one look."""
    from wizard.checks.host_posture import HOST_CHECKS

    text = json.dumps(to_json(posture), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, text.encode())
    now = session.clock()
    kept: dict[str, Json] = {"host": posture.host, "name": posture.repository, "record": to_json(sealed)}
    results = []
    for each in HOST_CHECKS:
        result = each.check.result(repository, each.judge(posture, now.date()), now)
        results.append(replace(result, method=method, facts={**result.facts, **kept}))
    looked = e.Looked(
        run=secrets.token_hex(8),
        host=repository,
        results=tuple(results),
        record=sealed.digest,
        record_name=sealed.name,
    )
    await asyncio.wrap_future(session.record(looked))


def _adapter(host: str) -> Adapter:
    from wizard.checks.hosting.bitbucket import Bitbucket
    from wizard.checks.hosting.github import GitHub

    if host not in HOSTS:
        raise NoToken(
            _("{host} is no code host that can be asked. Known are: {known}.").format(host=host, known=", ".join(HOSTS))
        )
    return GitHub() if host == "github" else Bitbucket()


def _name(host: str) -> str:
    return f"hosting-token-{host}"
