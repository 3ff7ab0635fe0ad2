"""Finds candidates for secrets in bytes, in process and offline: the one adapter around the pinned engine.

Nothing else imports the engine. Of it only detection is used: asking providers whether a secret works, and revoking
one, are never referenced (a test says so), and a scan opens no socket (another one does).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from wizard.checks.code.hidden import MARK
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

if TYPE_CHECKING:
    from kingfisher_sdk import CancellationToken

#: Our own rules beside the engine's. Those whose id has a "~" are ways to write the one that stands before it.
RULES = Path(__file__).parent / "rules.yml"
#: What an archive may unfold to, in bytes and in members, and how deep archives may lie in archives.
UNFOLDED_BYTES = 64 * 1024 * 1024
UNFOLDED_MEMBERS = 5_000
UNFOLDED_DEPTH = 2
#: To look at the clock and at Stop all the time costs a third of a scan. The densest inputs known take 0.7 s of the
#: first size and 0.1 s of the second, so that neither could keep the deadline or a Stop waiting for long.
_SHORT, _SHORTER = 128 * 1024, 32 * 1024
#: Endings of paths to which rules of the engine are bound.
_TELLING = re.compile(
    r"(?:\.(?:php|tf|hcl)|_history|"
    r"(?:\A|[/\\])(?:nuget\.config|\.git[/\\]config|\.git-credentials|bitwarden[ _-]*cli[/\\]+data\.json))\Z",
    re.I,
)


class TooSlow(Exception):
    """One input took longer than its deadline: it was not fully read, and nothing is known of the rest."""


class Stopped(Exception):
    """The person pressed Stop."""


class CannotUnfold(Exception):
    """An archive, database or compiled file that could not be unfolded."""


class NoEngine(Mistake):
    """The engine or its rules could not be loaded."""


class Stop:
    """Stops a scan from any thread, within one step of the engine."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._token: CancellationToken | None = None

    def set(self) -> None:
        """Stop now."""
        self._set.set()
        with self._lock:
            if self._token is not None:
                self._token.cancel()

    @property
    def is_set(self) -> bool:
        """True once somebody pressed Stop."""
        return self._set.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until somebody presses Stop."""
        return self._set.wait(seconds)

    def check(self) -> None:
        """Raise `Stopped` once somebody pressed Stop."""
        if self._set.is_set():
            raise Stopped

    @property
    def token(self) -> CancellationToken:
        """The same for the engine."""
        return self._token or self._made()

    def _made(self) -> CancellationToken:
        from kingfisher_sdk import CancellationToken

        with self._lock:
            if self._token is None:
                self._token = CancellationToken()
                if self._set.is_set():
                    self._token.cancel()
            return self._token


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that one rule takes for a secret. `secret` lives in memory only: never shown, logged or stored whole.

    `start` and `end` are offsets into the bytes that were given, `line` counts from 1.
    `sure`: the rule knows the shape of one provider's secrets, not only a word beside a value.
    """

    rule: str
    secret: str = field(repr=False)
    start: int
    end: int
    line: int
    sure: bool
    encoded: bool = False


@dataclass(frozen=True, slots=True)
class Blob:
    """One version of a file, from a history that is read without git. `commit` is one in which it stands."""

    id: str
    path: str
    commit: str
    data: bytes = field(repr=False)
    reachable: bool = True


class SecretEngine(Protocol):
    """What the scan needs of an engine."""

    def ready(self) -> None:
        """Wait until it is loaded, so that no input's deadline runs meanwhile. Raises NoEngine."""
        ...

    def scan(self, data: bytes, path: str, seconds: float, stop: Stop) -> list[Candidate]:
        """The candidates in one input, and where packed words begin (`hidden.MARK`). Raises `TooSlow` or `Stopped`."""
        ...

    def unfold(self, data: bytes, path: str, seconds: float, stop: Stop, folder: Path) -> list[tuple[str, bytes]]:
        """The members of an archive, database or compiled file, by logical path (`outer.zip!inner`).

        `folder` is a private place for the engine's own temporary files. Raises `CannotUnfold` or `Stopped`.
        """
        ...

    def blobs(self, repository: Path, stop: Stop) -> Iterator[Blob]:
        """Every version of every file, for computers without git. Raises `CannotUnfold` or `Stopped`."""
        ...


