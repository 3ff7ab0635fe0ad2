"""Reads a stranger's repository with git, so that nothing in it can run a program, open a connection or change a file.

Only plumbing is used: cat-file, diff-tree, for-each-ref, rev-list, rev-parse, check-ignore. None of them shows
signatures, runs hooks, filters, pagers or external diffs, and every setting of the repository that names a program
that could still be reached is overridden. The person's own `safe.directory` is respected.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from wizard.checks.code.engine import Stop

if sys.platform == "linux":
    import fcntl

#: Settings that would start a program or go to the network, turned off; and how much memory git takes.
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.alternateRefsCommand=false",
    "core.askPass=",
    "credential.helper=",
    "diff.external=",
    "gpg.program=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "maintenance.auto=false",
    "gc.auto=0",
    # of a pack no more than this is held at a time, however long the history is
    "core.packedGitWindowSize=16m",
    "core.packedGitLimit=96m",
)
_KEPT = (
    "PATH",
    "HOME",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "XDG_CONFIG_HOME",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
)


#: So many bytes lie between git and its reader, as many as Linux allows anybody.
_PIPE = 1 << 20
#: So long is waited for more to lie there; git takes longer to fill it.
_MOMENT = 0.002
#: A git that says nothing for so many seconds while somebody waits will never say anything.
SILENCE = 20.0


class GitRefused(Exception):
    """Git did not want to read the repository; `args[0]` is its last line, without what it names in addresses."""


class Git:
    """One repository, read through git. `folder` is the work tree's root or a bare repository."""

    def __init__(self, folder: Path, program: str, stop: Stop) -> None:
        self.folder = folder.absolute()
        self._program = program
        self._stop = stop
        self._watch = _Watch(stop)

    @classmethod
    def find(cls, folder: Path, stop: Stop | None = None) -> Git | None:
        """The reader of the repository whose root is `folder`; None where no git is installed."""
        program = shutil.which("git")
        if program is None or Path(program).resolve().is_relative_to(folder.resolve()):
            return None  # never a program of the folder that is being looked at
        return cls(folder, program, stop or Stop())

    @property
    def stuck(self) -> bool:
        """Whether one that was waited for said nothing for too long and was ended."""
        return self._watch.stuck

    def start(self, *words: str, stdin: int | IO[bytes] | None = subprocess.DEVNULL) -> Running:
        """A running git whose output is read from its pipe; end it with `end`. Raises GitRefused."""
        return self._started(words, stdin, subprocess.DEVNULL)

    def _started(self, words: Sequence[str], stdin: int | IO[bytes] | None, stderr: int) -> Running:
        self._stop.check()
        if self._watch.stuck:
            raise GitRefused("silent")
        try:
            process = Running(
                self._command(words),
                bufsize=_PIPE,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                cwd=tempfile.gettempdir(),
                env=self._environment(),
            )
        except OSError as error:
            raise GitRefused(type(error).__name__) from None
        process.widen()
        self._watch.add(process)
        return process

    def ask(self, *words: str, limit: int = 16 * 1024 * 1024) -> bytes:
        """The whole output of a short command, at most `limit` bytes. Raises GitRefused or Stopped."""
        process = self._started(words, subprocess.DEVNULL, subprocess.PIPE)
        try:
            with process.waiting():
                out, said = process.communicate()
        finally:
            end(process)
        self._stop.check()
        if process.returncode:
            if b"dubious ownership" in said:
                raise GitRefused("dubious ownership")
            raise GitRefused("")
        return out[:limit]

    def lines(self, words: Sequence[str], separator: bytes = b"\n") -> Iterator[bytes]:
        """The records of a long output, one by one, in constant memory. Raises GitRefused at the end if git failed."""
        process = self.start(*words)
        try:
            yield from records(process, separator)
            with process.waiting():
                failed = process.wait() != 0
        finally:
            end(process)
        self._stop.check()
        if failed:
            raise GitRefused("")

    def _command(self, words: Sequence[str]) -> list[str]:
        command = [self._program, "--no-pager", "--no-optional-locks", "--no-replace-objects"]
        for setting in _SETTINGS:
            command += ["-c", setting]
        return [*command, "-C", str(self.folder), *words]

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return kept | {
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "",
            "GIT_SSH_COMMAND": "false",
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_PAGER": "cat",
            # the repository that the person named, never one around it
            "GIT_CEILING_DIRECTORIES": str(self.folder.parent.resolve()),
        }


class Running(subprocess.Popen[bytes]):
    """A git that runs, since when somebody has been waiting for it (0: nobody is), and how patiently."""

    since = 0.0
    patience = 1.0

    def gather(self, stop: Stop) -> None:
        """For a long output: take it in large pieces, for which this waits a moment where little is there."""
        assert isinstance(self.stdout, io.BufferedReader)
        self.stdout = io.BufferedReader(_Gathered(self.stdout.detach(), stop), _PIPE)

    def widen(self) -> None:
        """Let it write far ahead, so that the two take turns rarely; where that cannot be had it goes on as it is."""
        if sys.platform == "linux" and self.stdout is not None:
            with contextlib.suppress(OSError):
                fcntl.fcntl(self.stdout, fcntl.F_SETPIPE_SZ, _PIPE)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Somebody waits for it: it may not be silent for too long."""
        self.since = time.monotonic()
        try:
            yield
        finally:
            self.since = 0.0

    def line(self) -> bytes:
        """The next line of its output, b"" at the end."""
        assert self.stdout is not None
        self.since = time.monotonic()
        data = self.stdout.readline()
        self.since = 0.0
        return data

    def read(self, size: int) -> bytes:
        """So many bytes of its output, fewer at the end."""
        assert self.stdout is not None
        self.since = time.monotonic()
        data = self.stdout.read(size)
        self.since = 0.0
        return data


class _Gathered(io.RawIOBase):
    """A pipe whose writer is left alone for a moment after a small piece: waking for each one costs both of them."""

    def __init__(self, pipe: io.RawIOBase, stop: Stop) -> None:
        self._pipe = pipe
        self._stop = stop
        self._last = _PIPE

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        if self._last < _PIPE // 4:
            self._stop.wait(_MOMENT)
        self._last = self._pipe.readinto(into) or 0
        return self._last

    def close(self) -> None:
        self._pipe.close()
        super().close()


class _Watch:
    """Ends every git that keeps somebody waiting in silence (a pipe in place of a file does), and all at a Stop."""

    def __init__(self, stop: Stop) -> None:
        self.stuck = False
        self._stop = stop
        self._running: set[Running] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, process: Running) -> None:
        with self._lock:
            self._running.add(process)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="attestry git", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        tick = threading.Event()
        while True:
            tick.wait(0.05)
            with self._lock:
                self._running = {each for each in self._running if each.returncode is None}
                if not self._running:
                    self._thread = None
                    return
                for process in self._running:
                    silent = bool(process.since) and time.monotonic() - process.since > SILENCE * process.patience
                    self.stuck = self.stuck or silent
                    if silent or self._stop.is_set:
                        process.kill()


def end(process: Running) -> None:
    """End a git that was started, however far it is."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    if process.poll() is None:
        process.kill()
    process.wait()


def records(process: Running, separator: bytes) -> Iterator[bytes]:
    """The records of its output, split at `separator`; one longer than a megabyte is cut."""
    rest = b""
    while chunk := process.read(1 << 16):
        *whole, rest = (rest + chunk).split(separator)
        yield from whole
        rest = rest[: 1 << 20]
    if rest:
        yield rest
