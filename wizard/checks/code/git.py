"""Reads a stranger's repository with git, so that nothing in it can run a program, open a connection or change a file.

Only plumbing is used: cat-file, diff-tree, for-each-ref, rev-list, rev-parse, check-ignore. None of them shows
signatures, runs hooks, filters, pagers or external diffs, and every setting of the repository that names a program
that could still be reached is overridden. The person's own `safe.directory` is respected.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

#: Settings that would start a program or go to the network.
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


class GitRefused(Exception):
    """Git did not want to read the repository; `args[0]` is its last line, without what it names in addresses."""


class Git:
    """One repository, read through git. `folder` is the work tree's root or a bare repository."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder = folder.absolute()
        self._program = program

    @classmethod
    def find(cls, folder: Path) -> Git | None:
        """The reader of the repository whose root is `folder`; None where no git is installed."""
        program = shutil.which("git")
        if program is None or Path(program).resolve().is_relative_to(folder.resolve()):
            return None  # never a program of the folder that is being looked at
        return cls(folder, program)

    def start(self, *words: str, stdin: int | IO[bytes] | None = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """A running git whose output is read from its pipe; end it with `end`."""
        return subprocess.Popen(
            self._command(words),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            env=self._environment(),
        )

    def ask(self, *words: str, limit: int = 16 * 1024 * 1024, seconds: float = 60) -> bytes:
        """The whole output of a short command, at most `limit` bytes. Raises GitRefused."""
        try:
            done = subprocess.run(
                self._command(words),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=tempfile.gettempdir(),
                env=self._environment(),
                timeout=seconds,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitRefused(type(error).__name__) from None
        if done.returncode:
            if b"dubious ownership" in done.stderr:
                raise GitRefused("dubious ownership")
            raise GitRefused("")
        return done.stdout[:limit]

    def lines(self, words: Sequence[str], separator: bytes = b"\n") -> Iterator[bytes]:
        """The records of a long output, one by one, in constant memory."""
        process = self.start(*words)
        try:
            yield from records(process.stdout, separator)
        finally:
            end(process)

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


def end(process: subprocess.Popen[bytes]) -> None:
    """End a git that was started, however far it is."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    if process.poll() is None:
        process.kill()
    process.wait()


def records(stream: IO[bytes] | None, separator: bytes) -> Iterator[bytes]:
    """The records of a stream, split at `separator`; one longer than a megabyte is cut."""
    assert stream is not None
    rest = b""
    while chunk := stream.read(1 << 16):
        *whole, rest = (rest + chunk).split(separator)
        yield from whole
        rest = rest[: 1 << 20]
    if rest:
        yield rest
