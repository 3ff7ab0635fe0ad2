"""The words of an alert that is handed in: text as it stands, and of a saved mail also what its encodings hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from wizard.checks.looks.canary import UnreadableLog, log_text
from wizard.domain.language import _

#: RFC 5322 2.2: a mail begins with a field; a mailbox (RFC 4155) puts a line of its own before it.
_BEGINS = re.compile(rb"(?:From [^\n]{0,500}\n)?[A-Za-z][A-Za-z0-9-]{0,70}:[ \t]")
_MOST_HEAD = 64 * 1024
_MOST_PARTS = 200
_MOST_WORDS = 32 * 1024 * 1024


def refuse_mail(data: bytes) -> None:
    """A log is judged by what is not in it, and a mail hides what it holds: raises `UnreadableLog` for one."""
    head = data[:_MOST_HEAD]
    if _BEGINS.match(head) and re.search(rb"^(?:Content-Transfer-Encoding|MIME-Version):", head, re.I | re.M):
        raise UnreadableLog(_("This is a mail. Hand in the log itself, as a file."))


def alert_text(data: bytes) -> str:
    """The words of an alert. Of a mail (RFC 5322, 2045): every part that is text once base64 and quoted-printable are
    undone, attached files and mails in mails too, and the day on which each mail was sent. The mail as it stands comes
    first, so decoding never hides what was there. Raises `wizard.checks.looks.canary.UnreadableLog`.
    """
    text = log_text(data)
    if not _BEGINS.match(data.lstrip(b"\xef\xbb\xbf\r\n")):
        return text
    try:
        parts = list(message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"), policy=policy.compat32).walk())[:_MOST_PARTS]
    except RecursionError:  # mails in mails without end: what stands there as text was read
        return text
    # The days come last: of a long text only its ends are looked at for times.
    return "\n".join((text, *_bodies(parts), *(said for part in parts for said in _head(part))))


def _bodies(parts: Sequence[Message]) -> Iterator[str]:
    left = _MOST_WORDS
    for part in parts:
        payload = None if part.is_multipart() else part.get_payload(decode=True)
        if isinstance(payload, bytes) and b"\0" not in payload:
            yield _decoded(payload[: max(0, left)], part.get_content_charset("utf-8"))
            left -= len(payload)


def _head(mail: Message) -> Iterator[str]:
    """What a field says in an encoding of its own (RFC 2047), and the date in the form of logs."""
    for subject in mail.get_all("subject", [])[:4]:
        try:
            yield str(make_header(decode_header(str(subject))))
        except (ValueError, LookupError, AssertionError):
            continue
    try:
        sent = parsedate_to_datetime(str(mail.get("date", "")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return
    if sent.tzinfo is not None:
        yield f"{sent.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _decoded(payload: bytes, charset: str) -> str:
    try:
        return payload.decode(charset, "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")
