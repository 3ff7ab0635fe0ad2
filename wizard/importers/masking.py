"""Takes secret values out of texts that come from other tools' reports, before anything is kept."""

from __future__ import annotations

import re

_KEPT = 4
_WORTH_A_PREFIX = 16

#: Names whose value is a secret, in URLs, headers, cookies and assignments.
_NAMES = (
    r"[\w.\-]{0,40}(?:passw(?:or)?d|passwd|pwd|secret|token|api[_\-]?key|apikey|access[_\-]?key|private[_\-]?key|"
    r"session(?:[_\-]?id)?|sessid|jsessionid|phpsessid|signature|credential|auth)[\w.\-]{0,40}"
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S)
_KNOWN = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|npm_|sk_live_|rk_live_|sk-|AIza|ya29\.|SG\.|hvs\.|pypi-)[\w.\-]{12,}"
    r"|\beyJ[\w\-]{8,}\.[\w\-]{4,}(?:\.[\w\-]*)?"
)
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/@:]{1,200}:[^\s/@]{1,200}(?=@)")
_HEADER = re.compile(r"(?im)\b((?:set-)?cookie|(?:proxy-)?authorization|x-api-key)(\s*:\s*)[^\r\n]+")
_ASSIGNED = re.compile(
    rf"(?i)\b({_NAMES}[\"'`]?\s{{0,9}}(?:=>|:=|=|:)\s{{0,9}})"
    r"(?:([\"'`])([^\"'`]{4,400})|([^\s\"'`&;,<>(){}]{4,400}))"
)


def mask(secret: str) -> str:
    """What may be shown of a secret: at most its first four characters, and how long it is."""
    shown = secret[:_KEPT] if len(secret) >= _WORTH_A_PREFIX else ""
    return f"{shown}… ({len(secret)})"


def masked(text: str) -> str:
    """`text` with known tokens, private keys, credentials in addresses, cookies and assigned secrets masked."""
    if len(text) < 8:
        return text
    if "-----BEGIN" in text:
        text = _PRIVATE_KEY.sub("(private key)", text)
    text = _KNOWN.sub(lambda found: mask(found[0]), text)
    if "://" in text:
        text = _IN_ADDRESS.sub("…", text)
    if ":" in text or "=" in text:
        text = _HEADER.sub(lambda found: f"{found[1]}{found[2]}…", text)
        text = _ASSIGNED.sub(lambda found: f"{found[1]}{found[2] or ''}{mask(found[3] or found[4])}", text)
    return text
