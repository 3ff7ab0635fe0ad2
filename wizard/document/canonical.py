"""The attestation as bytes that are the same everywhere (RFC 8785), and back."""

from __future__ import annotations

import json
from hashlib import sha256

from wizard.domain.attestation import FORMAT, Attestation
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

#: Larger data cannot be ours: they are printed, and pages take more room than data in a file of at most 40 MB.
LIMIT = 20_000_000


class UnwritableText(Mistake):
    """A value cannot be written as canonical JSON, for instance half a character or a number beyond 2^53."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "One of the values is damaged or too large and cannot be stored in a file that reads the same "
                "everywhere. The PDF was not made. Look for a text that was pasted from another program or a number "
                "with more than 15 digits, type it again, and export once more."
            )
        )


class NotCanonical(ValueError):
    """Bytes that are not the canonical form of an attestation; the text says why."""


def canonical(attestation: Attestation) -> bytes:
    """The attestation as RFC 8785 canonical JSON in UTF-8. Raises `UnwritableText`."""
    import rfc8785  # small, but only this deed needs it

    try:
        data: bytes = rfc8785.dumps(to_json(attestation))
    except (UnicodeError, rfc8785.CanonicalizationError) as error:
        raise UnwritableText from error
    return data


def digest(data: bytes) -> str:
    """The SHA-256 (hex) by which the embedded data are known."""
    return sha256(data).hexdigest()


def read(data: bytes) -> Attestation:
    """The attestation in canonical bytes. Raises `NotCanonical` when they are anything else."""
    if len(data) > LIMIT:
        raise NotCanonical("the data are larger than any attestation")
    try:
        parsed = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotCanonical("the data are not JSON in UTF-8") from error
    if not isinstance(parsed, dict) or parsed.get("format") != FORMAT:
        raise NotCanonical("the data are not an attestation of a known format")
    try:
        attestation = from_json(Attestation, parsed)
        if canonical(attestation) != data:
            raise NotCanonical("the data are not in canonical form")
    except (Unreadable, UnwritableText, TypeError, ValueError, RecursionError, OverflowError) as error:
        raise NotCanonical(str(error)) from error
    return attestation
