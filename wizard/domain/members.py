"""Who works on an assessment together, with which key and in which role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wizard.domain.language import _


class Role(StrEnum):
    """Leads decide who takes part; contributors answer and send evidence; signatories sign; reviewers only read."""

    LEAD = "lead"
    CONTRIBUTOR = "contributor"
    SIGNATORY = "signatory"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Member:
    """A person by their keys: `author` is the SHA-256 (hex) of the raw Ed25519 key `public` (hex), `recipient` the age
    recipient that files for them are sealed to ("" when nothing can be sent to them).
    """

    author: str
    public: str
    name: str
    role: Role
    recipient: str = ""


#: No name is longer.
LONGEST_NAME = 200


def is_name(text: str) -> bool:
    """Is that a name which shows as what it is?"""
    return bool(text.strip()) and text.isprintable() and len(text) <= LONGEST_NAME


def as_name(*texts: str) -> str:
    """The first of these texts that is one when what cannot be shown is left out; else the word for someone."""
    for text in texts:
        name = "".join(sign for sign in text if sign.isprintable()).strip()[:LONGEST_NAME].strip()
        if name:
            return name
    return _("Someone")


def role_words(role: Role) -> str:
    """The role as people say it."""
    return {
        Role.LEAD: _("Lead"),
        Role.CONTRIBUTOR: _("Contributor"),
        Role.SIGNATORY: _("Signatory"),
        Role.REVIEWER: _("Reviewer"),
    }[role]


def grouped(author: str) -> str:
    """A key's fingerprint as it is compared by people: eight groups of four hex digits (128 bits of the SHA-256)."""
    return " ".join(author[i : i + 4] for i in range(0, 32, 4))
