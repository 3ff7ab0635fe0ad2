"""`attestry lint`: every mistake of a questionnaire with file, line and the nearest right spelling."""

from __future__ import annotations

import argparse

from wizard.catalog import lint
from wizard.cli.output import Exit, Output
from wizard.domain.language import _, ngettext
from wizard.session.opening import check_names


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Print each problem; 0 when there is none, 1 when there are some, 2 when it is no questionnaire."""
    if not asked.folder.is_dir():
        output.say(
            _("{folder} is not a folder. A questionnaire is a folder of TOML files.").format(folder=asked.folder)
        )
        return Exit.BAD_INPUT
    problems = lint.lint(asked.folder, check_names())
    for problem in problems:
        output.result(problem, f"{problem.file}:{problem.line}: {problem.sentence}")
    if not problems:
        output.say(_("Nothing is wrong in this questionnaire."))
        return Exit.FINE
    output.say(ngettext("{n} mistake.", "{n} mistakes.", len(problems)).format(n=len(problems)))
    return Exit.NOT_AS_REQUIRED
