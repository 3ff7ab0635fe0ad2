"""Looks for secrets in a folder and in its whole Git history: the one entry for shell, session and tests."""

from __future__ import annotations

import io
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from wizard.checks.code.coverage import Counting, Coverage, GapKind
from wizard.checks.code.engine import SecretEngine, Stop
from wizard.checks.code.git import Git, GitRefused
from wizard.checks.code.history import read_history, read_without_git
from wizard.checks.code.ignored import Ignored
from wizard.checks.code.leak import Leak, Masker, Tier, Where
from wizard.checks.code.searching import Crew, Hit, ReadPdf, Search, no_pdf
from wizard.checks.code.tiers import IGNORED
from wizard.checks.code.tree import Seen, git_folder_files, is_bare, open_regular, shown, walk

_EVERY = 0.1  # seconds between two pieces of news
_BATCH = 128 * 1024


@dataclass(frozen=True, slots=True)
class News:
    """How far a scan is, and what it has found since the last news."""

    files: int
    bytes: int
    versions: int
    commits: int
    leaks: tuple[Leak, ...] = ()


@dataclass(frozen=True, slots=True)
class SecretScan:
    """What a scan found, surest first, and how much it looked at."""

    leaks: tuple[Leak, ...]
    coverage: Coverage

    def count(self, tier: Tier) -> int:
        """How many places of one tier."""
        return sum(leak.tier is tier for leak in self.leaks)


def scan_secrets(
    root: Path,
    engine: SecretEngine,
    masker: Masker,
    now: datetime,
    *,
    stop: Stop | None = None,
    report: Callable[[News], None] = lambda news: None,
    everything: bool = False,
    read_pdf: ReadPdf = no_pdf,
) -> SecretScan:
    """Look at a folder (a work tree, a bare repository, or any folder) or at one file. Raises Stopped.

    `report` is called from several threads, about ten times a second, and `read_pdf` for each PDF. Nothing is written
    below `root`, no program of it is run, and no connection is opened.
    """
    stop = stop or Stop()
    counting = Counting()
    with tempfile.TemporaryDirectory(prefix="attestry-scan-") as folder:
        search = Search(engine, masker, counting, stop, Path(folder), now, read_pdf)
        scan = _Scan(root, engine, search, counting, stop, report, everything)
        try:
            leaks = scan.run()
        except BaseException:
            stop.set()
            raise
    coverage = counting.freeze()
    gaps = tuple(replace(gap, places=tuple(search.clean(place) for place in gap.places)) for gap in coverage.gaps)
    return SecretScan(leaks, replace(coverage, gaps=gaps))


