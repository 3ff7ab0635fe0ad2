"""`attestry team`: several editors of one assessment, from a terminal: cards, members, bundles, folder and server."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wizard.cli.output import Exit, Output
from wizard.cli.secret_input import secret
from wizard.cli.workspaces import opened, preferences
from wizard.domain.language import _
from wizard.domain.members import Member, Role, grouped
from wizard.domain.mistakes import Mistake
from wizard.session import joining
from wizard.session.deeds import exchanging, meeting, sharing
from wizard.session.session import Session
from wizard.vault.unlocking import WithPassphrase


class BadTeamArgument(Mistake):
    """Something that the deed needs was not given, or does not fit."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A member as printed."""

    name: str
    role: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Done:
    """What an exchange did, as printed."""

    left: int
    taken: int
    notes: tuple[str, ...]


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Do the deed that was named."""
    if asked.deed in ("card", "join"):
        (_card if asked.deed == "card" else _join)(asked, output)
        return Exit.FINE
    deeds: dict[str, Callable[[argparse.Namespace, Session, Output], None]] = {
        "members": _members,
        "add": _add,
        "remove": _remove,
        "bundle": _bundle,
        "take": _take,
        "server": _server,
        "exchange": _exchange,
    }
    session = opened(asked, asked.workspace, read_only=asked.deed == "members")
    try:
        deeds[asked.deed](asked, session, output)
    finally:
        session.close()
    return Exit.FINE


def _file(asked: argparse.Namespace) -> Path:
    if asked.file is None:
        raise BadTeamArgument(
            _("`attestry team {deed}` needs a file as well. Nothing was done.").format(deed=asked.deed)
        )
    return Path(asked.file)


def _out(asked: argparse.Namespace) -> Path:
    if asked.out is None:
        raise BadTeamArgument(_("Say where to write it: --out FILE. Nothing was done."))
    return Path(asked.out)


def _compared(asked: argparse.Namespace, member: Member) -> None:
    """The fingerprint on the command line is the one that its owner read out."""
    said = asked.fingerprint.replace(" ", "").lower()
    if len(said) != 32 or not member.author.startswith(said):
        raise BadTeamArgument(
            _(
                "Nothing was done: the file is by {name} with the key {key}. Compare it with them, by phone or in "
                'person, and give what they read out: --fingerprint "…".'
            ).format(name=member.name, key=grouped(member.author))
        )


def _card(asked: argparse.Namespace, output: Output) -> None:
    if not asked.name.strip():
        raise BadTeamArgument(_("Say your name: --name NAME. Nothing was done."))
    typed = secret(asked.passphrase_fd, _("Choose a passphrase: "))
    made = joining.prepare(
        asked.workspace, preferences(asked), passphrase=typed, remember=False, name=asked.name, card=_out(asked)
    )
    output.say(_("Send the card to the lead. Keep this recovery key on paper; it is shown only now:"))
    output.say(made.recovery_key)


def _join(asked: argparse.Namespace, output: Output) -> None:
    unlock = WithPassphrase(secret(asked.passphrase_fd, _("Passphrase of {name}: ").format(name=asked.workspace.name)))
    sender = joining.sender_of(asked.workspace, unlock, _file(asked), preferences(asked))
    _compared(asked, sender)
    session = joining.join(asked.workspace, unlock, _file(asked), preferences(asked), expected=sender.author)
    session.close()
    output.say(_("You are part of the team. Open the workspace as usual."))


def _members(asked: argparse.Namespace, session: Session, output: Output) -> None:
    assessment = session.assessment
    for member in assessment.members.values():
        someone = Someone(member.name, member.role.value, grouped(member.author))
        output.result(someone, f"{someone.role:<12} {someone.name}  {someone.fingerprint}")


def _add(asked: argparse.Namespace, session: Session, output: Output) -> None:
    from wizard.exchange import card

    member = card.read(_file(asked))
    _compared(asked, member)
    out = _out(asked)
    sharing.add_member(session, member, Role(asked.role)).result()
    bundled = exchanging.bundle_now(session, out)
    output.say(
        _("{name} takes part. Send them {path} ({n} entries, sealed to the team). Your key, to compare: {key}").format(
            name=member.name, path=out, n=bundled.entries, key=grouped(session.workspace.author)
        )
    )
    if bundled.also:
        output.say(bundled.also)


def _remove(asked: argparse.Namespace, session: Session, output: Output) -> None:
    said = asked.fingerprint.replace(" ", "").lower()
    found = [m for m in session.assessment.members.values() if len(said) == 32 and m.author.startswith(said)]
    if not found:
        raise BadTeamArgument(_("No member has that key. Nothing was done. `attestry team members` names them all."))
    sharing.remove_member(session, found[0].author).result()
    output.say(
        _(
            "{name} no longer takes part: what they write from now on has no effect, and what is left from now on is "
            "sealed to the others only. What they were sent before they still have."
        ).format(name=found[0].name)
    )


def _bundle(asked: argparse.Namespace, session: Session, output: Output) -> None:
    done = exchanging.bundle_now(session, _out(asked), since_last=asked.since_last)
    output.result(
        Done(done.entries, 0, ()), _("{n} entries sealed into {path}.").format(n=done.entries, path=asked.out)
    )
    if done.also:
        output.say(done.also)


def _take(asked: argparse.Namespace, session: Session, output: Output) -> None:
    _say(exchanging.take_bundle_now(session, _file(asked)), output)


def _server(asked: argparse.Namespace, session: Session, output: Output) -> None:
    from wizard.exchange.postgres import Server

    if not (asked.host and asked.database and asked.user):
        raise BadTeamArgument(_("A server needs --host, --database and --user. Nothing was done."))
    authority = str(asked.ca.absolute()) if asked.ca else ""
    server = Server(asked.host, asked.database, asked.user, asked.port, authority)
    meeting.use_server(session, server, secret(asked.password_fd, _("Password on {host}: ").format(host=asked.host)))
    output.say(_("The server is remembered in the vault. Nothing was sent yet."))


def _exchange(asked: argparse.Namespace, session: Session, output: Output) -> None:
    from wizard.exchange.folder import FolderCarrier

    if asked.file is not None:
        folder = Path(asked.file).absolute()
        _say(exchanging.exchange_now(session, FolderCarrier(folder, session.workspace.shared), str(folder)), output)
        return
    found = meeting.server_of(session)
    if found is None:
        raise BadTeamArgument(_("Name the synced folder, or set a server first (`attestry team server`)."))
    _say(exchanging.exchange_now(session, *found), output)


def _say(done: exchanging.Exchanged, output: Output) -> None:
    output.result(
        Done(done.left, done.taken, done.notes),
        _("{left} entries left for the others, {taken} taken.").format(left=done.left, taken=done.taken),
    )
    for note in done.notes:
        output.say(note)
