"""What is kept of a secret that was found: its place, its rule, a mask and a keyed hash; never the secret."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum


class Tier(StrEnum):
    """How sure and how grave: A a provider's token or a private key, B a general password or key, C weak or an example.

    Only A and B break the page's rule; C is listed.
    """

    A = "A"
    B = "B"
    C = "C"


class Where(StrEnum):
    """What kind of place it was found in."""

    FILE = "file"
    #: ignored by Git: on this computer, not in the repository
    IGNORED_FILE = "ignored-file"
    HISTORY = "history"
    #: in the object store, but in no branch, tag or stash: a removed commit, or staged only
    UNREACHABLE = "unreachable"
    COMMIT_MESSAGE = "commit-message"
    TAG_MESSAGE = "tag-message"
    REF_NAME = "ref-name"
    PATH_NAME = "path-name"
    #: configuration, remote addresses and logs of Git itself: on this computer, not in the repository
    GIT_FOLDER = "git-folder"
    #: in what a host of the scope gives to every browser
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Leak:
    """One secret at one place. `line` counts from 1, 0 where there are no lines; `commit` is "" outside the history.

    `fingerprint` is the same wherever the same secret stands, under one key; without the key it says nothing.
    `because` says why the tier is lower than the rule's own, "" when it is not. `versions` counts how many stored
    versions of the file hold it.
    """

    rule: str
    tier: Tier
    where: Where
    file: str
    line: int
    commit: str
    masked: str
    fingerprint: str
    because: str = ""
    versions: int = 1


class Masker:
    """Masks secrets and names them by a keyed hash; the key never leaves it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "Masker()"

    def fingerprint(self, secret: str) -> str:
        """HMAC-SHA-256 of the secret under the key, its first 16 bytes in hex."""
        return hmac.new(self._key, secret.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()[:32]


_BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----")
_MASKED = "…"


def mask(secret: str) -> str:
    """At most the first four characters of a long secret, and its length: enough to recognise, useless to use."""
    block = _BLOCK.match(secret)
    if block:
        return f"-----BEGIN {block[1]}----- {_MASKED} ({len(secret)})"
    shown = "".join(c if c.isprintable() else "?" for c in secret[:4]) if len(secret) >= 16 else ""
    return f"{shown}{_MASKED} ({len(secret)})"
