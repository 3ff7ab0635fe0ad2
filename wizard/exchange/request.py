"""The small signed file that asks a teammate: what, until when, and where the answer is sealed to.

It holds no answer and no evidence, so it may go by any channel. Signed with Ed25519 (RFC 8032) over RFC 8785 JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyrage
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.members import Member, is_name
from wizard.domain.observation import Json
from wizard.domain.questionnaire import Questionnaire
from wizard.domain.scope import Host
from wizard.exchange.asked import Asked, asked_json, read_asked
from wizard.exchange.mistakes import AsksTooMuch, BadSignature, Damaged, Newer, NotOurs, NotRead
from wizard.formats import regular

SUFFIX = ".attestry-request"
#: No request is larger.
LARGEST = 4 * 1024 * 1024
#: No text in one is longer, and no more requirements are asked about at once.
_LONGEST_TEXT, _MOST_REQUIREMENTS = 20_000, 1_000
_FORMAT = "attestry request v1"
_PREFIX = b"attestry request v1\x00"
_HEX = re.compile(r"[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """Everything of a request but the questions: who asks whom, about what, until when, for which assessment."""

    workspace: str
    lead: Member
    to: str
    organisation: str
    integration: str
    made_at: datetime
    questionnaire: str
    questionnaire_version: str
    questionnaire_digest: str
    questionnaire_title: str
    questionnaire_read_on: date
    due: date | None = None
    message: str = ""
    #: hosts that the teammate may be able to reach and the lead cannot; looked at only after they agree
    hosts: tuple[Host, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was signed; `hash` (hex) is how replies name it."""

    heading: Heading
    asked: Asked
    hash: str

    @property
    def questionnaire(self) -> Questionnaire:
        """What is asked, as a questionnaire of its own."""
        h = self.heading
        return Questionnaire(
            id=h.questionnaire,
            version=h.questionnaire_version,
            title=h.questionnaire_title,
            publisher="",
            page="",
            read_on=h.questionnaire_read_on,
            digest=h.questionnaire_digest,
            sections=self.asked.sections,
            questions=self.asked.questions,
        )

    @property
    def requirements(self) -> tuple[str, ...]:
        """The requirements that are asked, in order."""
        return tuple(r.id for section in self.asked.sections for r in section.requirements)


def write(heading: Heading, asked: Asked, sign: Callable[[bytes], bytes]) -> tuple[bytes, str]:
    """The request's bytes and its hash (hex); `sign` is the lead's Ed25519 key."""
    content: Json = {"format": _FORMAT, "heading": to_json(heading), "asked": asked_json(asked)}
    digest = _digest(rfc8785.dumps(content))
    whole = {"request": content, "signature": sign(_PREFIX + digest).hex()}
    return rfc8785.dumps(whole), digest.hex()


def read(path: Path) -> Request:
    """Read a request and check its signature. Raises Refused (what is wrong with the file)."""
    name = path.name
    try:
        with regular.opened(path) as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise NotRead(name, error) from None
    return parse(data, name)


def parse(data: bytes, name: str) -> Request:
    """As `read`, from bytes; `name` is what the sentences call the file."""
    if len(data) > LARGEST or not data.lstrip().startswith(b"{"):
        raise NotOurs(name)
    try:
        whole = json.loads(data)
        content, signature = whole["request"], bytes.fromhex(whole["signature"])
        format_ = content["format"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Damaged(name) from None
    if format_ != _FORMAT:
        raise Newer(name) if str(format_).startswith("attestry request") else NotOurs(name)
    try:
        digest = _digest(rfc8785.dumps(content))
        heading = from_json(Heading, content["heading"])
        asked = read_asked(content["asked"])
    except (Unreadable, ValueError, TypeError, KeyError, RecursionError):
        raise Damaged(name) from None
    check_signature(heading.lead, _PREFIX + digest, signature, name)
    if not _showable(content, asked):
        raise AsksTooMuch(name)
    plain = _HEX.fullmatch(heading.workspace) and len(heading.workspace) == 32 and heading.lead.recipient
    if not (plain and _sound(asked)):
        raise Damaged(name)
    return Request(heading, asked, digest.hex())


def check_signature(member: Member, signed: bytes, signature: bytes, name: str) -> None:
    """Raises BadSignature unless the member's key, which must be the one of its fingerprint, signed these bytes.

    Raises Damaged for a name that is none, and for a recipient that nothing can be sealed to.
    """
    try:
        public = bytes.fromhex(member.public)
        if hashlib.sha256(public).hexdigest() != member.author:
            raise BadSignature(name)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise BadSignature(name) from None
    if not is_name(member.name) or not (member.recipient == "" or can_seal_to(member.recipient)):
        raise Damaged(name)


def can_seal_to(recipient: str) -> bool:
    """Is that an age recipient (X25519)? Anything else would keep whatever is sealed to it from being written."""
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        return False
    return True


def _digest(canonical: bytes) -> bytes:
    return hashlib.sha256(_PREFIX + canonical).digest()


def _sound(asked: Asked) -> bool:
    """Ids are plain, each is there once, and every question serves something that is asked."""
    ids = [r.id for section in asked.sections for r in section.requirements]
    parts = [p.id for section in asked.sections for r in section.requirements for p in r.parts]
    known = {*ids, *parts}
    questions = [q.id for q in asked.questions]
    names = (*ids, *parts, *questions, *(s.id for s in asked.sections))
    once = len(known) == len(ids) + len(parts) and len(set(questions)) == len(questions)
    served = all(known.intersection(q.requirements) for q in asked.questions)
    return bool(ids) and once and served and all(_plain(name) for name in names)


def _showable(content: Json, asked: Asked) -> bool:
    """Can a window show all of it? A request is a part of a questionnaire, and those that ship ask for fifty duties."""
    requirements = sum(len(section.requirements) for section in asked.sections)
    if requirements > _MOST_REQUIREMENTS or len(asked.questions) > 4 * _MOST_REQUIREMENTS:
        return False
    left: list[Json] = [content]
    while left:
        one = left.pop()
        if isinstance(one, str) and len(one) > _LONGEST_TEXT:
            return False
        left += one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()
    return True


def _plain(name: str) -> bool:
    return 0 < len(name) <= 80 and name.isprintable() and ":" not in name
