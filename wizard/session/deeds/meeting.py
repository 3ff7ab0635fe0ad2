"""Where this workspace meets the others: the synced folder and the server that carry packets, and what came by them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.codec import from_json, to_json
from wizard.domain.language import _
from wizard.domain.members import Member, Role
from wizard.domain.mistakes import Mistake
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.deeds import exchanging, sharing
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.exchange.carrier import Carrier
    from wizard.exchange.postgres import Server

_MEETING = "sharing/meeting"
_CAME = "sharing/came"
_SERVER = "sharing/server"
_PASSWORD = "sharing/server-password"  # noqa: S105  the name of the secret, not the secret
#: So many exchanges are remembered.
_MOST = 20


class NoFolder(Mistake):
    """Something that cannot be the synced folder."""


class NowhereToMeet(Mistake):
    """An exchange with neither folder nor server."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """The synced folder ("" for none), and whether to exchange by itself each time that the assessment is opened."""

    folder: str = ""
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class Came:
    """One exchange: by which way, how many entries were left and taken, what did not arrive or fit; `problem` is the
    sentence of why it did not happen at all.
    """

    at: datetime
    where: str
    left: int = 0
    taken: int = 0
    notes: tuple[str, ...] = ()
    problem: str = ""


def meeting(session: Session) -> Meeting:
    """What is set."""
    kept = session.workspace.secrets.get(_MEETING)
    return from_json(Meeting, json.loads(kept)) if kept else Meeting()


def use_folder(session: Session, folder: Path | None) -> None:
    """Meet in this folder from now on, or in none. Raises NoFolder, ReadOnly, NotSaved."""
    if folder is not None:
        inside = session.workspace.folder.resolve()
        if not folder.is_dir() or folder.resolve() == inside or inside in folder.resolve().parents:
            raise NoFolder(
                _(
                    "{name} cannot be the shared folder: it is no folder, or it lies inside this workspace. "
                    "Nothing was changed. Choose the folder that your team syncs."
                ).format(name=folder.name or str(folder))
            )
    set_(session, replace(meeting(session), folder=str(folder.absolute()) if folder else ""))


def set_(session: Session, wanted: Meeting) -> None:
    """Keep this setting. Raises ReadOnly, NotSaved."""
    session.workspace.secrets.put(_MEETING, json.dumps(to_json(wanted)).encode("utf-8"))


def set_automatic(session: Session, on: bool) -> None:
    """Exchange by itself each time that the assessment is opened, or not. Raises ReadOnly, NotSaved."""
    set_(session, replace(meeting(session), automatic=on))


def use_server(session: Session, server: Server, password: str) -> None:
    """Remember the team's server; its password lies in the vault, sealed a second time. Raises ReadOnly, NotSaved.

    Without a password the one that is kept stays, as long as it is for the same server and user.
    """
    if not password:
        kept = server_set(session)
        if kept is None or (kept.host, kept.port, kept.user) != (server.host, server.port, server.user):
            raise NowhereToMeet(
                _("Type the password of {user} on {host}. Nothing was changed.").format(
                    user=server.user, host=server.host
                )
            )
    session.workspace.secrets.put(_SERVER, json.dumps(to_json(server)).encode("utf-8"))
    if password:
        session.workspace.secrets.put(_PASSWORD, password.encode("utf-8"))


def forget_server(session: Session) -> None:
    """Use no server from now on; its password is forgotten. Raises ReadOnly, NotSaved."""
    session.workspace.secrets.remove(_PASSWORD)
    session.workspace.secrets.remove(_SERVER)


def server_set(session: Session) -> Server | None:
    """The team's server, None when none is set."""
    kept = session.workspace.secrets.get(_SERVER)
    if kept is None:
        return None
    from wizard.exchange.postgres import Server

    return from_json(Server, json.loads(kept))


def server_of(session: Session) -> tuple[Carrier, str] | None:
    """The carrier of the team's server and the name under which its memory is kept; None when none is set."""
    from wizard.exchange.postgres import PostgresCarrier

    server, password = server_set(session), session.workspace.secrets.get(_PASSWORD)
    if server is None or password is None:
        return None
    where = f"{server.host}:{server.port}/{server.database}"
    return PostgresCarrier(server, session.workspace.shared, password.decode("utf-8")), where