class Kingfisher:
    """The engine with its own rules and ours, compiled once and then loaded from `cache` (a private folder).

    Compiling takes some seconds the first time and a third of one later; with `wait` off that happens beside what
    comes next, and whoever searches first waits for the rest of it. Raises NoEngine, here or then.
    """

    def __init__(self, cache: Path | None, *, wait: bool = True) -> None:
        self._loading: Future[Any] = Future()
        self._loaded: Any = None  # the same once it is there, because asking the future takes a lock
        if wait:
            self._load(cache)
            self._loading.result()
        else:
            threading.Thread(target=self._load, args=(cache,), name="attestry rules", daemon=True).start()

    def _load(self, cache: Path | None) -> None:
        try:
            from kingfisher_sdk import DetectionPolicy, Rules, ScanInput, Scanner

            if cache is not None:
                cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            rules = Rules([RULES], cache=cache is not None, cache_dir=cache)
            # Comments that silence a scanner are their author's word, not a judgement: they do not count here.
            scanner = Scanner(rules, policy=DetectionPolicy(inline_ignores=False))
            self._loading.set_result((scanner.scan_input, ScanInput))
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            why = _(
                "The secret scanner could not be started ({why}), so no code was looked at. "
                "Install Attestry again; if that does not help, send us the diagnostics."
            ).format(why=type(error).__name__)
            self._loading.set_exception(NoEngine(why))

    def ready(self) -> None:
        """Wait until it is loaded; see `SecretEngine`."""
        if self._loaded is None:
            self._loaded = self._loading.result()

    def scan(self, data: bytes, path: str, seconds: float, stop: Stop) -> list[Candidate]:
        """The candidates in one input; see `SecretEngine`."""
        self.ready()
        scan_input, made = self._loaded
        stop.check()
        if seconds <= 0:
            raise TooSlow
        try:
            timeout = seconds if len(data) > _SHORT or seconds < 1 else None
            cancellation = stop.token if len(data) > _SHORTER else None
            found = scan_input(made(_told(path), data), timeout=timeout, cancellation=cancellation)
        except TimeoutError:
            raise TooSlow from None
        except RuntimeError:
            stop.check()
            raise TooSlow from None  # the engine gave up on this input: it counts as not read
        candidates = []
        for each in found:
            if each.visible or each.rule_id == MARK:
                place = each.location
                candidates.append(
                    Candidate(
                        rule=each.rule_id.partition("~")[0],
                        secret=each.secret,
                        start=place["start_offset"],
                        end=place["end_offset"],
                        line=place["line"],
                        sure=each.confidence == "high",
                        encoded=each.is_base64_encoded,
                    )
                )
        return candidates

    def unfold(self, data: bytes, path: str, seconds: float, stop: Stop, folder: Path) -> list[tuple[str, bytes]]:
        """The members of a container; see `SecretEngine`."""
        from kingfisher_sdk import ScanInput, expand_archives, expand_content

        stop.check()
        try:
            archive = expand_archives(
                [ScanInput(_spelt(path), data)],
                depth=UNFOLDED_DEPTH,
                max_bytes=UNFOLDED_BYTES,
                max_entries=UNFOLDED_MEMBERS,
                timeout=seconds,
                cancellation=stop.token,
                temp_dir=folder,
            )
            members = expand_content(
                archive, max_bytes=UNFOLDED_BYTES, timeout=seconds, cancellation=stop.token, temp_dir=folder
            )
            return [(each.path, each.data or b"") for each in members]
        except (RuntimeError, TimeoutError, OSError, ValueError):
            stop.check()
            raise CannotUnfold from None

    def blobs(self, repository: Path, stop: Stop) -> Iterator[Blob]:
        """Every version of every file; see `SecretEngine`."""
        from kingfisher_sdk import GitScope, git_inputs

        try:
            for each in git_inputs(
                repository,
                scope=GitScope(refs=None, include_unreachable=True),
                discover=False,
                cancellation=stop.token,
            ):
                stop.check()
                yield Blob(
                    each.blob_id or "", each.path, each.commit or "", each.data or b"", reachable=not each.unreachable
                )
        except (RuntimeError, OSError, ValueError):
            stop.check()
            raise CannotUnfold from None


def _told(path: str) -> str:
    """What the engine is told of a path: only the ending by which some of its rules go.

    By itself it does not look for tokens of providers in lockfiles, pictures, fonts, wrappers of build tools and
    whatever is called jquery, and would not say so. Paths are judged by us, later; and anything may hold YAML.
    """
    ending = _TELLING.search(path) if path else None
    return f"input/{_spelt(ending[0]).lstrip('/')}" if ending else "input.yaml"


def _spelt(path: str) -> str:
    """A path as the engine takes it: bytes that are no UTF-8 become U+FFFD."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
