"""The child that reads untrusted bytes and builds pages: started with --worker, limited, killed when it is late."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import BinaryIO

from wizard.domain.mistakes import Mistake

Task = Callable[[Mapping[str, object], bytes], tuple[dict[str, object], bytes]]


def main() -> int:
    """Read one request from standard input, write one answer to standard output."""
    _limit()
    answer_to = sys.stdout.buffer
    sys.stdout = io.TextIOWrapper(io.BytesIO())  # a library that prints must not spoil the answer
    try:
        request = json.loads(sys.stdin.buffer.readline())
        data = _exactly(sys.stdin.buffer, int(request["length"]))
        said, out = _TASKS[request["task"]](request["ask"], data)
    except Mistake as mistake:
        answer_to.write(json.dumps({"mistake": mistake.sentence}).encode() + b"\n")
    else:
        answer_to.write(json.dumps({"answer": said, "length": len(out)}).encode() + b"\n")
        answer_to.write(out)
    answer_to.flush()
    return 0


def _exactly(stream: BinaryIO, length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise EOFError("the request was cut short")
    return data


def _limit() -> None:
    """Limits on memory, processor time, files and core dumps, where the system knows them."""
    try:
        import resource
    except ImportError:  # Windows: the deadline of the parent is the limit
        return
    memory, seconds = os.environ.get("ATTESTRY_WORKER_MEMORY"), os.environ.get("ATTESTRY_WORKER_SECONDS")
    wanted = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)]
    if memory and sys.platform != "darwin":  # macOS refuses RLIMIT_AS
        wanted.append((resource.RLIMIT_AS, int(memory)))
    if seconds:
        wanted.append((resource.RLIMIT_CPU, int(seconds)))
    for what, value in wanted:
        resource.setrlimit(what, (value, value))


def _preview(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard.formats import preview

    shown = preview.render(data, page=_number(ask, "page"), width=_number(ask, "width"))
    return {"kind": shown.kind, "pages": shown.pages, "width": shown.width, "height": shown.height}, shown.data


def _text(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard.formats import text

    return {}, text.extract(data).encode("utf-8", "replace")


def _build(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard.document import build, canonical

    return {}, build.build(canonical.read(data))


def _read_report(_ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard import importers
    from wizard.domain.codec import to_json

    return {}, json.dumps(to_json(importers.read(io.BytesIO(data))), ensure_ascii=False).encode()


def _number(ask: Mapping[str, object], key: str) -> int:
    value = ask.get(key, 0)
    return value if isinstance(value, int) else 0


_TASKS: dict[str, Task] = {"preview": _preview, "text": _text, "build": _build, "read_report": _read_report}