def try_server(session: Session, server: Server, password: str, hear: Hear = lambda event: None) -> Job[str]:
    """Connect once; the result is the sentence to show. Nothing is left there and nothing is kept.

    The job fails with Untrusted, Refusing, Unreachable: each says what to do.
    """
    from wizard.exchange.postgres import PostgresCarrier

    async def work(progress: Progress) -> str:
        progress(0, 0, server.host)
        kept = session.workspace.secrets.get(_PASSWORD)
        word = password or (kept.decode("utf-8") if kept and server_set(session) == server else "")
        carrier = PostgresCarrier(server, session.workspace.shared, word)
        with contextlib.closing(carrier):
            too_much = await asyncio.to_thread(carrier.try_out)
        good = _("{host} can be used: its certificate is trusted, and {user} may read and add packets.").format(
            host=server.host, user=server.user
        )
        if too_much:
            good += " " + _(
                "It may also change or delete them, which nobody needs: ask whoever runs it to take that away."
            )
        return good

    return session.runner.start(work, _("Trying the server"), hear)


def ways(session: Session) -> tuple[tuple[Carrier, str, str], ...]:
    """The carriers that are set, each with the name of its memory and the name to show."""
    from wizard.exchange.folder import FolderCarrier

    out: list[tuple[Carrier, str, str]] = []
    folder = meeting(session).folder
    if folder:
        out.append((FolderCarrier(Path(folder), session.workspace.shared), folder, Path(folder).name))
    server = server_of(session)
    if server is not None:
        out.append((*server, server[1].partition(":")[0]))
    return tuple(out)


def exchange(session: Session, hear: Hear = lambda event: None) -> Job[tuple[Came, ...]]:
    """Exchange by every way that is set. What one of them cannot do is told in its `Came`, and stops no other."""
    stopped = threading.Event()

    async def work(progress: Progress) -> tuple[Came, ...]:
        try:
            return await asyncio.to_thread(exchange_now, session, stopped.is_set, progress)
        except asyncio.CancelledError:
            stopped.set()
            raise

    return session.runner.start(work, _("Exchanging with the team"), hear)


def exchange_now(
    session: Session,
    stopped: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, total, text, partial=None: None,
) -> tuple[Came, ...]:
    """As `exchange`, on this thread. Raises NowhereToMeet."""
    found = ways(session)
    if not found:
        raise NowhereToMeet(_("There is no shared folder and no server yet. Set one up, or send a bundle by file."))
    out = []
    for carrier, memory, name in found:
        now = session.clock().replace(microsecond=0)
        try:
            done = exchanging.exchange_now(session, carrier, memory, stopped, progress)
            out.append(Came(now, name, done.left, done.taken, done.notes))
        except Mistake as mistake:
            out.append(Came(now, name, problem=mistake.sentence))
    remember(session, *out)
    return tuple(out)


def invite(
    session: Session, member: Member, role: Role, out: Path, hear: Hear = lambda event: None
) -> Job[exchanging.Bundled]:
    """Let someone take part whose key was compared, and write the bundle with everything for them to `out`.

    Fails with BadBundle, and then they take part all the same: write it
    again elsewhere.
    """

    async def work(progress: Progress) -> exchanging.Bundled:
        progress(0, 0, member.name)
        await asyncio.wrap_future(sharing.add_member(session, member, role))
        return await asyncio.to_thread(exchanging.bundle_now, session, out)

    return session.runner.start(work, _("Sealing a bundle"), hear)


def take_bundle(session: Session, path: Path, hear: Hear = lambda event: None) -> Job[exchanging.Exchanged]:
    """Take what is new in a bundle, and remember that it came. The job fails with what is wrong with it."""
    stopped = threading.Event()

    def take() -> exchanging.Exchanged:
        done = exchanging.take_bundle_now(session, path, stopped.is_set)
        remember(session, Came(session.clock().replace(microsecond=0), path.name, 0, done.taken, done.notes))
        return done

    async def work(progress: Progress) -> exchanging.Exchanged:
        progress(0, 0, path.name)
        try:
            return await asyncio.to_thread(take)
        except asyncio.CancelledError:
            stopped.set()
            raise

    return session.runner.start(work, _("Reading {name}").format(name=path.name), hear)


def remember(session: Session, *came: Came) -> None:
    """Keep what came for the list of it, the newest first. Raises ReadOnly, NotSaved."""
    kept = (*reversed(came), *arrived(session))[:_MOST]
    session.workspace.secrets.put(_CAME, json.dumps(to_json(kept)).encode("utf-8"))


def arrived(session: Session) -> tuple[Came, ...]:
    """What came by the last exchanges and bundles, the newest first."""
    kept = session.workspace.secrets.get(_CAME)
    return from_json(tuple[Came, ...], json.loads(kept)) if kept else ()
