"""Searches one input after another for secrets: in windows, unfolded, each under a deadline, judged and masked."""

from __future__ import annotations

import re
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from wizard.checks.code import containers, hidden, in_memory
from wizard.checks.code.coverage import Counting, GapKind
from wizard.checks.code.engine import Candidate, CannotUnfold, SecretEngine, Stop, TooSlow
from wizard.checks.code.leak import Masker, Tier, mask
from wizard.checks.code.tiers import Judged, judge_path, judge_value
from wizard.checks.code.tree import shown
from wizard.domain.language import _
from wizard.formats.text import NoText, PdfText

#: No input keeps the engine longer: what is left of it then is "not fully looked at".
DEADLINE = 10.0
#: Larger inputs are read in windows that overlap, so that memory stays flat.
WINDOW = 2 * 1024 * 1024
OVERLAP = 64 * 1024
#: Larger containers are not unfolded, and that is said.
LARGEST_CONTAINER = 64 * 1024 * 1024
#: So many secrets of one input are listed; more are counted as not listed.
MOST_HITS = 400
#: Containers in containers are opened so deep (the engine opens two of them at once).
_DEEPEST = 4
_AHEAD = 72 * 1024 * 1024
_TOGETHER = 256 * 1024

#: What stands before a value in an address: the name of a parameter, or a user.
_IN_ADDRESS = re.compile(rb"(?:[?&#][A-Za-z0-9_.%\[\]-]{1,60}=|://[^/\s:@]{0,80}:)\Z")

ReadMore = Callable[[int], bytes]
#: The words of a PDF, read where hostile files may be read. Raises `NoText`.
ReadPdf = Callable[[bytes], PdfText]


