"""Lets only named facts reach the log: never an answer, a file's content, a passphrase or a key."""

from __future__ import annotations

import json
import logging
import sys
from collections import deque
from datetime import UTC, datetime
from typing import TextIO

#: What a record may carry beside its message, by `extra={…}`.
ALLOWED = ("event", "seconds", "count", "check", "verdict", "page", "job", "code")
_KEPT = 500


class Redacted(logging.Formatter):
    """A line of the log: time, level, place in our code, and the allowed facts; arguments are never filled in."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """One line, without arguments, and of an exception only its kind and the places in our own code."""
        facts: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "where": record.name,
            "what": record.msg if isinstance(record.msg, str) else type(record.msg).__name__,
        }
        facts |= {name: getattr(record, name) for name in ALLOWED if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            facts["exception"] = record.exc_info[0].__name__
            places, trace = [], record.exc_info[2]
            while trace is not None:
                code = trace.tb_frame.f_code
                if "wizard" in code.co_filename:
                    places.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
                trace = trace.tb_next
            facts["trace"] = places
        if self._as_json:
            return json.dumps(facts, ensure_ascii=False, default=str)
        return " ".join(f"{key}={value}" for key, value in facts.items())


class Recent(logging.Handler):
    """Keeps the last lines in memory, for the diagnostics page; nothing of it leaves without the person."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=_KEPT)
        self.setFormatter(Redacted(as_json=False))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(self.format(record))


recent = Recent()


def start(as_json: bool, stream: TextIO | None = None) -> None:
    """Log our own modules: to memory always, and as JSON lines to `stream` (standard error) with `--log json`."""
    log = logging.getLogger("wizard")
    log.setLevel(logging.INFO)
    log.propagate = False
    log.handlers = [recent]
    if as_json:
        handler = logging.StreamHandler(stream or sys.stderr)
        handler.setFormatter(Redacted(as_json=True))
        log.addHandler(handler)
