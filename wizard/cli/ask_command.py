"""`attestry ask apollo`: asks Apollo's API whether it knows the person's own credential, and nothing else."""

from __future__ import annotations

import argparse
import asyncio

from wizard.checks import apollo_health
from wizard.cli.check_command import print_result
from wizard.cli.output import Exit, Output
from wizard.cli.secret_input import secret
from wizard.domain.language import _


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Say what is contacted, take the credential, ask once, print the result."""
    output.say(apollo_health.statement())
    credential = secret(asked.credential_fd, _("Apollo credential (nothing is shown while you type): "))
    return print_result(asyncio.run(apollo_health.ask(credential, bearer=asked.bearer)), output)