def no_pdf(_data: bytes) -> PdfText:
    """Where nobody can read PDFs."""
    raise NoText("")


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret in one input, by then without itself. `inside` is the member of a container, "" for the input.

    `in_address`: it stands in the query or as the password of an address.
    """

    rule: str
    judged: Judged
    line: int
    masked: str
    fingerprint: str
    inside: str = ""
    start: int = 0
    in_address: bool = False


class Search:
    """Searches inputs with one engine and keeps count; safe to use from several threads.

    `folder` is a private place where containers may be unfolded; without one that happens in memory only.
    """

    def __init__(
        self,
        engine: SecretEngine,
        masker: Masker,
        counting: Counting,
        stop: Stop,
        folder: Path | None,
        now: datetime,
        read_pdf: ReadPdf = no_pdf,
    ) -> None:
        self._engine = engine
        self._masker = masker
        self._counting = counting
        self._stop = stop
        self._folder = folder
        self._now = now
        self._read_pdf = read_pdf
        self._clean: dict[str, str] = {}

    def data(self, data: bytes, path: str, seconds: float = DEADLINE) -> list[Hit]:
        """The secrets in one input that is wholly in memory; `path` is "" while it is not known."""
        self._engine.ready()
        until = time.monotonic() + seconds
        match containers.kind(data, path):
            case "":
                return self._plain(data, path, until)
            case "closed":
                self._counting.gap(GapKind.NOT_UNFOLDED, shown(path))
                return []
            case "locked":
                self._counting.gap(GapKind.ENCRYPTED, shown(path))
                return []
            case kind:
                return self._limited(self._unfolded(data, path, kind, until, 1), path)

    def stream(self, read: ReadMore, size: int, path: str) -> list[Hit]:
        """The secrets in a long input, read in windows that overlap; memory stays flat, one deadline for all of it."""
        first = read(min(size, WINDOW))
        if size <= WINDOW:
            return self.data(first, path)
        self._engine.ready()
        until = time.monotonic() + max(DEADLINE, size / (16 * 1024 * 1024))
        kind = containers.kind(first, path)
        if kind:
            if kind not in ("closed", "locked") and size <= LARGEST_CONTAINER:
                return self.data(first + read(size - len(first)), path, max(DEADLINE, until - time.monotonic()))
            self._counting.gap(GapKind.NOT_UNFOLDED, shown(path))
        hits: dict[tuple[str, str, int], Hit] = {}
        window, lines_before, left = first, 0, size - len(first)
        while True:
            try:
                found = self._found(window, path, until - time.monotonic())
            except TooSlow:
                self._counting.gap(GapKind.TOO_SLOW, shown(path))
                break
            for hit in found:
                there = replace(hit, line=hit.line + lines_before)
                hits.setdefault((hit.rule, hit.fingerprint, there.line), there)
            if left <= 0 or len(hits) > MOST_HITS:
                break
            fresh = read(min(left, WINDOW - OVERLAP))
            if not fresh:
                break
            left -= len(fresh)
            lines_before += window[: len(window) - OVERLAP].count(b"\n")
            window = window[-OVERLAP:] + fresh
        return self._limited(list(hits.values()), path)

    def text(self, text: str) -> list[Hit]:
        """The secrets in a name or a short text."""
        return self.data(text.encode("utf-8", "surrogateescape"), "")

    def clean(self, text: str) -> str:
        """A name as it may be shown: a secret that stands in it is replaced by its mask."""
        known = self._clean.get(text)
        if known is not None:
            return known
        try:
            candidates = self._judged(text.encode("utf-8", "surrogateescape"), "", DEADLINE)
        except TooSlow:
            candidates = []
        out = text
        for candidate, _judged in candidates:
            out = out.replace(candidate.secret, mask(candidate.secret))
        if len(self._clean) > 50_000:
            self._clean.clear()
        self._clean[text] = out = shown(out)
        return out

    def _plain(self, data: bytes, path: str, until: float) -> list[Hit]:
        try:
            return self._limited(self._found(containers.as_utf8(data), path, until - time.monotonic()), path)
        except TooSlow:
            self._counting.gap(GapKind.TOO_SLOW, shown(path))
            return []

    def _unfolded(self, data: bytes, path: str, kind: str, until: float, depth: int) -> list[Hit]:
        """The secrets in a container and in those that lie in it; one that nobody opens is said."""
        if kind == "pdf":
            return self._pdf(data, path, until, depth)
        if kind == "zip" and containers.encrypted(data):
            self._counting.gap(GapKind.ENCRYPTED, shown(path))
        name = f"input.{kind}"  # the engine goes by the ending, and names of files say anything
        try:
            if self._folder is None or kind == "mail":
                members = list(in_memory.unfold(data, kind, self._stop))
            else:
                seconds = max(0.1, until - time.monotonic())
                members = self._engine.unfold(data, name, seconds, self._stop, self._folder)
        except CannotUnfold:
            self._counting.gap(GapKind.NOT_UNFOLDED, shown(path))
            return self._plain(data, path, until)
        hits = []
        for member, content in members:
            inside = member.removeprefix(name).lstrip("!")
            found = self._member(content, inside, path, until, depth) if inside else self._plain(content, path, until)
            hits += [replace(hit, inside="!".join(filter(None, (inside, hit.inside)))) for hit in found]
        if kind in (
            "sqlite",
            "mail",
        ):  # values of bytes and deleted rows stand in the file, and not in what it unfolds to
            known = {hit.fingerprint for hit in hits}
            hits += [hit for hit in self._plain(data, path, until) if hit.fingerprint not in known]
        return hits

    def _pdf(self, data: bytes, path: str, until: float, depth: int) -> list[Hit]:
        """The secrets in the bytes of a PDF, in its words, which are packed, and in the files that lie in it."""
        hits = self._plain(data, path, until)
        try:
            text = self._read_pdf(data)
        except NoText:
            self._counting.gap(GapKind.PDF, shown(path))
            return hits
        if not text.whole:
            self._counting.gap(GapKind.PDF, shown(path))
        until = time.monotonic() + DEADLINE  # what reading took is not the engine's time
        for inside, said in (("", text.words), (_("metadata"), text.metadata)):
            found = self._plain(said.encode("utf-8", "replace"), path, until)
            known = {hit.fingerprint for hit in hits}
            hits += [replace(hit, inside=inside) for hit in found if hit.fingerprint not in known]
        for file in text.attached:
            content = b64decode(file.content)
            hits += [
                replace(hit, inside="!".join(filter(None, (file.name, hit.inside))))
                for hit in self._member(content, file.name or "attached", path, until, depth)
            ]
        return hits

    def _member(self, content: bytes, inside: str, path: str, until: float, depth: int) -> list[Hit]:
        place = f"{path}!{inside}"
        kind = containers.kind(content, inside)
        if not kind:
            return self._plain(content, inside, until)
        if kind == "closed":
            self._counting.gap(GapKind.NOT_UNFOLDED, shown(place))
        elif kind == "locked":
            self._counting.gap(GapKind.ENCRYPTED, shown(place))
        elif depth >= _DEEPEST or time.monotonic() > until:
            self._counting.gap(GapKind.TOO_LARGE, shown(place))
        else:
            return self._unfolded(content, place, kind, until, depth + 1)
        return []

    def _limited(self, hits: list[Hit], path: str) -> list[Hit]:
        if len(hits) > MOST_HITS:
            self._counting.gap(GapKind.TOO_MANY, shown(path))
        return hits[:MOST_HITS]

    def _found(self, data: bytes, path: str, seconds: float) -> list[Hit]:
        packed: list[int] = []
        hits = self._hits(data, path, seconds, packed)
        try:
            for line, text in hidden.texts(data, packed):
                hits += [replace(hit, line=line) for hit in self._hits(text, path, seconds)]
        except hidden.NotAll:
            self._counting.gap(GapKind.NOT_UNFOLDED, shown(path))
        text, lines = hidden.spelt_out(data)
        if text:
            known = {hit.fingerprint for hit in hits}
            read = [hit for hit in self._hits(text, path, seconds) if hit.fingerprint not in known]
            hits += [replace(hit, line=lines[hit.line - 1]) for hit in read]
        return hits

    def _hits(self, data: bytes, path: str, seconds: float, packed: list[int] | None = None) -> list[Hit]:
        return [
            Hit(
                rule=candidate.rule,
                judged=judged,
                line=candidate.line,
                masked=mask(candidate.secret),
                fingerprint=self._masker.fingerprint(candidate.secret),
                start=candidate.start,
                in_address=_IN_ADDRESS.search(data, max(0, candidate.start - 100), candidate.start) is not None,
            )
            for candidate, judged in self._judged(data, path, seconds, packed)
        ]

    def _judged(
        self, data: bytes, path: str, seconds: float, packed: list[int] | None = None
    ) -> list[tuple[Candidate, Judged]]:
        """The candidates that count; of those that overlap, the surest. Where words are packed is put on `packed`."""
        judged: list[tuple[Candidate, Judged]] = []
        candidates = self._engine.scan(data, path, seconds, self._stop)
        if containers.key_in_binary(data):
            key = b64encode(data).decode()
            candidates = [Candidate("attestry.private-key-file", key, 0, len(data), 1, sure=True)]
        for candidate in candidates:
            if candidate.rule == hidden.MARK:
                if packed is not None:
                    packed.append(candidate.start)
                continue
            if len(judged) > 4 * MOST_HITS:
                break
            before = data[max(0, candidate.start - 200) : candidate.start].rpartition(b"\n")[2]
            after = data[candidate.end : candidate.end + 200].partition(b"\n")[0]
            verdict = judge_value(candidate, before, after, self._now)
            if verdict is not None and path:
                verdict = judge_path(candidate.rule, verdict, path)
            if verdict is not None:
                judged.append((candidate, verdict))
        return _surest(judged) if judged else judged


def _surest(judged: list[tuple[Candidate, Judged]]) -> list[tuple[Candidate, Judged]]:
    """Without those that overlap a surer one; of the same tier the rule of a provider goes before a general one."""
    order = sorted(judged, key=lambda pair: (pair[1].tier, not pair[0].sure, pair[0].rule.startswith("attestry.key-")))
    taken: dict[int, list[tuple[int, int]]] = {}
    kept = []
    for candidate, verdict in order:
        start, end = candidate.start, max(candidate.end, candidate.start + 1)
        cells = range(start >> 10, (end >> 10) + 1)
        if any(start < b and a < end for cell in cells for a, b in taken.get(cell, ())):
            continue
        for cell in cells:
            taken.setdefault(cell, []).append((start, end))
        kept.append((candidate, verdict))
    return sorted(kept, key=lambda pair: pair[0].start)


class Crew:
    """Two threads that search while another one reads, not too far ahead. The first fault is raised.

    Small pieces of work are handed over together: a history is made of many, and each hand-over costs as much as
    searching a short file.
    """

    def __init__(self, threads: int = 2) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="attestry search")
        self._room = threading.Condition()
        self._ahead = 0
        self._fault: BaseException | None = None
        self._waiting: list[Callable[[], None]] = []
        self._weight = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.wait()
        finally:
            self._pool.shutdown(wait=True, cancel_futures=error is not None)

    def give(self, weight: int, work: Callable[[], None]) -> None:
        """Have `work` done soon; waits while too much lies ahead. Raises the first fault of earlier work."""
        self._waiting.append(work)
        self._weight += max(weight, 1024)
        if self._weight >= _TOGETHER:
            self._hand_over()

    def wait(self) -> None:
        """Until all work is done. Raises the first fault of it."""
        self._hand_over()
        with self._room:
            self._room.wait_for(lambda: self._ahead == 0)
        if self._fault is not None:
            raise self._fault

    def _hand_over(self) -> None:
        works, weight = self._waiting, self._weight
        self._waiting, self._weight = [], 0
        with self._room:
            self._room.wait_for(lambda: self._fault is not None or self._ahead == 0 or self._ahead + weight <= _AHEAD)
            if self._fault is not None:
                raise self._fault
            self._ahead += weight

        def run() -> None:
            try:
                for work in works:
                    if self._fault is None:
                        work()
            except BaseException as error:  # raised again where the work was given
                self._fault = self._fault or error
            finally:
                with self._room:
                    self._ahead -= weight
                    self._room.notify_all()

        self._pool.submit(run)


def breaking(tiers: Iterable[Tier]) -> int:
    """How many of them break the page's rule."""
    return sum(tier in (Tier.A, Tier.B) for tier in tiers)
