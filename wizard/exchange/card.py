"""The small signed file by which someone asks to take part: a name and public keys, nothing secret."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import rfc8785

from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.members import Member
from wizard.exchange.mistakes import Damaged, NotOurs, NotRead
from wizard.exchange.request import check_signature
from wizard.formats import regular

SUFFIX = ".attestry-member"
_FORMAT = "attestry member v1"
_LARGEST = 16 * 1024


def write(member: Member, sign: Callable[[bytes], bytes]) -> bytes:
    """The card's bytes, signed with the member's own Ed25519 key."""
    content = {"format": _FORMAT, "member": to_json(member)}
    return rfc8785.dumps({"card": content, "signature": sign(_signed(rfc8785.dumps(content))).hex()})


def read(path: Path) -> Member:
    """The member as the card says. Raises Refused (what is wrong with the file)."""
    try:
        with regular.opened(path) as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise NotRead(path.name, error) from None
    if len(data) > _LARGEST or not data.startswith(b"{"):
        raise NotOurs(path.name)
    try:
        whole = json.loads(data)
        content, signature = whole["card"], bytes.fromhex(whole["signature"])
        if content["format"] != _FORMAT:
            raise NotOurs(path.name)
        signed = _signed(rfc8785.dumps(content))
        member = from_json(Member, content["member"])
    except (Unreadable, ValueError, TypeError, KeyError, RecursionError):
        raise Damaged(path.name) from None
    check_signature(member, signed, signature, path.name)
    if not member.recipient:
        raise Damaged(path.name)
    return member


def _signed(canonical: bytes) -> bytes:
    return b"attestry member v1\x00" + hashlib.sha256(canonical).digest()
