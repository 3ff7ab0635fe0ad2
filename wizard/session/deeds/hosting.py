"""Asks the code host of a repository with the person's token, which is kept in the vault and sent nowhere else."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.checks.hosting.asking import Adapter, HostSettings
    from wizard.checks.hosting.posture import Posture

#: The hosts that can be asked, and what is said before a token is given.
HOSTS = ("github", "bitbucket")


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


def ask(
    session: Session, host: str, repository: str, hear: Hear = lambda event: None, settings: HostSettings | None = None
) -> Job[Posture]:
    """Ask a host about OWNER/NAME with the kept token, with requests that only read. The posture lists every call.

    The job fails with `NoToken` or `NotAsked`; what the host does not show is part of the posture.
    """
    adapter = _adapter(host)

    async def work(progress: Progress) -> Posture:
        from wizard.checks.hosting.asking import look

        token = await asyncio.to_thread(session.workspace.secrets.get, _name(host))
        if token is None:
            raise NoToken(_("No token is kept for {host}, so nothing was asked. Give one first.").format(host=host))

        def report(done: int, call: str) -> None:
            progress(done, 0, call)

        return await look(adapter, repository, token.decode(), settings, report)

    return session.runner.start(work, _("Asking {host} about {name}").format(host=host, name=repository), hear)


def read_export(session: Session, host: str, repository: str, folder: Path) -> Job[Posture]:
    """The same from a folder of answers that the person exported (NAME.json); nothing is sent."""
    adapter = _adapter(host)

    async def work(progress: Progress) -> Posture:
        from wizard.checks.hosting.asking import look_at_export

        progress(0, 0, folder.name)
        return await asyncio.to_thread(look_at_export, adapter, repository, folder)

    return session.runner.start(work, _("Reading what {host} exported").format(host=host), lambda event: None)


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
