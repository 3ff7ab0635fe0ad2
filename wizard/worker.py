"""The child that reads untrusted bytes, builds pages and looks at many hosts: limited, and killed when it is late."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import BinaryIO

from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json

#: How far a run stands back where it and the window want the same processor (POSIX nice).
_BEHIND = 10

Task = Callable[[Mapping[str, object], bytes], tuple[dict[str, object], bytes]]


def main() -> int:
    """Read one request from standard input, write one answer to standard output."""
    _limit()
    answer_to = sys.stdout.buffer
    sys.stdout = io.TextIOWrapper(io.BytesIO())  # a library that prints must not spoil the answer
    try:
        request = json.loads(sys.stdin.buffer.readline())
        body = _Body(sys.stdin.buffer, int(request["length"]))
        if request["task"] == "read_report":
            said, out = _read_report(request["ask"], body)
        elif request["task"] == "look":
            said, out = _look(request["ask"], answer_to)
        else:
            said, out = _TASKS[request["task"]](request["ask"], body.read(body.left))
    except Mistake as mistake:
        answer_to.write(json.dumps({"mistake": mistake.sentence}).encode() + b"\n")
    else:
        answer_to.write(json.dumps({"answer": said, "length": len(out)}).encode() + b"\n")
        answer_to.write(out)
    answer_to.flush()
    return 0


class _Body:
    """The bytes of a request, as they come: what reads them in pieces never holds them all."""

    def __init__(self, stream: BinaryIO, length: int) -> None:
        self._stream = stream
        self.left = length

    def read(self, size: int, /) -> bytes:
        """The next `size` bytes, fewer only at the end of the request. Raises EOFError when it was cut short."""
        wanted = min(size, self.left)
        data = self._stream.read(wanted)
        if len(data) != wanted:
            raise EOFError("the request was cut short")
        self.left -= wanted
        return data


def _limit() -> None:
    """Limits on memory, processor time, files and core dumps, where the system knows them."""
    try:
        import resource
    except ImportError:  # Windows: the deadline of the parent is the limit
        return
    memory, seconds = os.environ.get("ATTESTRY_WORKER_MEMORY"), os.environ.get("ATTESTRY_WORKER_SECONDS")
    wanted = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)]
    if seconds:  # first a signal that the parent can tell, a second later the end
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    if memory and sys.platform != "darwin":  # macOS refuses RLIMIT_AS
        wanted.append((resource.RLIMIT_AS, int(memory)))
    for what, value in wanted:
        resource.setrlimit(what, (value, value))


def _preview(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard.formats import preview

    shown = preview.render(data, page=_number(ask, "page"), width=_number(ask, "width"))
    return {"kind": shown.kind, "pages": shown.pages, "width": shown.width, "height": shown.height}, shown.data


def _text_for_marking(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard.formats import blacking_out

    return {}, blacking_out.text_of(data).encode("utf-8")


def _black_out(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard.domain.codec import from_json
    from wizard.formats import blacking_out

    boxes = from_json(tuple[blacking_out.Box, ...], _list(ask, "boxes"))
    spans = from_json(tuple[blacking_out.Span, ...], _list(ask, "spans"))
    burned = blacking_out.burn(data, boxes, spans)
    return {"places": burned.places}, burned.data


def _text(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard.formats import text

    return {}, text.extract(data).encode("utf-8", "replace")


def _words(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    """Everything of a PDF that is text, with its metadata."""
    from dataclasses import asdict

    from wizard.formats import text

    return {}, json.dumps(asdict(text.pdf_text(data))).encode()


def _build(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    from wizard.document import build, canonical

    return {}, build.build(canonical.read(data))


def _read_report(ask: Mapping[str, object], body: _Body) -> tuple[dict[str, object], bytes]:
    """The counts beside the report; without `entries` in what is asked, the report comes without them.

    `end` in what is asked are the last bytes of the file, as Latin-1 text.
    """
    from wizard import importers
    from wizard.domain.codec import to_json

    end = ask.get("end")
    report = importers.read(body, end.encode("latin-1") if isinstance(end, str) else b"")
    counts = {severity.value: count for severity, count in report.by_severity.items()}
    said: dict[str, object] = {"findings": len(report.findings), "by_severity": counts}
    if not ask.get("entries"):
        report = replace(report, entries=())
    return said, json.dumps(to_json(report), ensure_ascii=False).encode()


def _look(ask: Mapping[str, object], answer_to: BinaryIO) -> tuple[dict[str, object], bytes]:
    """A run over many hosts; its news are told as they come, and nothing is left to say at its end."""
    from wizard.checks import apart

    if hasattr(os, "nice"):
        os.nice(_BEHIND)

    def tell(news: bytes) -> None:
        answer_to.write(json.dumps({"news": {}, "length": len(news)}).encode() + b"\n" + news)
        answer_to.flush()

    apart.answer(ask, tell)
    return {}, b""


def _endpoints(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    """The endpoints in an OpenAPI document (`servers` beside them) or a list, or by host those of a recording.

    With `filed` in what is asked, a file that was never meant to list endpoints gives null.
    """
    from wizard.checks.endpoints import UnreadableEndpoints, means_endpoints, read_list, read_openapi
    from wizard.checks.recording_endpoints import read_recording
    from wizard.domain.codec import to_json

    if ask.get("recording"):
        return {}, json.dumps({host: to_json(found) for host, found in read_recording(data).items()}).encode()
    listed = bool(ask.get("list"))
    try:
        api = read_list(data.decode("utf-8-sig", "replace")) if listed else read_openapi(data)
    except UnreadableEndpoints:
        if ask.get("filed") and not means_endpoints(data, listed=listed):
            return {}, b"null"
        raise
    return {}, json.dumps(to_json(api)).encode()


def _recording(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    """What a browser's recording shows of the OAuth flow: one result."""
    from datetime import UTC, datetime

    from wizard.checks.oauth_flow import look_at_recording
    from wizard.domain.codec import to_json

    return {}, json.dumps(to_json(look_at_recording(data, datetime.now(UTC)))).encode()


