"""Runs work on untrusted bytes in a child process that can be killed: JSON and bytes over pipes, never pickles.

The request on the child's standard input is one line of JSON (`{"task", "ask", "length"}`), then `length` bytes. The
answer on its standard output is one line of JSON (`{"answer", "length"}` or `{"mistake"}`), then bytes; news come
before it in the same form (`{"news", "length"}`). All are capped here. The child has limits on memory, time and
files where the system offers them (rlimit on Linux and macOS; on Windows only the deadline).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json

#: What the child may send at most.
ANSWER_LIMIT = 256 * 1024 * 1024
_HEAD_LIMIT = 16 * 1024 * 1024
_PIECE = 256 * 1024
#: How a child ends that used up its processor time, and how long one may take to end.
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 0) or None
_ENDING = 2.0


class WorkerFailed(Mistake):
    """The child ended without an answer: it crashed, used too much, or took too long."""


class WorkerRefused(Mistake):
    """The child read the bytes and says in a sentence why it cannot use them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the child said: JSON, and bytes beside it."""

    said: Mapping[str, Json]
    data: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child may use: seconds on the wall, bytes of memory, and seconds of a processor.

    `cpu` is for work that a busy machine may keep waiting: what runs wild is stopped by it, on the wall it may take
    longer. Where the system does not know that limit (Windows), it is the limit on the wall.
    """

    seconds: float = 30
    memory: int = 1024 * 1024 * 1024
    cpu: float | None = None

    @property
    def of_a_processor(self) -> float:
        """When the system stops the child."""
        return self.seconds if self.cpu is None else self.cpu

    @property
    def on_the_wall(self) -> float:
        """When the parent gives up."""
        return self.seconds if self.cpu is None or sys.platform != "win32" else self.cpu


def command() -> list[str]:
    """How this program starts itself as a worker."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker"]
    return [sys.executable, "-P", "-m", "wizard", "--worker"]


async def ask(
    task: str,
    question: Mapping[str, Json],
    data: bytes = b"",
    limits: Limits | None = None,
    hear: Callable[[Answer], None] = lambda news: None,
) -> Answer:
    """Do `task` in a child and return its answer; `hear` gets the news before it. Cancelling kills the child.

    Raises `WorkerRefused` with the child's own sentence, `WorkerFailed` when there is no answer within the limits.
    """
    limits = limits or Limits()
    environment = {k: v for k, v in os.environ.items() if k in _PASSED_ON}
    environment["PYTHONPATH"] = _OURSELVES
    environment["ATTESTRY_WORKER_MEMORY"] = str(limits.memory)
    environment["ATTESTRY_WORKER_SECONDS"] = str(int(limits.of_a_processor) + 1)
    child = await _started(environment)
    try:
        return await asyncio.wait_for(_talk(child, task, question, data, hear), limits.on_the_wall)
    except TimeoutError as error:
        raise WorkerFailed(_too_long(limits.on_the_wall)) from error
    except WorkerFailed:
        with contextlib.suppress(TimeoutError):
            if await asyncio.wait_for(child.wait(), _ENDING) == _OUT_OF_TIME:
                raise WorkerFailed(_too_long(limits.of_a_processor)) from None
        raise
    finally:
        await _ended(child)


async def _started(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    """A new child. Cancelling does not let go of one that is half started: nobody would ever end it."""
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *command(), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, limit=_HEAD_LIMIT
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _ended(await starting)
        raise


async def _ended(child: asyncio.subprocess.Process) -> None:
    """Wait for its end, also when that is cancelled: the loop must not be closed over a child that it still follows."""
    if child.returncode is None:
        child.kill()
    ending = asyncio.create_task(child.wait())
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        await asyncio.wait({ending})
        raise


async def _talk(
    child: asyncio.subprocess.Process,
    task: str,
    question: Mapping[str, Json],
    data: bytes,
    hear: Callable[[Answer], None],
) -> Answer:
    if child.stdin is None or child.stdout is None:
        raise WorkerFailed(_no_answer())
    head = json.dumps({"task": task, "ask": question, "length": len(data)}).encode()

    async def send(pipe: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):  # the child may refuse before it has read everything
            pipe.write(head + b"\n")
            for start in range(0, len(data), _PIECE):  # in pieces: the pipe's buffer must not hold a second copy
                pipe.write(memoryview(data)[start : start + _PIECE])
                await pipe.drain()
            await pipe.drain()
            pipe.close()

    sending = asyncio.create_task(send(child.stdin))
    try:
        while True:
            line = await child.stdout.readline()
            told = json.loads(line) if line.endswith(b"\n") else None
            if not isinstance(told, dict):
                raise WorkerFailed(_no_answer())
            if isinstance(sentence := told.get("mistake"), str):
                raise WorkerRefused(sentence)
            are_news = "news" in told
            said, length = told.get("news" if are_news else "answer"), told.get("length")
            if not isinstance(said, dict) or not isinstance(length, int) or not 0 <= length <= ANSWER_LIMIT:
                raise WorkerFailed(_no_answer())
            answer = Answer(said, await child.stdout.readexactly(length))
            if not are_news:
                return answer
            hear(answer)
    except (ValueError, asyncio.IncompleteReadError) as error:
        raise WorkerFailed(_no_answer()) from error
    finally:
        sending.cancel()
        await asyncio.wait([sending])


def _too_long(seconds: float) -> str:
    return _("Reading this took longer than {n} seconds and was stopped. Nothing was changed.").format(n=int(seconds))


def _no_answer() -> str:
    return _(
        "This could not be read: the reader stopped without an answer, as it does with damaged files or ones that "
        "need too much memory. Nothing was changed."
    )


_OURSELVES = str(Path(__file__).resolve().parent.parent.parent)

#: Nothing else of the environment reaches the child: it may hold tokens.
_PASSED_ON = frozenset(
    {
        "PATH",
        "HOME",
        "LANG",
        "LC_ALL",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
        "LD_LIBRARY_PATH",
        "CI",
        "TZ",
        "SSL_CERT_FILE",  # what this computer trusts, and how it finds addresses: a look in a child sees the same
        "SSL_CERT_DIR",
        "OPENSSL_CONF",
        "RES_OPTIONS",
        "LOCALDOMAIN",
        "PYTHONHASHSEED",
    }
)