class _Scan:
    def __init__(
        self,
        root: Path,
        engine: SecretEngine,
        search: Search,
        counting: Counting,
        stop: Stop,
        report: Callable[[News], None],
        everything: bool,
    ) -> None:
        self._root = root.absolute()
        self._engine = engine
        self._search = search
        self._counting = counting
        self._stop = stop
        self._report = report
        self._everything = everything
        self._leaks: list[Leak] = []
        self._fresh: list[Leak] = []
        self._lock = threading.Lock()
        self._told = 0.0
        #: files of the work tree; Git's own are counted with all others
        self._own_files = 0

    def run(self) -> tuple[Leak, ...]:
        git_folder = _git_folder(self._root, self._stop)
        git = Git.find(self._root, self._stop) if git_folder is not None else None
        if git_folder is None and (around := _repository_around(self._root)) is not None:
            self._counting.gap(GapKind.INSIDE_REPOSITORY, shown(str(around)))
        bare = git_folder == self._root
        with Ignored(git if not bare else None) as ignored, Crew() as crew:
            if not bare:
                self._tree(crew, ignored)
            if git_folder is not None and git_folder.is_dir():
                for seen in git_folder_files(git_folder, self._counting, self._stop):
                    self._give(crew, seen, Where.GIT_FOLDER, None)
            if git is not None:  # read while the files are searched: the history comes after them
                self._keep(read_history(git, self._search, self._counting, self._stop, self._tell, crew))
        if git is None and git_folder is not None:
            self._tell(force=True)
            self._keep(read_without_git(git_folder, self._engine, self._search, self._counting, self._stop))
        if not self._own_files and not self._counting.versions:  # an empty folder holds no secret, and shows nothing
            self._counting.gap(GapKind.NO_FILES, "")
        self._tell(force=True)
        return merged(self._leaks)

    def _tree(self, crew: Crew, ignored: Ignored) -> None:
        names: list[str] = []
        size = 0
        for seen in walk(self._root, self._counting, self._stop, everything=self._everything):
            self._own_files += 1
            self._give(crew, seen, Where.FILE, ignored)
            names.append(seen.name)
            size += len(seen.name)
            if size > _BATCH:
                self._names(crew, names)
                names, size = [], 0
        self._names(crew, names)

    def _names(self, crew: Crew, names: list[str]) -> None:
        def work() -> None:
            for hit in self._search.text("\n".join(names)):
                name = names[hit.line - 1] if hit.line <= len(names) else ""
                self._keep([_leak(replace(hit, line=0), Where.PATH_NAME, self._search.clean(name))])

        crew.give(_BATCH, work)

    def _give(self, crew: Crew, seen: Seen, where: Where, ignored: Ignored | None) -> None:
        crew.give(min(seen.size, 16 * 1024 * 1024), lambda: self._file(seen, where, ignored))

    def _file(self, seen: Seen, where: Where, ignored: Ignored | None) -> None:
        self._stop.check()
        try:
            descriptor = open_regular(seen.path)
        except OSError:
            self._counting.gap(GapKind.UNREADABLE, shown(seen.name))
            return
        try:
            with io.FileIO(descriptor, closefd=True) as file:
                hits = self._search.stream(lambda wanted: _read(file, wanted), seen.size, seen.name)
        except OSError:
            self._counting.gap(GapKind.UNREADABLE, shown(seen.name))
            return
        self._counting.add(files=1, bytes=seen.size)
        if hits:
            if where is Where.FILE and ignored is not None and ignored(seen.name):
                where = Where.IGNORED_FILE
            name = self._search.clean(seen.name)
            self._keep([_leak(hit, where, name) for hit in hits])
        self._tell()

    def _keep(self, leaks: list[Leak]) -> None:
        with self._lock:
            self._leaks += leaks
            self._fresh += leaks

    def _tell(self, force: bool = False) -> None:
        now = time.monotonic()
        with self._lock:
            if not force and now - self._told < _EVERY:
                return
            self._told = now
            fresh, self._fresh = tuple(self._fresh), []
        c = self._counting
        self._report(News(c.files, c.bytes, c.versions, c.commits, fresh))


def merged(leaks: list[Leak]) -> tuple[Leak, ...]:
    """One leak for a secret, a rule and a file: the one on disk with the commit in which it first appeared. Those of
    the history come with the earliest commit first."""
    found: dict[tuple[str, str, str], Leak] = {}
    for leak in leaks:
        key = (leak.fingerprint, leak.rule, leak.file or f"{leak.where}:{leak.commit}")
        other = found.get(key)
        if other is None:
            found[key] = leak
            continue
        first = min((other, leak), key=lambda each: list(Where).index(each.where))
        stored = sum(each.versions for each in (leak, other) if each.where not in (Where.FILE, Where.IGNORED_FILE))
        found[key] = replace(
            first,
            commit=first.commit or other.commit or leak.commit,
            tier=min(leak.tier, other.tier),
            because="" if "" in (leak.because, other.because) else first.because,
            versions=max(stored, 1),
        )
    return tuple(sorted(found.values(), key=lambda each: (each.tier, each.file, each.line, each.rule)))


def _leak(hit: Hit, where: Where, file: str) -> Leak:
    tier, because = hit.judged.tier, hit.judged.because
    if where is Where.IGNORED_FILE:
        tier, because = Tier.C, IGNORED
    return Leak(
        rule=hit.rule,
        tier=tier,
        where=where,
        file=f"{file}!{hit.inside}" if hit.inside else file,
        line=hit.line,
        commit="",
        masked=hit.masked,
        fingerprint=hit.fingerprint,
        because=because,
    )


def _read(file: io.FileIO, wanted: int) -> bytes:
    """Exactly so many bytes, fewer only at the end of the file."""
    parts: list[bytes] = []
    while wanted > 0 and (part := file.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _git_folder(root: Path, stop: Stop) -> Path | None:
    """Where Git keeps the repository whose root this is; None when it is none."""
    inside = root / ".git"
    if inside.is_dir():
        return inside
    if inside.is_file():
        git = Git.find(root, stop)
        try:
            place = git.ask("rev-parse", "--git-common-dir").decode("utf-8", "surrogateescape").strip() if git else ""
        except GitRefused:
            place = ""
        return (root / place) if place else inside
    return root if is_bare(root) else None


def _repository_around(root: Path) -> Path | None:
    """The repository that a folder lies in without being its root."""
    return next((parent for parent in root.resolve().parents if (parent / ".git").exists()), None)
