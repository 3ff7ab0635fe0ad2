"""The recovery key: 160 random bits that a person can print, read aloud and type without mistakes.

Crockford's base 32 (no I, L, O, U), six groups of six: 32 signs of key and 4 of check sum (20 bits of SHA-256), so
that a typing mistake is told from a wrong key before anything is tried.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from wizard.vault.mistakes import MistypedRecoveryKey

BYTES = 20
GROUPS = 6
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ = {**{sign: value for value, sign in enumerate(_SIGNS)}, "O": 0, "I": 1, "L": 1}
_CHECK_PREFIX = b"attestry recovery key v1\x00"


def make() -> bytes:
    """A new key from the system's random source."""
    return secrets.token_bytes(BYTES)


def to_text(key: bytes) -> str:
    """The key as people see it: six groups of six, joined by hyphens."""
    signs = _base32(int.from_bytes(key), 32) + _base32(_check_sum(key), 4)
    return "-".join(signs[i : i + 6] for i in range(0, 36, 6))


def from_text(text: str) -> bytes:
    """Read what was typed: any case, spaces or hyphens anywhere, O for 0, I and L for 1. Raises MistypedRecoveryKey."""
    signs = _tidy(text)
    if len(signs) != 36 or any(sign not in _READ for sign in signs):
        raise MistypedRecoveryKey
    value = 0
    for sign in signs:
        value = value << 5 | _READ[sign]
    key = (value >> 20).to_bytes(BYTES)
    if value & 0xFFFFF != _check_sum(key):
        raise MistypedRecoveryKey
    return key


def groups(text: str) -> tuple[str, ...]:
    """The six groups of a recovery key as `to_text` wrote it."""
    return tuple(text.split("-"))


def groups_match(text: str, typed: Mapping[int, str]) -> bool:
    """True when every group typed back (by its number, 1 to 6) is the one on the sheet, typed as loosely as a key."""
    sheet = groups(text)
    return bool(typed) and all(
        1 <= number <= GROUPS and hmac.compare_digest(_plain(sheet[number - 1]), _plain(_tidy(answer)))
        for number, answer in typed.items()
    )


def _tidy(text: str) -> str:
    return "".join(text.upper().replace("-", "").split())


def _plain(signs: str) -> bytes:
    return "".join(_SIGNS[_READ[sign]] if sign in _READ else sign for sign in signs).encode("utf-8", "replace")


def _base32(value: int, length: int) -> str:
    return "".join(_SIGNS[value >> 5 * place & 31] for place in reversed(range(length)))


def _check_sum(key: bytes) -> int:
    return int.from_bytes(hashlib.sha256(_CHECK_PREFIX + key).digest()[:3]) >> 4
