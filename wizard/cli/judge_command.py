"""`attestry judge`: what a check says of recorded answers today, without looking at anything."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from wizard.checks.every import find
from wizard.checks.recorded import MOST_BYTES, judge_recorded
from wizard.cli.check_command import print_result
from wizard.cli.declared_endpoints import BadArgument
from wizard.cli.list_command import no_such_check
from wizard.cli.output import Exit, Output, worst
from wizard.domain.language import _


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Judge, print each result, and return the worst code."""
    check = find(asked.check)
    if check is None:
        raise BadArgument(no_such_check(asked.check) + " " + _("Nothing was judged."))
    results = judge_recorded(check, _facts(asked.facts), datetime.now(UTC))
    return worst([print_result(result, output) for result in results])


def _facts(name: str) -> str:
    try:
        if name == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadArgument(
            _("{name} cannot be read ({why}). Nothing was judged.").format(name=name, why=error.strerror or "")
        ) from error
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # what some shells of Windows write
    return data.decode("utf-16" if wide else "utf-8-sig", "replace")
