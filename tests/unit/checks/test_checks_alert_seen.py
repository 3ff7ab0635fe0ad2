"""An alert that is handed in: it names a request of ours that was refused, in time, and it is no log."""

from __future__ import annotations

import quopri
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checks.alert_seen import look_at_alert
from wizard.checks.looks.alert_mail import alert_text, refuse_mail
from wizard.checks.looks.canary import LogSample, Sent, UnreadableLog, new_canary, read_log
from wizard.domain.observation import Level, Method, Verdict
from wizard.domain.scope import Host

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
AT = datetime(2026, 11, 28, 20, 14, tzinfo=UTC)
OPEN, SHUT = "atprobe0123456789abcdef", "atprobefedcba9876543210"
SENT = (Sent(OPEN, "/", 200), Sent(SHUT, "/v1/me", 401))
TABLE: dict[str, tuple[str, Verdict]] = {
    "a message": (f"Subject: 403 from a bad address\n\n2026-11-28T20:16:00Z request {SHUT} was refused", P),
    "capitals": (f"2026-11-28T20:16:00Z {SHUT.upper()}", P),
    "the time on another line": (f"raised at 2026-11-28T21:00:00+00:00\nrequest: {SHUT}", P),
    "another zone": (f"2026-11-28T15:20:00-0500 {SHUT}", P),
    "23 hours": (f"2026-11-29T19:14:00Z {SHUT}", P),
    "25 hours": (f"2026-11-29T21:15:00Z {SHUT}", F),
    "the days before": (f"2026-11-27T20:14:00Z {SHUT}", U),
    "no time": (f"refused: {SHUT}", W),
    "another alert": ("2026-11-28T20:16:00Z request atprobe0000000000000000 was refused", U),
    "a piece of the id": (f"2026-11-28T20:16:00Z {SHUT[:-1]}", U),
    "a log": (f"2026-11-28T20:14:01Z {OPEN} 200\n2026-11-28T20:14:01Z {SHUT} 401", U),
    "only what was let in": (f"2026-11-28T20:14:01Z {OPEN}", U),
    "nothing": ("", U),
}


def _mail(*parts: MIMEBase, subject: str = "Alert", sent: str = "Sat, 28 Nov 2026 20:16:00 +0000") -> bytes:
    mail: MIMEBase = parts[0]
    if len(parts) > 1:
        mail = MIMEMultipart()
        for part in parts:
            mail.attach(part)
    mail["From"], mail["To"] = "alerts@partner.example", "team@partner.example"
    mail["Subject"] = Header(subject, "utf-8") if not subject.isascii() else subject
    if sent:
        mail["Date"] = sent
    return mail.as_bytes()


def _quoted(text: str) -> MIMEBase:
    part = MIMENonMultipart("text", "plain", charset="iso-8859-1")
    part.set_payload(quopri.encodestring(text.encode("iso-8859-1")).decode("ascii"))
    part["Content-Transfer-Encoding"] = "quoted-printable"
    return part


def _file(text: str) -> MIMEApplication:
    part = MIMEApplication(text.encode())
    part["Content-Disposition"] = 'attachment; filename="access.log"'
    return part


WORDS = f"Refusé: {SHUT}"
WIDE = "x" * 70 + SHUT + " refused"  # broken in two by the encoding
MAILS: dict[str, tuple[bytes, Verdict]] = {
    "base64": (_mail(MIMEText(WORDS, "plain", "utf-8")), P),
    "base64 page": (_mail(MIMEText(f"<p>{WORDS}</p>", "html", "utf-8")), P),
    "quoted-printable": (_mail(_quoted(WIDE)), P),
    "in the subject": (_mail(MIMEText("See above.", "plain", "utf-8"), subject=WORDS), P),
    "mail in a mail": (
        _mail(MIMEText("fyi", "plain", "utf-8"), MIMEMessage(message_from_bytes(_mail(_quoted(WIDE))))),
        P,
    ),
    "not dated": (_mail(MIMEText(WORDS, "plain", "utf-8"), sent=""), W),
    "dated without a zone": (_mail(MIMEText(WORDS, "plain", "utf-8"), sent="Sat, 28 Nov 2026 20:16:00"), W),
    "forwarded days later": (_mail(MIMEText(WORDS, "plain", "utf-8"), sent="Wed, 2 Dec 2026 09:00:00 +0000"), U),
    "sent before": (_mail(MIMEText(WORDS, "plain", "utf-8"), sent="Fri, 27 Nov 2026 09:00:00 +0000"), U),
    "another alert": (_mail(MIMEText("atprobe0000000000000000 was refused", "plain", "utf-8")), U),
    "a log in the text": (_mail(MIMEText(f"é {OPEN} 200\n{SHUT} 401", "plain", "utf-8")), U),
    "a log attached": (_mail(MIMEText(WORDS, "plain", "utf-8"), _file(f"{OPEN} 200\n{SHUT} 401")), U),
    "a picture": (_mail(MIMEText("é", "plain", "utf-8"), MIMEApplication(b"\x89PNG\0" + SHUT.encode())), U),
    "behind a mailbox's line": (b"From alerts@partner.example Sat Nov 28 20:16:00 2026\n" + _mail(_quoted(WIDE)), P),
    "an encoding that is none": (
        _mail(_quoted(WORDS)).replace(b"quoted-printable", b"x-own").replace(b"iso-8859-1", b"x-none"),
        P,
    ),
}


@pytest.mark.parametrize("name", MAILS)
def test_what_a_saved_mail_shows(name: str) -> None:
    data, verdict = MAILS[name]
    result = look_at_alert(Host("api.example"), _sample(alert_text(data)), AT)
    assert result.verdict is verdict, result.summary


def test_a_mail_is_no_log_because_it_hides_what_it_holds() -> None:
    with pytest.raises(UnreadableLog):
        refuse_mail(_mail(MIMEText(f"é {SHUT}", "plain", "utf-8"), _file("secret")))
    refuse_mail(f"INFO: 2026-11-28T20:14:01Z {SHUT}\nContent-Type: text/plain".encode())
    refuse_mail(b"")


def test_a_mail_without_end_is_read_as_it_stands() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000))
    assert SHUT in alert_text(b"Subject: x\n" + deep + SHUT.encode())


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"Subject: =?utf-8?b?", b"Content-Type: multipart/mixed; boundary=a\n"]),
)
def test_any_bytes_are_an_alert_or_none(data: bytes, head: bytes) -> None:
    whole = b"X-Head: 1\n" + head + data
    assert alert_text(whole).startswith(whole.decode("utf-8", "replace"))


def _sample(text: str, sent: tuple[Sent, ...] = SENT) -> LogSample:
    sample = read_log(text, {"api.example": (new_canary(), [each.probe for each in sent])})["api.example"]
    return replace(sample, requests=sent, sent_at=AT)


@pytest.mark.parametrize("name", TABLE)
def test_what_an_alert_shows(name: str) -> None:
    text, verdict = TABLE[name]
    result = look_at_alert(Host("api.example"), _sample(text), AT)
    assert result.verdict is verdict, result.summary
    assert (result.level, result.method) == (Level.RECOMMENDED, Method.EXAMINE)


def test_where_nothing_was_refused_no_alert_had_to_be_raised() -> None:
    result = look_at_alert(Host("api.example"), _sample(f"2026-11-28T20:16:00Z {OPEN}", SENT[:1]), AT)
    assert result.verdict is U
    assert "none had to raise" in result.summary
    assert look_at_alert(Host("api.example"), replace(_sample(SHUT), sent_at=None), AT).verdict is U
