"""The secret from which the shell makes its tokens for hosts: one a home, so that a token stays the same."""

from __future__ import annotations

import secrets
from pathlib import Path

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.session.writing import write

_FILE = "control-key"


class NoControlKey(Mistake):
    """The secret could not be read or written."""


def control_key(data: Path) -> str:
    """The secret of a data folder, made at the first time. Raises `NoControlKey`."""
    place = data / _FILE
    try:
        if place.is_file():
            kept = place.read_text("ascii").strip()
            if len(kept) == 32 and kept.isalnum():
                return kept
        made = secrets.token_hex(16)
        data.mkdir(parents=True, exist_ok=True)
        write(place, made.encode(), private=True)
    except (OSError, ValueError) as error:
        raise NoControlKey(
            _("{place} could not be read or written, so no token could be made. Nothing was contacted.").format(
                place=place
            )
        ) from error
    return made