def _libraries(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    """What the lockfiles and manifests of a folder, or one of them, say is used."""
    from pathlib import Path

    from wizard.checks.dependencies.listing import list_dependencies
    from wizard.domain.codec import to_json

    return {}, json.dumps(to_json(list_dependencies(Path(str(ask["path"]))))).encode()


def _access_log(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    """What an access log shows of credentials in addresses: one result."""
    from datetime import UTC, datetime

    from wizard.checks.access_log import look_at_log
    from wizard.domain.codec import to_json

    return {}, json.dumps(to_json(look_at_log(data, datetime.now(UTC)))).encode()


def _log(ask: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
    """What a log or an alert holds of the canaries in what is asked: by host, as JSON. Both are opened as they come."""
    from wizard.checks.looks.alert_mail import alert_text, refuse_mail
    from wizard.checks.looks.canary import log_text, read_log
    from wizard.domain.codec import from_json, to_json

    canaries = from_json(dict[str, tuple[str, tuple[str, ...]]], ask["canaries"])  # type: ignore[arg-type]
    if not ask.get("alert"):
        refuse_mail(data)
    text = alert_text(data) if ask.get("alert") else log_text(data)
    found = read_log(text, canaries)
    return {}, json.dumps({host: to_json(sample) for host, sample in found.items()}).encode()


def _number(ask: Mapping[str, object], key: str) -> int:
    value = ask.get(key, 0)
    return value if isinstance(value, int) else 0


def _list(ask: Mapping[str, object], key: str) -> list[Json]:
    value = ask.get(key)
    return value if isinstance(value, list) else []


_TASKS: dict[str, Task] = {
    "preview": _preview,
    "text": _text,
    "words": _words,
    "text_for_marking": _text_for_marking,
    "black_out": _black_out,
    "build": _build,
    "endpoints": _endpoints,
    "recording": _recording,
    "libraries": _libraries,
    "access-log": _access_log,
    "log": _log,
}
