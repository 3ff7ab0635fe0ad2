"""`attestry scan secrets`: secrets in the files and in the whole history of a repository, as one result."""

from __future__ import annotations

import argparse
import gc
import secrets
from datetime import UTC, datetime

from wizard.checks.code.engine import Kingfisher, Stop
from wizard.cli.output import Exit, Output
from wizard.domain.language import _
from wizard.session.settings import Home


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Look and print; 1 when tier A or B was found, 3 when nothing was but not all could be looked at, else 0."""
    home = Home.below(asked.home) if asked.home else Home.default()
    output.say(_("Preparing the rules; the first time takes some seconds."))
    engine = Kingfisher(home.data / "secret-rules", wait=False)
    # read in while the rules load in a thread of their own
    from wizard.checks.code.leak import Masker
    from wizard.checks.code.scan import scan_secrets
    from wizard.cli import secrets_printed
    from wizard.session.deeds.pdf_words import PdfWords

    gc.freeze()  # what is loaded stays; and a scan makes tens of thousands of small objects that wait for their turn
    gc.set_threshold(10_000)
    stop = Stop()
    scan = scan_secrets(
        asked.path,
        engine,
        Masker(secrets.token_bytes(32)),
        datetime.now(UTC),
        stop=stop,
        everything=asked.everything,
        read_pdf=PdfWords(lambda: stop.is_set),
    )
    return secrets_printed.say(str(asked.path), scan, output)
