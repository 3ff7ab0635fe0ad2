"""Reads the whole history of a repository as one stream of objects: every branch, tag, stash and removed commit.

Memory does not grow with the number of commits: objects pass by once, and only those with a secret are remembered. A
second pass, over the commits alone, then says at which path and in which commit each of them first appeared.
"""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from wizard.checks.code import containers, packs
from wizard.checks.code.coverage import Counting, GapKind
from wizard.checks.code.engine import CannotUnfold, SecretEngine, Stop
from wizard.checks.code.git import Git, GitRefused, Running, end, records
from wizard.checks.code.leak import Leak, Where
from wizard.checks.code.searching import WINDOW, Crew, Hit, Search
from wizard.checks.code.texts import Batch, TreeNames
from wizard.checks.code.tiers import judge_path
from wizard.checks.code.tree import shown

#: So many objects with secrets are remembered; a history with more is said to be partly listed.
_MOST = 20_000
_PATHS = 20

Tick = Callable[[], None]


@dataclass
class _Memory:
    """What is remembered of the stream: the objects with secrets, never their contents."""

    blobs: dict[str, list[Hit]] = field(default_factory=dict)
    messages: list[Leak] = field(default_factory=list)
    names: list[Leak] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def read_history(git: Git, search: Search, counting: Counting, stop: Stop, tick: Tick, crew: Crew) -> list[Leak]:
    """Every secret of the history. What could not be read is said in `counting`. Raises Stopped.

    `crew` searches, after what it has been given already; it has nothing left to do when this returns.
    """
    counting.has_history = True
    memory = _Memory()
    try:
        with tempfile.TemporaryFile(prefix="attestry-commits-") as commits:
            _listed(git, search, counting, stop, tick, memory, commits, crew)
            crew.wait()
            leaks = _placed(git, search, counting, stop, tick, memory.blobs, commits) if memory.blobs else []
            if git.stuck:  # not this one, but it was asked which files it ignores
                counting.gap(GapKind.GIT_REFUSED, "silent")
    except GitRefused as refused:
        counting.gap(GapKind.GIT_REFUSED, refused.args[0])
        crew.wait()
        leaks = [
            leak for id, hits in memory.blobs.items() for leak in _those(hits, Where.HISTORY, "", f"@{id[:12]}", "")
        ]
    if max(len(memory.blobs), len(memory.messages), len(memory.names)) >= _MOST:
        counting.gap(GapKind.TOO_MANY, "")
    return memory.messages + memory.names + leaks


def read_without_git(folder: Path, engine: SecretEngine, search: Search, counting: Counting, stop: Stop) -> list[Leak]:
    """The same through the engine's own reader, where no git is installed: without messages of tags and names."""
    counting.has_history = True
    counting.gap(GapKind.NO_GIT, "")
    leaks = []
    try:
        for blob in engine.blobs(folder, stop):
            counting.add(versions=1, bytes=len(blob.data))
            for hit in search.data(blob.data, blob.path):
                where = Where.HISTORY if blob.reachable else Where.UNREACHABLE
                leaks.append(_leak(hit, where, search.clean(blob.path), blob.commit))
    except CannotUnfold:
        counting.gap(GapKind.DAMAGED, "")
    return leaks


def _completeness(git: Git, counting: Counting) -> None:
    if git.ask("rev-parse", "--is-shallow-repository").strip() == b"true":
        counting.gap(GapKind.SHALLOW, "")
    try:
        promisor = git.ask("config", "--local", "--get-regexp", r"^(remote\..*\.promisor|extensions\.partialclone)$")
    except GitRefused:
        promisor = b""  # git says 1 where there is no such setting
    if promisor.strip():
        counting.gap(GapKind.PARTIAL_CLONE, "")


