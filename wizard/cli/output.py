"""How the shell speaks: JSON Lines on standard output when asked for, sentences on standard error."""

from __future__ import annotations

import json
import sys
from enum import IntEnum

from wizard.domain.codec import to_json


class Exit(IntEnum):
    """What a command's exit code means."""

    FINE = 0
    NOT_AS_REQUIRED = 1
    BAD_INPUT = 2
    COULD_NOT_LOOK = 3


class Output:
    """One command's voice. With `as_json`, standard output carries one JSON object a result and nothing else."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def result(self, data: object, *lines: str) -> None:
        """One result: the JSON object, or its lines for people."""
        if self.as_json:
            self._write(json.dumps(to_json(data), ensure_ascii=False, allow_nan=False))
        else:
            for line in lines:
                self._write(line)

    def say(self, sentence: str) -> None:
        """A sentence beside the results: progress, or what went wrong."""
        sys.stderr.write(_shown(sentence) + "\n")
        sys.stderr.flush()

    def _write(self, line: str) -> None:
        sys.stdout.write((line if self.as_json else _shown(line)) + "\n")
        sys.stdout.flush()


def _shown(text: str) -> str:
    """Text of others never moves the cursor or colours the terminal: control characters are written out."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def worst(codes: list[Exit]) -> Exit:
    """The exit code of mixed results: any failure 1, else any bad input 2, else any could-not-look 3, else 0."""
    for code in (Exit.NOT_AS_REQUIRED, Exit.BAD_INPUT, Exit.COULD_NOT_LOOK):
        if code in codes:
            return code
    return Exit.FINE
