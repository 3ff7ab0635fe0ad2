"""Access logs: did credentials travel in addresses, as a piece of the server's own log shows?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.access_lines import AccessLog, Carrier, addresses
from wizard.checks.url_secrets import in_address
from wizard.domain.language import _, ngettext
from wizard.domain.looks import SubjectKind
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.scope import Host

#: How names of files end that may be access logs.
ENDINGS = (".log", ".jsonl", ".ndjson", ".w3c")
_MOST_FOUND = 20


class NoAccessLog(Mistake):
    """A file in which no line is a request."""


@dataclass(frozen=True, slots=True)
class LogSecrets:
    """The log, as far as the rule needs it: requests, those with a query, lines not understood, what was found."""

    requests: int
    queries: int
    unread: int
    carriers: int
    found: tuple[Carrier, ...]


def read_log(text: str) -> AccessLog:
    """What a log shows; addresses are masked as they are read. Never raises."""
    requests = queries = unread = carriers = 0
    found: dict[Carrier, None] = {}
    for each in addresses(text):
        if each is None:
            unread += 1
            continue
        requests += 1
        queries += any("?" in address for address in each)
        here = [hit for address in each for hit in in_address("log", address)]
        carriers += any(hit.certain for hit in here)
        for hit in here:
            # A certain one must not be lost behind twenty guesses.
            if hit.certain or len(found) < _MOST_FOUND:
                found.setdefault(Carrier(hit.name, hit.address, hit.certain))
                if len(found) > _MOST_FOUND:
                    found.pop(next((old for old in found if not old.certain), next(iter(found))))
    return AccessLog(requests, queries, unread, tuple(sorted(found, key=lambda c: not c.certain)), carriers)


def read(facts: Facts) -> LogSecrets:
    """The log as it was read."""
    log = facts.get(AccessLog)
    return LogSecrets(log.requests, log.queries, log.unread, log.carriers, log.found)


def judge(reading: LogSecrets, context: JudgeContext) -> Judgement:
    """CHK-URL: no address of the log holds a credential; codes of a sign-in that pass once are none."""
    proof = "\n".join(f"{c.name}: {c.address}" for c in reading.found[:10])
    fix = _("Send credentials in a header or in the body of a POST, never in an address, and change those in the log.")
    certain = next((c for c in reading.found if c.certain), None)
    if certain:
        said = ngettext(
            "{n} of {all} requests carries a credential in its address ({name}).",
            "{n} of {all} requests carry a credential in their address ({name}).",
            reading.carriers,
        )
        said = said.format(n=reading.carriers, all=reading.requests, name=certain.name)
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    if reading.unread > reading.requests // 10:
        said = _("Could not look: {n} of {all} lines are no request that we can read.")
        step = _("Give a log in the common, combined, JSON or W3C format.")
        total = reading.unread + reading.requests
        return Judgement(Verdict.UNKNOWN, said.format(n=reading.unread, all=total), next_step=step)
    if reading.found:
        said = _("Is {name} a credential? It is long and random.").format(name=reading.found[0].name)
        return Judgement(Verdict.WARN, said, proof, fix=fix)
    if not reading.queries:
        said = _("Could not look: no address in this log has a query, so they may have been left out.")
        return Judgement(Verdict.UNKNOWN, said, next_step=_("Give a log that holds whole addresses."))
    said = _("No credential in the addresses of {n:,} requests.").format(n=reading.requests)
    return Judgement(Verdict.PASS, said)


def look_at_log(data: bytes, at: datetime) -> Result:
    """What a log shows, about the assessment as a whole. Raises `NoAccessLog`."""
    from wizard.checks.judging import judge as result_of

    log = read_log(data.decode("utf-8-sig", "replace"))
    if not log.requests:
        raise NoAccessLog(
            _("No line of this file is a request, so it was not read as an access log. Give one in the common, "
              "combined, JSON or W3C format.")
        )  # fmt: skip
    return replace(result_of(CHECK, Host("log"), Facts({AccessLog: log}), at), subject="")


CHECK = Check(
    id="access-log",
    title=lambda: _("Access log"),
    level=Level.MUST,
    source="RFC 6750 2.3; OWASP ASVS 5.0 14.2.1; Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("CHK-URL-LOG",),
    needs=(AccessLog,),
    read=read,
    judge=judge,
    about=SubjectKind.ASSESSMENT,
    method=Method.EXAMINE,
)
