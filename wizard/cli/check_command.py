"""`attestry check`: looks at hosts without a workspace and prints one result a check and host."""

from __future__ import annotations

import argparse
import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

import wizard
from wizard.checks import host_control, oauth_flow, oauth_redirect, plan
from wizard.checks.base import Check, Facts, Trouble, TroubleKind
from wizard.checks.every import CHECKS, find
from wizard.checks.judging import judge
from wizard.checks.looks.control import token_of
from wizard.cli.declared_endpoints import BadArgument, Declared, declared
from wizard.cli.list_command import no_such_check
from wizard.cli.output import Exit, Output, worst
from wizard.domain.finding import SubjectKind
from wizard.domain.language import _
from wizard.domain.observation import WORST_FIRST, Json, Level, Result, Verdict
from wizard.domain.scope import Host, parse_host
from wizard.session.control_key import control_key
from wizard.session.settings import Home


@dataclass(frozen=True, slots=True)
class BadHost:
    """A result for something that is no host: `subject` as given, `error` in a sentence."""

    subject: str
    error: str


@dataclass(frozen=True, slots=True)
class Printed:
    """A result as printed: every field is always there; `rule` names its version and its source."""

    check: str
    subject: str
    verdict: Verdict
    level: Level
    summary: str
    facts: Mapping[str, Json]
    rule: str
    source: str
    at: datetime
    addresses: tuple[str, ...]
    proof: str
    next_step: str
    fix: str


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Look, print each result as it comes, and return the worst code."""
    checks = wanted(asked.only or "")
    if asked.ca is not None and not asked.ca.is_file():
        raise BadArgument(_("There is no file {name} to trust. Nothing was contacted.").format(name=asked.ca))
    codes: list[Exit] = []
    hosts: dict[str, Host] = {}
    for text in asked.url:
        parsed = parse_host(text)
        if parsed is None:
            sentence = _("{text} is not a host name or address. It was not contacted.").format(text=text)
            output.say(sentence)
            output.result(BadHost(text, sentence))
            codes.append(Exit.BAD_INPUT)
        else:
            host = Host(parsed[0], parsed[1], private_network=asked.allow_private)
            hosts.setdefault(host.subject, host)
    given = declared(asked, tuple(hosts.values()))
    named = asked.only and any(check is host_control.CHECK for check in checks)
    secret = (
        control_key((Home.below(asked.home) if asked.home else Home.default()).data) if asked.active or named else ""
    )
    settings = plan.LookSettings(
        endpoints=given.endpoints,
        unread=given.unread,
        control={host.subject: token_of(secret, host.name) for host in hosts.values()} if secret else {},
        active=frozenset(hosts) if asked.active else frozenset(),
        data_ports=frozenset(hosts) if asked.data_ports else frozenset(),
        credentials=given.credentials,
        second_credentials=given.second_credentials,
        ca_file=asked.ca,
        resolve=resolved(asked.resolve),
        allow_private=asked.allow_private,
        careful=False,
        run_id=secrets.token_hex(8),
        app_version=wizard.__version__,
    )

    seen: Counter[Verdict] = Counter()

    def hear(result: Result) -> None:
        codes.append(print_result(result, output))
        seen[result.verdict] += 1

    def report(news: plan.Partial) -> None:
        for result in news.results:
            hear(result)

    given = replace(given, read=(*given.read, *_redirects(given, tuple(hosts.values()), checks, settings)))
    for result in (r for r in given.read if any(check.id == r.check for check in checks)):
        hear(result)
    if asked.only:
        for result in _without_input(checks, hosts.values(), settings, given):
            hear(result)
    if hosts:
        of_hosts = [check for check in checks if check.about is SubjectKind.HOST]
        asyncio.run(plan.look(tuple(hosts.values()), of_hosts, settings, report))
    if len(codes) > 1 and not output.as_json:
        output.say(", ".join(f"{seen[verdict]} {verdict.value}" for verdict in WORST_FIRST if seen[verdict]))
    return worst(codes)


def _redirects(
    given: Declared, hosts: tuple[Host, ...], checks: tuple[Check, ...], settings: plan.LookSettings
) -> Iterator[Result]:
    """Asks the redirect addresses that the recording names."""
    addresses = [
        uri for r in given.read if r.check == oauth_flow.CHECK.id for uri in oauth_redirect.of_recording(r.facts)
    ]
    if addresses and oauth_redirect.CHECK in checks:
        from wizard.checks.looks import redirect_pages

        pages = asyncio.run(redirect_pages.ask(addresses, hosts, settings))
        if pages.pages:
            yield oauth_redirect.look_at_pages(pages, datetime.now(UTC))


def _without_input(
    checks: tuple[Check, ...], hosts: Iterable[Host], settings: plan.LookSettings, given: Declared
) -> Iterator[Result]:
    """Whoever names a check hears that it needs something that was not given; a run of all passes it over."""
    at = datetime.now(UTC)
    for check in checks:
        missing = Facts({need: Trouble(TroubleKind.NOT_GIVEN) for need in check.needs})
        if check.about is not SubjectKind.HOST:
            if check.id not in {read.check for read in given.read}:
                yield replace(judge(check, Host("recording"), missing, at), subject="")
            continue
        yield from (judge(check, host, missing, at) for host in hosts if not plan.ready(check, host, settings))


def wanted(only: str) -> tuple[Check, ...]:
    """The checks named; all of them when none is. Raises BadArgument."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    if not names:
        return CHECKS
    found = []
    for name in names:
        check = find(name)
        if check is None:
            raise BadArgument(no_such_check(name) + " " + _("Nothing was contacted."))
        found.append(check)
    return tuple(dict.fromkeys(found))


def resolved(pairs: list[str]) -> dict[str, tuple[str, ...]]:
    """The addresses of names that were resolved by hand. Raises BadArgument."""
    import ipaddress

    out: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, sign, address = pair.partition("=")
        try:
            if not sign or not name:
                raise ValueError
            literal = str(ipaddress.ip_address(address.strip("[]")))
        except ValueError as error:
            raise BadArgument(_("--resolve {pair} is not HOST=IP. Nothing was contacted.").format(pair=pair)) from error
        out[name.lower()] = (*out.get(name.lower(), ()), literal)
    return out


def print_result(result: Result, output: Output) -> Exit:
    """Print one result; returns what it means for the exit code."""
    printed = Printed(**{field.name: getattr(result, field.name) for field in fields(Printed)})
    output.result(replace(printed, rule=f"{result.rule} ({result.source})"), *_lines(result))
    if result.verdict is Verdict.FAIL and result.level is Level.MUST:
        return Exit.NOT_AS_REQUIRED
    return Exit.COULD_NOT_LOOK if result.verdict is Verdict.UNKNOWN else Exit.FINE


def _lines(result: Result) -> tuple[str, ...]:
    lines = [f"{result.verdict.value:<14}  {result.subject or '–'}  {result.check}: {result.summary}"]
    if result.proof:
        lines.append(f"{'':<14}  {result.proof.splitlines()[0]}")
    if result.verdict is Verdict.UNKNOWN and result.next_step:
        lines.append(f"{'':<14}  {result.next_step}")
    if result.check == host_control.CHECK.id and result.fix:
        lines += [f"{'':<14}  {line}" for line in result.fix.splitlines() if line]
    return tuple(lines)
