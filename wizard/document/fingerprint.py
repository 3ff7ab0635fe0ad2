"""A signing key's fingerprint as people compare it: eight groups of four digits, or sixteen words."""

from __future__ import annotations

from functools import cache

from wizard.resources import asset

#: Compared by eye or by telephone are the first 128 bits of the SHA-256.
_BYTES = 16


def groups(fingerprint: str) -> tuple[str, str]:
    """Two lines of four groups of four hexadecimal digits, from a SHA-256 in hex."""
    digits = fingerprint[: 2 * _BYTES]
    fours = [digits[i : i + 4] for i in range(0, len(digits), 4)]
    return " ".join(fours[:4]), " ".join(fours[4:])


def words(fingerprint: str) -> tuple[str, ...]:
    """Four lines of four words, one word a byte, from a SHA-256 in hex; none for what is not a fingerprint."""
    try:
        octets = bytes.fromhex(fingerprint)[:_BYTES]
    except ValueError:
        return ()
    spoken = [word_list()[octet] for octet in octets]
    return tuple(" ".join(spoken[i : i + 4]) for i in range(0, len(spoken), 4))


@cache
def word_list() -> tuple[str, ...]:
    """The 256 words, by byte. Their order is part of every fingerprint ever read out: it never changes."""
    return tuple(asset("document", "fingerprint_words.txt").read_text(encoding="ascii").split())
