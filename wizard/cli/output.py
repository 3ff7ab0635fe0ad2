"""How the shell speaks: JSON Lines on standard output when asked for, sentences on standard error."""

from __future__ import annotations

import json
import os
import re
import sys
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO, cast

from wizard.domain.codec import to_json
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

#: What JSON allows in a text and a terminal obeys: further control characters, and signs that turn the direction.
_STEERING = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Exit(IntEnum):
    """What a command's exit code means."""

    FINE = 0
    NOT_AS_REQUIRED = 1
    BAD_INPUT = 2
    COULD_NOT_LOOK = 3


class NotWritten(Mistake):
    """A result that standard output did not take: a full disk, mostly."""


def open_streams() -> None:
    """Makes the three standard streams usable: one that was closed leads nowhere, and no text is too rare for one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, _nowhere(mode))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere(mode: str) -> TextIO:
    """Ends with the process, as the standard streams do."""
    return cast(TextIO, Path(os.devnull).open(mode, encoding="utf-8"))


class Output:
    """One command's voice. With `as_json`, standard output carries one JSON object a result and nothing else."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        if as_json and isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # RFC 8259 8.1, whatever the terminal speaks

    def result(self, data: object, *lines: str) -> None:
        """One result: the JSON object, or its lines for people."""
        if self.as_json:
            text = json.dumps(to_json(data), ensure_ascii=False, allow_nan=False)
            self._write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text))
        else:
            for line in lines:
                self._write(line)

    def say(self, sentence: str) -> None:
        """A sentence beside the results: progress, or what went wrong."""
        sys.stderr.write(_shown(sentence) + "\n")
        sys.stderr.flush()

    def _write(self, line: str) -> None:
        try:
            sys.stdout.write((line if self.as_json else _shown(line)) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            sys.stdout = _nowhere("w")  # nothing more fits, at the end either
            raise NotWritten(
                _("A result could not be written ({why}), so this output is not whole.").format(
                    why=error.strerror or ""
                )
            ) from error


def _shown(text: str) -> str:
    """Text of others never moves the cursor or colours the terminal: control characters are written out."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def worst(codes: list[Exit]) -> Exit:
    """The exit code of mixed results: any failure 1, else any bad input 2, else any could-not-look 3, else 0."""
    for code in (Exit.NOT_AS_REQUIRED, Exit.BAD_INPUT, Exit.COULD_NOT_LOOK):
        if code in codes:
            return code
    return Exit.FINE
