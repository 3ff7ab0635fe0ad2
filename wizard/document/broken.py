"""What rules speak of: one that does not hold, a time stamp that does, and the digests that count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from wizard.domain.language import _

HASHES = ("sha256", "sha384", "sha512")


class Broken(Exception):
    """A rule does not hold; the text is the sentence that says which and why."""

    def __init__(self, rule: int, sentence: str) -> None:
        self.rule = rule
        super().__init__(_("Rule {rule}: {sentence}").format(rule=rule, sentence=sentence))


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp that holds: when, by whose certificate, and those that came along with it."""

    at: datetime
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()