def _refs(git: Git, search: Search, counting: Counting, memory: _Memory, crew: Crew) -> None:
    batch = Batch(search)
    for line in git.lines(("for-each-ref", "--format=%(refname)")):
        counting.refs += 1
        batch.add(line.decode("utf-8", "surrogateescape"), line)
        if batch.full:
            _search_names(crew, batch, search, memory, Where.REF_NAME)
    _search_names(crew, batch, search, memory, Where.REF_NAME)


def _listed(
    git: Git,
    search: Search,
    counting: Counting,
    stop: Stop,
    tick: Tick,
    memory: _Memory,
    commits: IO[bytes],
    crew: Crew,
) -> None:
    """Hand every object to the crew, and say where that is not all that there is."""
    whole = packs.worth_reading(git.folder)
    listing = git.start(
        *("cat-file", "--batch-all-objects", "--unordered", "--buffer"),
        "--batch-check=%(objectname)" if whole else "--batch",
    )
    listing.gather(stop)
    # meanwhile, whether everything that refs lead to is there: what is missing is not listed above
    connected = git.start("rev-list", "--objects", "--all", "--quiet")
    listing.patience, connected.patience = 6, 60  # both begin by sorting what may be millions of names
    try:
        _completeness(git, counting)
        _refs(git, search, counting, memory, crew)
        given = _whole_blobs(whole, search, counting, stop, tick, memory, crew)
        with _others(git, listing, given, stop) if whole else contextlib.nullcontext(listing) as process:
            _objects(process, search, counting, stop, tick, memory, commits, crew)
            stop.check()
            with connected.waiting():
                complete = connected.wait() == 0
            listed = process.wait() == 0 and listing.wait() == 0
        if not listed or not (complete or counting.has(GapKind.PARTIAL_CLONE)):
            counting.gap(GapKind.DAMAGED, "")
    except EOFError:
        stop.check()
        counting.gap(GapKind.DAMAGED, "")
    finally:
        end(listing)
        end(connected)


def _whole_blobs(
    indexes: list[Path],
    search: Search,
    counting: Counting,
    stop: Stop,
    tick: Tick,
    memory: _Memory,
    crew: Crew,
) -> set[bytes]:
    """Hand over what can be read without git; its ids."""
    given: set[bytes] = set()
    for index in indexes:
        for packed in packs.whole_blobs(index, WINDOW):
            stop.check()
            id = packed.id.encode()
            if id not in given:
                given.add(id)
                _give_packed(packed, search, counting, memory, crew)
                tick()
    return given


def _give_packed(packed: packs.Packed, search: Search, counting: Counting, memory: _Memory, crew: Crew) -> None:
    def work() -> None:
        data = packed.content()
        if data is None:
            counting.gap(GapKind.DAMAGED, packed.id)
            return
        _say_stand_in(data, counting)
        _remember(memory, packed.id, search.data(data, ""))

    counting.add(versions=1, bytes=packed.size)
    crew.give(len(packed.data), work)


@contextlib.contextmanager
def _others(git: Git, listing: Running, given: set[bytes], stop: Stop) -> Iterator[Running]:
    """A git that reads all that is listed and was not given yet."""
    with tempfile.TemporaryFile(prefix="attestry-objects-") as left:
        for id in records(listing, b"\n"):
            stop.check()
            if id not in given:
                left.write(id + b"\n")
        left.seek(0)
        process = git.start("cat-file", "--buffer", "--batch", stdin=left)
        process.gather(stop)
        try:
            yield process
        finally:
            end(process)


