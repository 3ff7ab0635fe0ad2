"""The same without a window: one file a command, stable options, exit codes that scripts can use."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import wizard
from wizard.cli.output import Exit, Output, open_streams
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

#: Each command's module; imported when it is asked for, so that none slows the others down.
COMMANDS = (
    "check",
    "ask",
    "canary",
    "judge",
    "scan",
    "read",
    "demo",
    "status",
    "export",
    "renew",
    "disclose",
    "bundle",
    "beside",
    "verify",
    "compare",
    "lint",
    "list",
    "answer",
    "team",
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence on standard error, exit code 2."""
        self.print_usage(sys.stderr)
        self.exit(Exit.BAD_INPUT, f"{self.prog}: {message}\n")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked for; `command` is None for the window. Exits with 2 when it cannot be understood."""
    open_streams()
    everywhere = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    everywhere.add_argument("--home", metavar="DIR", type=_place, help=_("keep settings and data below DIR"))
    everywhere.add_argument("--log", choices=("json",), help=_("write the log as JSON lines to standard error"))
    parser = _Parser(
        prog="attestry",
        parents=[everywhere],
        description=_("Attest to Apollo Marketplace's security requirements. Without a command, opens the window."),
    )
    parser.add_argument("--version", action="version", version=f"Attestry {wizard.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    for name in COMMANDS:
        words, options = _OPTIONS[name]
        command = commands.add_parser(name, parents=[everywhere], help=words(), description=words())
        command.add_argument("--json", action="store_true", help=_("one JSON object a result on standard output"))
        if name in arguments:  # the options of the others would be made for nothing
            options(command)
    asked, rest = everywhere.parse_known_args(arguments)
    place = _workspace_to_open(rest)
    if place is None:
        asked = parser.parse_args(arguments)
    asked.open = place
    for name in ("home", "log", "command"):
        if not hasattr(asked, name):
            setattr(asked, name, None)
    return asked


def run(asked: argparse.Namespace) -> int:
    """Run the command and return its exit code; a mistake is one sentence on standard error and code 2."""
    from wizard.session import redact

    redact.start(asked.log == "json")
    output = Output(asked.json)
    module = import_module(f"wizard.cli.{asked.command}_command")
    try:
        return int(module.run(asked, output))
    except Mistake as mistake:
        output.say(mistake.sentence)
        return Exit.BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone, and there is nobody left to tell
        return Exit.FINE
    except KeyboardInterrupt:
        output.say(_("Stopped."))
        return 130


def _workspace_to_open(given: Sequence[str]) -> Path | None:
    """The workspace of a double click: `attestry /path/to/NAME.attestry/open.attestry`."""
    if len(given) == 1 and given[0] not in COMMANDS and Path(given[0]).suffix in (".attestry", ".attestry-request"):
        return Path(given[0])
    return None


def _names(text: str) -> str:
    """An argument that may not be empty: a variable that a script forgot to set would mean "all", or "here"."""
    if not text.strip():
        raise argparse.ArgumentTypeError(_("it is empty, as when a variable of a script is not set"))
    return text


def _place(text: str) -> Path:
    return Path(_names(text))


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", nargs="+", metavar="URL", help=_("a host that you run, with a port if it is not 443"))
    parser.add_argument("--only", metavar="ID,…", type=_names, help=_("only these checks (`attestry list checks`)"))
    parser.add_argument("--ca", metavar="FILE", type=_place, help=_("trust this certificate authority too (PEM)"))
    parser.add_argument(
        "--resolve", metavar="HOST=IP", action="append", default=[], help=_("do not look this name up, go there")
    )
    parser.add_argument("--allow-private", action="store_true", help=_("allow private and loopback addresses"))
    parser.add_argument("--openapi", metavar="FILE", type=_place, help=_("call the endpoints of this API description"))
    parser.add_argument(
        "--endpoints", metavar="FILE", type=_place, help=_("call these endpoints: “GET /path”, one a line")
    )
    parser.add_argument("--har", metavar="FILE", type=_place, help=_("call the endpoints of this browser recording"))
    parser.add_argument(
        "--access-log", metavar="FILE", type=_place, help=_("look for credentials in the addresses of this access log")
    )
    parser.add_argument(
        "--credential-fd",
        metavar="N",
        type=int,
        action="append",
        help=_("read a test customer's credential from descriptor N; a second one is another customer's"),
    )

    parser.add_argument(
        "--active",
        action="store_true",
        help=_("also send active probes, where control of the host is shown (says what to publish)"),
    )
    parser.add_argument("--data-ports", action="store_true", help=_("also knock at the ports of databases"))


def _canary(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", nargs="?", metavar="URL", help=_("a host that you run: send it a false credential"))
    parser.add_argument("--out", metavar="FILE", type=_place, help=_("where to note what was sent"))
    parser.add_argument("--sent", metavar="FILE", type=_place, help=_("what was sent, as noted"))
    parser.add_argument("--sample", metavar="FILE", type=_place, help=_("the log to look into"))
    parser.add_argument("--alert", metavar="FILE", type=_place, help=_("an alert that the refused requests raised"))
    parser.add_argument("--endpoints", metavar="FILE", type=_place, help=_("send it to these endpoints too"))
    parser.add_argument("--ca", metavar="FILE", type=_place, help=_("trust this certificate authority too (PEM)"))
    parser.add_argument(
        "--resolve", metavar="HOST=IP", action="append", default=[], help=_("do not look this name up, go there")
    )
    parser.add_argument("--allow-private", action="store_true", help=_("allow private and loopback addresses"))


def _ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("whom", metavar="WHOM", choices=("apollo",), help=_("apollo: is your credential known there?"))
    parser.add_argument("--bearer", action="store_true", help=_("the credential is a token of OAuth, not an API key"))
    parser.add_argument("--credential-fd", metavar="N", type=int, help=_("read your own credential from descriptor N"))


def _judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("check", metavar="ID", help=_("a check, by id or alias (`attestry list checks`)"))
    parser.add_argument(
        "--facts",
        metavar="FILE",
        required=True,
        help=_("recorded answers as JSON, or the record of a look; - reads standard input"),
    )


def _scan(parser: argparse.ArgumentParser) -> None:
    subjects = parser.add_subparsers(dest="subject", metavar="SUBJECT", parser_class=_Parser, required=True)
    for name, words in (
        ("secrets", _("Secrets in the files and in the whole Git history. Nothing leaves this computer.")),
        ("dependencies", _("Dependencies with known vulnerabilities.")),
        ("apollo", _("How the code authorises itself to Apollo. Nothing leaves this computer.")),
        ("computer", _("Whether the disk of this computer is encrypted. Nothing leaves this computer.")),
    ):
        subject = subjects.add_parser(name, help=words, description=words)
        if name == "computer":
            subject.set_defaults(path=Path.home())
        else:
            subject.add_argument("path", metavar="PATH", type=_place, help=_("a folder with code"))
        # the options of every command are understood on either side of the subject
        subject.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=_("one JSON object"))
        subject.add_argument("--home", metavar="DIR", type=_place, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        subject.add_argument("--log", choices=("json",), default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        if name == "secrets":
            subject.add_argument("--everything", action="store_true", help=_("look into third-party folders too"))
        if name == "dependencies":
            _dependencies(subject)


def _dependencies(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--online", action="store_true", help=_("ask OSV: names and versions leave this computer"))
    parser.add_argument("--yes", action="store_true", help=_("agree to what --online or --fetch sends, without asking"))
    parser.add_argument("--fetch", action="store_true", help=_("fetch the offline database for what is used here"))
    parser.add_argument(
        "--data", metavar="PLACE", type=_place, help=_("take in archives of OSV: a folder or an all.zip")
    )
    parser.add_argument("--osv", metavar="URL", help=_("ask this server, which speaks as OSV does"))
    parser.add_argument("--archives", metavar="URL", help=_("fetch from this copy of OSV's archives"))


def _read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="+", metavar="FILE", type=_place, help=_("a report of another tool"))
    parser.add_argument("--full", action="store_true", help=_("every entry too"))


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", type=_place, default=Path("demo"), help=_("where it is put"))


def _passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase-fd", metavar="N", type=int, help=_("read the passphrase from descriptor N"))


def _status(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workspace", metavar="WORKSPACE", type=_place, help=_("its folder, NAME.attestry"))
    _passphrase(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workspace", metavar="WORKSPACE", type=_place, help=_("its folder, NAME.attestry"))
    parser.add_argument("--out", metavar="FILE.pdf", type=_place, required=True, help=_("where it is written"))
    parser.add_argument(
        "--summary", metavar="FILE.pdf", type=_place, help=_("sign a public summary too, into this file")
    )
    parser.add_argument("--paper", choices=("A4", "Letter"), default="A4", help=_("its size (A4)"))
    parser.add_argument("--p12", metavar="FILE", type=_place, help=_("sign with this PKCS#12 file"))
    parser.add_argument("--p12-passphrase-fd", metavar="N", type=int, help=_("read its passphrase from descriptor N"))
    parser.add_argument("--rsa", action="store_true", help=_("the vault's RSA key instead of the one on P-256"))
    parser.add_argument("--pkcs11", metavar="MODULE", type=_place, help=_("sign with a token: its PKCS#11 library"))
    parser.add_argument("--pkcs11-label", metavar="NAME", default="", help=_("which token, where there are several"))
    parser.add_argument(
        "--pkcs11-object", metavar="NAME", default="", help=_("which key on it, where there are several")
    )
    parser.add_argument("--pin-fd", metavar="N", type=int, help=_("read the token's PIN from descriptor N"))
    parser.add_argument(
        "--timestamp", metavar="URL", default="", help=_("have this authority stamp the time (a digest is sent)")
    )
    parser.add_argument(
        "--long-term",
        action="store_true",
        help=_("keep proof that no certificate was revoked: their issuers are asked"),
    )
    parser.add_argument(
        "--archive", action="store_true", help=_("long-term proof, and a second time stamp over the whole file")
    )
    _passphrase(parser)


def _renew(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD.pdf", type=_place, help=_("the attestation to go on from"))
    parser.add_argument("workspace", metavar="WORKSPACE", type=_place, help=_("made when it is not there yet"))
    parser.add_argument(
        "--evidence", metavar="DIR", type=_place, help=_("add its evidence files again from this folder")
    )
    _passphrase(parser)


def _disclose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("full", metavar="FULL.pdf", type=_place, help=_("the full attestation"))
    parser.add_argument("--item", metavar="ID", action="append", required=True, help=_("an item, such as DATA-4"))
    parser.add_argument("--out", metavar="FILE.json", type=_place, required=True, help=_("where it is written"))


def _beside(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.pdf", type=_place, help=_("the signed attestation"))
    parser.add_argument("what", choices=("data", "oscal-results", "oscal-plan", "cyclonedx", "verifier", "reminders"))
    parser.add_argument("--out", metavar="FILE", type=_place, required=True, help=_("where it is written"))


def _bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workspace", metavar="WORKSPACE", type=_place, help=_("its folder, NAME.attestry"))
    parser.add_argument("pdf", metavar="FILE.pdf", type=_place, help=_("the signed attestation"))
    parser.add_argument("--out", metavar="FILE.zip", type=_place, required=True, help=_("where it is written"))
    parser.add_argument("--only", metavar="NAME,…", type=_names, help=_("evidence by name or requirement; else all"))
    _passphrase(parser)


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.pdf", type=_place, help=_("the PDF, or the bundle that it lies in"))
    parser.add_argument(
        "--trust", metavar="CERT", type=_place, action="append", default=[], help=_("a certificate that you trust")
    )
    parser.add_argument(
        "--trust-time", metavar="CERT", type=_place, action="append", default=[],
        help=_("a time-stamp authority's certificate that you trust"),
    )  # fmt: skip
    parser.add_argument("--evidence", metavar="DIR", type=_place, help=_("compare the evidence files in this folder"))
    parser.add_argument("--previous", metavar="OLD.pdf", type=_place, help=_("the attestation before this one"))
    parser.add_argument(
        "--opening", metavar="FILE", type=_place, help=_("items that a summary holds back, or the full attestation")
    )
    parser.add_argument("--reference", metavar="TEXT", default="", help=_("the reference that you issued"))
    parser.add_argument("--max-age", metavar="DAYS", type=int, help=_("the oldest signature that you accept"))
    parser.add_argument(
        "--look-again", action="store_true", help=_("repeat the public checks now and say what drifted")
    )
    parser.add_argument("--yes", action="store_true", help=_("agree to the hosts that --look-again contacts"))
    parser.add_argument(
        "--ca", metavar="FILE", type=_place, help=_("with --look-again: trust this authority too (PEM)")
    )
    parser.add_argument(
        "--resolve", metavar="HOST=IP", action="append", default=[], help=_("do not look this name up, go there")
    )
    parser.add_argument("--allow-private", action="store_true", help=_("allow private and loopback addresses"))
    parser.add_argument("--remember", action="store_true", help=_("remember the key, if none is remembered yet"))
    parser.add_argument("--remember-instead", action="store_true", help=_("remember a changed key: you asked them"))


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD.pdf", type=_place, help=_("the earlier one"))
    parser.add_argument("new", metavar="NEW.pdf", type=_place, help=_("the later one"))
    parser.add_argument("--out", metavar="DELTA.pdf", type=_place, help=_("print the changes into this PDF, unsigned"))


def _lint(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=_place, help=_("the questionnaire’s folder"))


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=("checks", "questionnaires"))


def _answer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request", metavar="REQUEST", type=_place, help=_("the request file; alone: list what it asks"))
    parser.add_argument("--name", default="", help=_("your name, as the lead sees it"))
    parser.add_argument("--answer", metavar="ID=VALUE", action="append", default=[], help=_("answer a question"))
    parser.add_argument(
        "--evidence", metavar="ID=FILE", action="append", default=[], help=_("add a file that shows a requirement")
    )
    parser.add_argument("--look", action="store_true", help=_("agree to look at the hosts that it names, and look"))
    parser.add_argument("--ca", metavar="FILE", type=_place, help=_("trust this certificate authority too (PEM)"))
    parser.add_argument(
        "--resolve", metavar="HOST=IP", action="append", default=[], help=_("do not look this name up, go there")
    )
    parser.add_argument("--out", metavar="REPLY", type=_place, help=_("seal the reply into this file"))
    _passphrase(parser)


def _team(parser: argparse.ArgumentParser) -> None:
    deeds = ("card", "join", "members", "add", "remove", "bundle", "take", "server", "exchange")
    parser.add_argument("deed", choices=deeds)
    parser.add_argument("workspace", metavar="WORKSPACE", type=_place, help=_("its folder, NAME.attestry"))
    parser.add_argument("file", metavar="FILE", type=_place, nargs="?", help=_("card, bundle or synced folder"))
    parser.add_argument("--name", default="", help=_("card: your name"))
    parser.add_argument("--role", choices=("lead", "contributor", "signatory", "reviewer"), default="contributor")
    parser.add_argument("--fingerprint", default="", help=_("the key that its owner read out to you"))
    parser.add_argument("--out", metavar="FILE", type=_place)
    parser.add_argument("--since-last", action="store_true", help=_("bundle: only what is new since the last one"))
    parser.add_argument("--host", default="", help=_("server: its name, as its certificate says it"))
    parser.add_argument("--port", type=int, default=5432)
    parser.add_argument("--database", default="")
    parser.add_argument("--user", default="")
    parser.add_argument("--ca", metavar="FILE", type=_place, help=_("server: its certificate authority (PEM)"))
    parser.add_argument("--password-fd", metavar="N", type=int, help=_("read the server's password from descriptor N"))
    _passphrase(parser)


_OPTIONS: dict[str, tuple[Callable[[], str], Callable[[argparse.ArgumentParser], None]]] = {
    "check": (lambda: _("Look at hosts that you run, from outside."), _check),
    "ask": (lambda: _("Ask Apollo's API whether it knows your own credential."), _ask),
    "canary": (lambda: _("Send a false credential to a host, and look for it in its log."), _canary),
    "judge": (lambda: _("Judge recorded answers again, without looking."), _judge),
    "scan": (lambda: _("Look at code on this computer, or at the computer's own disk."), _scan),
    "read": (lambda: _("Say what reports of other tools hold."), _read),
    "demo": (lambda: _("Do the whole job once, against a small imperfect service on this computer."), _demo),
    "status": (lambda: _("Say how far an assessment is."), _status),
    "export": (lambda: _("Sign an assessment and write the PDF."), _export),
    "renew": (lambda: _("Go on from an attestation that was signed earlier."), _renew),
    "disclose": (lambda: _("Hand over items that a public summary holds back."), _disclose),
    "bundle": (lambda: _("Put a signed attestation and its evidence into one file."), _bundle),
    "beside": (lambda: _("Save what goes with a signed attestation: its data, the verifier, reminders."), _beside),
    "verify": (lambda: _("Check a signed attestation."), _verify),
    "compare": (lambda: _("Say what changed between two attestations of one partner."), _compare),
    "lint": (lambda: _("Say what is wrong in a questionnaire, and where."), _lint),
    "list": (lambda: _("List the checks or the questionnaires."), _list),
    "answer": (lambda: _("Answer a teammate's request, and seal one reply for them."), _answer),
    "team": (lambda: _("Work on an assessment with other editors."), _team),
}
