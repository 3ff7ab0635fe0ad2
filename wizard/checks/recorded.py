"""Judges recorded facts without looking: a stored record, or HTTP answers that somebody wrote down as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from wizard.checks import page_sources, record
from wizard.checks.access_log import look_at_log
from wizard.checks.base import Check, Fact, Facts, Trouble, TroubleKind
from wizard.checks.judging import judge
from wizard.checks.looks.access_lines import AccessLog
from wizard.checks.looks.cors_probe import CorsProbe, Foreign
from wizard.checks.looks.declared import Declared
from wizard.checks.looks.har_flow import HarFlow
from wizard.checks.looks.http import Answer, parts_of, port_of
from wizard.checks.looks.http_plain import PlainHttp, PlainPort
from wizard.checks.looks.https_answers import PATH, ROOT, HttpsAnswers, Visit
from wizard.checks.looks.well_known import PLACES, WellKnown
from wizard.checks.oauth_flow import look_at_recording
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json, Result
from wizard.domain.scope import Host, parse_host

#: Recorded answers are small; more than this is something else.
MOST_BYTES = 64 * 1024 * 1024
_FOLD = re.compile(r"[ \t]*\r?\n[ \t]+")


class UnreadableFacts(Mistake):
    """Facts that are not JSON, or not of the shape that a check reads."""


def judge_recorded(check: Check, text: str, at: datetime) -> tuple[Result, ...]:
    """What a check says of recorded facts; one result for each answer, in order.

    `text` is the record of a look, a browser's recording where the check reads one, or JSON objects
    `{"url", "status", "headers": [[name, value], …], "body"?}`: one object, a list of them, or one a line. Where it
    matters who asked (CORS), `"origin"` is the Origin that the request named. `at` is the time of the answers, which
    they do not carry. Raises `UnreadableFacts` or `UnreadableRecord`, both mistakes with
    their sentence.
    """
    if len(text) > MOST_BYTES:
        raise UnreadableFacts(
            _("These facts are longer than 64 MiB, so they were not read. Give the answers one by one.")
        )
    whole = _try_json(text)
    if isinstance(whole, Mapping) and "format" in whole:
        kept = whole.get("facts")
        if isinstance(kept, Mapping) and not all(need.NAME in kept for need in check.needs):
            raise UnreadableFacts(_("This record of a look holds nothing that “{check}” reads.").format(check=check.id))
        return record.judge_again(text.encode("utf-8", "replace"), [check])
    if check.needs == (HarFlow,):
        return (look_at_recording(text.encode("utf-8", "replace"), at),)
    if check.needs == (AccessLog,):
        return (look_at_log(text.encode("utf-8", "replace"), at),)
    objects = _objects(text, whole)
    if not objects:
        raise UnreadableFacts(_("There are no facts here. Give one JSON object, or one a line."))
    if not set(check.needs) <= {HttpsAnswers, PlainHttp, Declared, WellKnown, CorsProbe}:
        raise UnreadableFacts(
            _("“{check}” is judged from the record of a look only, not from written-down answers.").format(
                check=check.id
            )
        )
    return tuple(_judge(check, written, at) for written in objects)


def _try_json(text: str) -> Json:
    try:
        parsed: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed


@dataclass(frozen=True, slots=True)
class _Written:
    """An answer as somebody wrote it down: the Origin that the request named, and whether the body is there too."""

    answer: Answer
    origin: str
    with_body: bool


def _objects(text: str, whole: Json) -> list[_Written]:
    if isinstance(whole, Mapping):
        return [_answer(whole, 1)]
    if isinstance(whole, list):
        return [_answer(item, place) for place, item in enumerate(whole, 1)]
    found = []
    for number, line in enumerate(text.split("\n"), 1):  # JSON strings may hold other ends of lines
        if line.strip():
            item = _try_json(line)
            if item is None:
                raise UnreadableFacts(
                    _("Line {n} is not JSON, so nothing was judged. Give one JSON object, or one a line.").format(
                        n=number
                    )
                )
            found.append(_answer(item, number))
    return found


def _answer(item: Json, number: int) -> _Written:
    def wrong(what: str) -> UnreadableFacts:
        said = _("Object {n}: {what}. An answer is written as {shape}.")
        shape = '{"url": "https://…", "status": 200, "headers": [["name", "value"]], "body": "…"}'
        return UnreadableFacts(said.format(n=number, what=what, shape=shape))

    if not isinstance(item, Mapping):
        raise wrong(_("it is no object"))
    url, status, headers, body = item.get("url"), item.get("status"), item.get("headers"), item.get("body")
    parts = parts_of(url) if isinstance(url, str) else None
    name = (parts.hostname or "") if parts else ""
    if parts is None or parse_host(f"[{name}]" if ":" in name else name) is None:
        raise wrong(_("“url” is missing or no web address"))
    url = parts._replace(netloc=parts.netloc.lower()).geturl()
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
        raise wrong(_("“status” is missing or no HTTP status"))
    if not isinstance(headers, list):
        raise wrong(_("“headers” is missing or no list of pairs"))
    pairs: list[tuple[str, str]] = []
    for pair in headers:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise wrong(_("a header is no pair of name and value"))
        # A value that was folded over lines is one value (RFC 9112 5.2); names are never padded.
        pairs.append((str(pair[0]).strip(" \t"), _FOLD.sub(" ", str(pair[1]))))
    if body is not None and not isinstance(body, str):
        raise wrong(_("“body” is no text"))
    origin = item.get("origin")
    if origin is not None and not isinstance(origin, str):
        raise wrong(_("“origin” is no text"))
    if body is None:
        return _Written(_without_body(Answer(url, status, tuple(pairs))), origin or "", with_body=False)
    answer = Answer(url, status, tuple(pairs), body, len(body.encode("utf-8", "replace")))
    return _Written(answer, origin or "", with_body=True)


def _without_body(answer: Answer) -> Answer:
    """An answer whose body nobody wrote down: it may well have had one, and then its headers have to be judged."""
    said = answer.first("content-length") or ""
    if said.isascii() and said.isdigit():
        length = int(said[:9])
    else:
        length = int(bool(answer.media_type) or (200 <= answer.status < 300 and answer.status not in (204, 205)))
    # Of no named kind, it is judged as the kind that most is asked of.
    return replace(answer, body="<html>" if length and not answer.media_type else "", body_length=length)


def _judge(check: Check, written: _Written, at: datetime) -> Result:
    answer, not_given = written.answer, Trouble(TroubleKind.NOT_GIVEN)
    parts = parts_of(answer.url)
    assert parts is not None
    host, path = Host((parts.hostname or "").lower(), port_of(parts)), parts.path or "/"
    unseen = not_given if check is page_sources.CHECK and answer.is_page and not written.with_body else None
    if answer.limited:  # the same as a look says of it
        unseen = Trouble(TroubleKind.BUSY, str(answer.status))
    # Whoever writes down another page than the root names it as one that counts.
    visit = Visit(ROOT if path == "/" else PATH, path, (answer,), trouble=unseen)
    found: dict[type[Fact], Fact | Trouble] = {
        HttpsAnswers: HttpsAnswers((visit,)),
        Declared: Declared(),
        # Nobody knows who asked: then only an answer that names no site, or every one, says something.
        CorsProbe: CorsProbe((Foreign(written.origin, path, answer),)),
        WellKnown: not_given,
        PlainHttp: not_given,
    }
    if path in PLACES and parts.scheme == "https":  # each of their standards wants HTTPS
        found[WellKnown] = WellKnown((Visit("well-known", path, (answer,), trouble=unseen),))
    if parts.scheme == "http":
        found[PlainHttp] = PlainHttp(host.port, (PlainPort("", answer),), alive=True, went_to=answer.redirects_to)
    return judge(check, host, Facts(found), at)
