"""What a mail address is."""

from __future__ import annotations

import re

#: A dot-atom before the @ and a host name with a dot after it (RFC 5321 4.1.2, without its quoted forms).
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def is_mail_address(text: str) -> bool:
    """True for a mail address as RFC 5321 spells it, at most 254 characters, 64 of them before the @."""
    return len(text) <= 254 and text.find("@") <= 64 and _ADDRESS.fullmatch(text) is not None
