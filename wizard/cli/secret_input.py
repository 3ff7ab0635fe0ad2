"""Secrets come by prompt, keyring or file descriptor, never as an argument."""

from __future__ import annotations

import getpass
import os
import sys

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

_LIMIT = 4096


class NoSecret(Mistake):
    """A secret was needed and there was no way to ask for it."""


def secret(descriptor: int | None, prompt: str) -> str:
    """The first line of a file descriptor, or what the person types unseen. Raises `NoSecret`."""
    if descriptor is not None:
        try:
            with os.fdopen(descriptor, "rb", closefd=descriptor > 2) as stream:
                line = stream.readline(_LIMIT)
            return line.rstrip(b"\r\n").decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NoSecret(
                _("File descriptor {n} could not be read as text. Nothing was opened. Pass one that is open.").format(
                    n=descriptor
                )
            ) from error
    if not sys.stdin.isatty():
        raise NoSecret(_("A passphrase is needed and there is no terminal to ask at. Pass it with --passphrase-fd N."))
    try:
        return getpass.getpass(prompt)
    except (EOFError, KeyboardInterrupt) as error:
        raise NoSecret(_("No passphrase was typed. Nothing was opened.")) from error
