"""A test customer's credential as a person types it: a token, or a whole header line."""

from __future__ import annotations

import re

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

#: Name and value of a header field.
Field = tuple[str, str]

_FIELD = re.compile(r"^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):[ \t]*([\x21-\x7e][\x20-\x7e]{0,4000})$")
_TOKEN = re.compile(r"^[\x21-\x7e]{1,4000}$")
#: What says who and where we are: a credential in these would change the request itself.
_NOT_THESE = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "user-agent"}
)


class NoCredential(Mistake):
    """What was given cannot be a credential. The sentence never repeats it."""


def header_field(line: str) -> Field:
    """The header field: `X-Api-Key: …` as it is, a bare token as Authorization: Bearer. Raises `NoCredential`."""
    line = line.strip()
    named = _FIELD.match(line)
    if named and named[1].lower() not in _NOT_THESE:
        return named[1], named[2].rstrip()
    if named or not _TOKEN.match(line):
        raise NoCredential(
            _(
                "The credential is neither a token nor a header line such as “X-Api-Key: …”. Nothing was contacted, "
                "and it is not shown here."
            )
        )
    return "Authorization", f"Bearer {line}"
