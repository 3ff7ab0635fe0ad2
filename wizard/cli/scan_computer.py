"""`attestry scan computer`: is the disk of this computer encrypted? Only reads, and contacts nobody."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

from wizard.checks.disk_encryption import look_at_this_computer
from wizard.cli.check_command import print_result
from wizard.cli.output import Exit, Output


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Ask the system and print one result."""
    return print_result(asyncio.run(look_at_this_computer(datetime.now(UTC))), output)
