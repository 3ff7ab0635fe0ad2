"""Looks for the word by which whoever runs a host shows that they do: in the name service, or in a file on the host."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wizard.checks.base import CouldNotLook, Fact, Trouble, TroubleKind
from wizard.checks.looks.dns_records import DnsRecords, Records, ask, resolver_of
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import Talks

if TYPE_CHECKING:
    from wizard.checks.looks.ground import Ground, LookSettings
    from wizard.domain.scope import Host

#: Neither name holds the token: a server that repeats the address in its answer proves nothing.
CONTROL_FILE = "/.well-known/attestry-control.txt"
CONTROL_RECORD = "_attestry"
_WORD = "attestry-control="
_MOST_LINES = 20


def token_of(secret: str, name: str) -> str:
    """The token for one host name: 26 letters and digits that only the holder of `secret` (of a workspace) can make."""
    digest = hashlib.sha256(b"attestry control v1\x00" + secret.encode() + b"\x00" + name.encode()).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def word_of(token: str) -> str:
    """What is published: the whole TXT record, or one line of the file."""
    return _WORD + token


@dataclass(frozen=True)
class Control(Fact):
    """What the name service and the host said; `word` is what was looked for. All of it is public by purpose."""

    NAME = "control"
    STEPS = 3
    word: str
    record: Records | None = None
    file: Answer | None = None
    file_trouble: Trouble | None = None

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """Only where the person asked for it: nobody else has published anything."""
        return bool(settings.control.get(host.subject))

    @classmethod
    async def look(cls, ground: Ground) -> Control:
        """One question to the name service (for public names) and one GET without redirects."""
        word = word_of(ground.run.settings.control[ground.host.subject])
        record, file = await asyncio.gather(_record(ground), _file(ground))
        found = cls(word, record, *file)
        if not found.how and found.file_trouble is not None and (record is None or record.outcome == "timeout"):
            raise CouldNotLook(found.file_trouble)
        return found

    @property
    def how(self) -> str:
        """How control is shown: "dns", "file", or "" when it is not."""
        if self.record is not None and any(value.strip() == self.word for value in self.record.values):
            return "dns"
        answer = self.file
        if answer is None or answer.status != 200 or answer.is_page or not answer.verified:
            return ""
        lines = answer.body.splitlines()[:_MOST_LINES]
        return "file" if any(line.strip() == self.word for line in lines) else ""

    def masked(self) -> Control:
        """The file's first lines stay: they are what is judged, and public."""
        if self.file is None:
            return self
        lines = [line[:200] for line in self.file.body.splitlines()[:_MOST_LINES]]
        kept = "" if self.file.is_page else "\n".join(line for line in lines if line.strip() == self.word)
        return replace(self, file=replace(self.file.masked(), body=kept or self.file.masked().body))


async def allow_active(ground: Ground) -> None:
    """Passes only where the person switched active probes on and control of the host is shown now.

    Raises `CouldNotLook`; every look that sends more than plain questions asks here first.
    """
    if ground.host.subject not in ground.run.settings.active:
        raise CouldNotLook(Trouble(TroubleKind.NOT_GIVEN))
    if not (await ground.once(Control)).how:
        raise CouldNotLook(Trouble(TroubleKind.NOT_CONTROLLED))


async def _record(ground: Ground) -> Records | None:
    if not DnsRecords.wanted(ground.host, ground.run.settings):
        return None
    try:
        resolver = resolver_of(ground)
    except CouldNotLook:
        return None
    return await ask(ground, resolver, f"{CONTROL_RECORD}.{ground.host.name}", "TXT")


async def _file(ground: Ground) -> tuple[Answer | None, Trouble | None]:
    from wizard.checks.looks.ground import trouble_of

    try:
        async with ground.limit(ground.limits.probe), Talks(ground) as talks:
            return await talks.ask(ground, CONTROL_FILE), None
    except CouldNotLook as could_not:
        return None, could_not.trouble
    except OSError as error:  # a timeout is one too
        return None, trouble_of(error)