def _objects(
    process: Running,
    search: Search,
    counting: Counting,
    stop: Stop,
    tick: Tick,
    memory: _Memory,
    commits: IO[bytes],
    crew: Crew,
) -> None:
    """The objects of `cat-file --batch`: a line of id, kind and size, so many bytes, a line break. Raises EOFError."""
    messages = {b"commit": Batch(search), b"tag": Batch(search)}
    trees = TreeNames(search, counting)
    while header := process.line():
        stop.check()
        parts = header.split()
        if len(parts) != 3:
            counting.gap(GapKind.DAMAGED, shown(header[:80].decode("ascii", "replace").strip()))
            continue
        id, type_, size = parts[0].decode("ascii"), parts[1], int(parts[2])
        if type_ == b"blob":
            _blob(id, size, process, search, counting, memory, crew)
        else:
            data = _exactly(process, size)
            if type_ == b"tree":
                trees.add(data, len(id) // 2)
                if trees.names.full:
                    _search_names(crew, trees.names, search, memory, Where.PATH_NAME)
            else:
                batch = messages[type_]
                batch.add(id, data)
                if batch.full:
                    _search_messages(crew, batch, type_, memory)
                if type_ == b"commit":
                    counting.commits += 1
                    commits.write(parts[0] + b"\n")
        process.read(1)
        tick()
    for kind, batch in messages.items():
        _search_messages(crew, batch, kind, memory)
    _search_names(crew, trees.names, search, memory, Where.PATH_NAME)


def _blob(
    id: str, size: int, process: Running, search: Search, counting: Counting, memory: _Memory, crew: Crew
) -> None:
    counting.add(versions=1, bytes=size)
    if size > WINDOW:  # searched here, window by window, so that it never lies in memory whole
        left = size

        def read(wanted: int) -> bytes:
            nonlocal left
            data = _exactly(process, min(wanted, left))
            left -= len(data)
            return data

        hits = search.stream(read, size, f"@{id[:12]}")
        while left:
            read(WINDOW)
        _remember(memory, id, hits)
        return
    data = _exactly(process, size)
    _say_stand_in(data, counting)
    if size:
        crew.give(size, lambda: _remember(memory, id, search.data(data, "")))


def _say_stand_in(data: bytes, counting: Counting) -> None:
    """Of what stands in place of a file, that the file was not seen."""
    if containers.lfs_pointer(data):
        counting.gap(GapKind.LFS, "")
    elif containers.git_crypt(data):
        counting.gap(GapKind.GIT_CRYPT, "")


def _remember(memory: _Memory, id: str, hits: list[Hit]) -> None:
    if hits:
        with memory.lock:
            if len(memory.blobs) < _MOST:
                memory.blobs[id] = hits


def _search_messages(crew: Crew, batch: Batch, kind: bytes, memory: _Memory) -> None:
    weight, find = batch.size, batch.take()
    where = Where.COMMIT_MESSAGE if kind == b"commit" else Where.TAG_MESSAGE

    def work() -> None:
        for id, hit in find():
            with memory.lock:
                if len(memory.messages) < _MOST:
                    memory.messages.append(_leak(hit, where, "", id))

    crew.give(weight, work)


def _search_names(crew: Crew, batch: Batch, search: Search, memory: _Memory, where: Where) -> None:
    weight, find = batch.size, batch.take()

    def work() -> None:
        for name, hit in find():
            with memory.lock:
                if len(memory.names) < _MOST:
                    memory.names.append(_leak(replace(hit, line=0), where, search.clean(name), ""))

    crew.give(weight, work)


def _placed(
    git: Git,
    search: Search,
    counting: Counting,
    stop: Stop,
    tick: Tick,
    blobs: dict[str, list[Hit]],
    commits: IO[bytes],
) -> list[Leak]:
    """The hits of all blobs with path and first commit, from one pass over the commits."""
    seen: dict[str, dict[bytes, tuple[int, str]]] = {}
    commits.seek(0)
    process = git.start(
        *("diff-tree", "--stdin", "--root", "-r", "-c", "--no-renames", "--no-abbrev", "-z"),
        *("--no-ext-diff", "--no-textconv", "--ignore-submodules", "--pretty=tformat:%H %ct"),
        stdin=commits,
    )
    try:
        at, commit, wanted, path_follows = 0, "", "", False
        for record in records(process, b"\x00"):
            if path_follows:
                path_follows = False
                if wanted:
                    _first_place(seen.setdefault(wanted, {}), record, (at, commit))
            elif record.lstrip(b"\n").startswith(b":"):
                path_follows = True
                id = _blob_of(record.lstrip(b"\n"))
                wanted = id if id in blobs else ""
            else:
                stop.check()
                tick()
                words = record.decode("ascii", "replace").split()
                if len(words) == 2 and words[1].lstrip("-").isdigit():
                    commit, at = words[0], int(words[1])
    finally:
        end(process)
    commits_of = {commit for places in seen.values() for _at, commit in places.values()}
    try:
        reachable = _reachable(git, commits_of, stop)
    except GitRefused as refused:  # one broken ref is enough for that
        counting.gap(GapKind.GIT_REFUSED, refused.args[0])
        reachable = commits_of
    staged = _staged(git, set(blobs) - set(seen))
    leaks = []
    for id, hits in blobs.items():
        places = seen.get(id) or {staged.get(id, b""): (0, "")}
        for raw, (at, commit) in places.items():
            path = raw.decode("utf-8", "surrogateescape")
            where = Where.HISTORY if commit in reachable else Where.UNREACHABLE
            name = search.clean(path) if path else f"@{id[:12]}"
            leaks += [((at, commit), leak) for leak in _those(hits, where, path, name, commit)]
    # searched by several threads, they came in any order
    return [leak for _first, leak in sorted(leaks, key=lambda pair: pair[0])]


def _those(hits: list[Hit], where: Where, path: str, name: str, commit: str) -> list[Leak]:
    """The hits of one blob at one of its paths, where they still count; `path` is "" where none is known."""
    judged = [(hit, judge_path(hit.rule, hit.judged, hit.inside or path)) for hit in hits]
    return [_leak(replace(hit, judged=j), where, name, commit) for hit, j in judged if j is not None]


def _first_place(paths: dict[bytes, tuple[int, str]], path: bytes, place: tuple[int, str]) -> None:
    """Keep the earliest commit of each path."""
    first = paths.get(path)
    if (first is None and len(paths) < _PATHS) or (first is not None and place < first):
        paths[path] = place


def _blob_of(record: bytes) -> str:
    """The new blob of a raw diff line: `:100644 100644 OLD NEW M`, or of a merge `::… OLD OLD NEW MM`."""
    parents = len(record) - len(record.lstrip(b":"))
    words = record.split()
    return words[2 * parents + 1].decode("ascii") if len(words) >= 2 * parents + 3 else "-"


def _reachable(git: Git, commits: set[str], stop: Stop) -> set[str]:
    """Those commits that some ref leads to."""
    found: set[str] = set()
    for line in git.lines(("rev-list", "--all")):
        stop.check()
        id = line.decode("ascii", "replace")
        if id in commits:
            found.add(id)
            if len(found) == len(commits):
                break
    return found


def _staged(git: Git, blobs: set[str]) -> dict[str, bytes]:
    """The paths of blobs that are staged only."""
    found: dict[str, bytes] = {}
    if not blobs:
        return found
    for record in git.lines(("ls-files", "--stage", "-z"), b"\x00"):
        meta, _tab, path = record.partition(b"\t")
        words = meta.split()
        if len(words) == 3 and words[1].decode("ascii", "replace") in blobs:
            found[words[1].decode("ascii")] = path
    return found


def _leak(hit: Hit, where: Where, file: str, commit: str) -> Leak:
    inside = f"!{hit.inside}" if hit.inside else ""
    return Leak(
        rule=hit.rule,
        tier=hit.judged.tier,
        where=where,
        file=file + inside,
        line=hit.line,
        commit=commit,
        masked=hit.masked,
        fingerprint=hit.fingerprint,
        because=hit.judged.because,
    )


def _exactly(process: Running, size: int) -> bytes:
    data = process.read(size)
    if len(data) != size:
        raise EOFError
    return data
