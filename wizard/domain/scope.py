"""What is assessed: hosts, repositories and data stores; nothing outside it is ever contacted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from wizard.domain.answers import Answer, AnswerState, Row

#: The questions that the scope is read from; every questionnaire names its tables so.
HOSTS_QUESTION = "SCOPE-1"
REPOSITORIES_QUESTION = "SCOPE-6"


@dataclass(frozen=True, slots=True)
class Host:
    """One row of the scope: a host name or address with an optional port, and what it is for.

    `private` allows special address ranges for this row only; it is printed in the PDF.
    """

    name: str
    port: int = 443
    purpose: str = ""
    environment: str = ""
    public: bool = True
    private_network: bool = False
    owner: str = ""

    @property
    def subject(self) -> str:
        """How results name it: the name, with the port unless it is 443."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port == 443 else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that the person listed; `confirmed` is true while the list is exactly what was agreed to.

    `unreadable`: what stands in the table but is no host name; nobody can look at it, so nothing there is ever "seen".
    """

    hosts: tuple[Host, ...]
    repositories: tuple[str, ...] = ()
    confirmed: bool = False
    unreadable: tuple[str, ...] = ()


_HOST = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(\[[0-9a-f:.]+\]|[^/:?#\s]+)(?::(\d{1,5}))?(?:[/?#].*)?$", re.I
)
_LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")


def parse_host(text: str) -> tuple[str, int] | None:
    """The host name (ASCII, lower case) and port in a line that a person pasted; None if there is none.

    Schemes, user names, paths, upper case, trailing dots and international names are sorted out.
    """
    found = _HOST.match(text.strip(" \t\r\n,;"))
    if not found:
        return None
    name, port = found[1].lower().rstrip("."), int(found[2] or 443)
    if not 0 < port < 65536:
        return None
    if name.startswith("["):
        return name[1:-1], port
    try:
        name = name.encode("ascii").decode() if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return None
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        return None
    return name, port


def hosts_in(answers: Mapping[str, Answer]) -> tuple[Host, ...]:
    """The hosts of the scope table, in order, each host and port once."""
    seen: dict[tuple[str, int], Host] = {}
    for row in _rows(answers, HOSTS_QUESTION):
        parsed = parse_host(row.get("host"))
        if parsed and parsed not in seen:
            seen[parsed] = Host(
                name=parsed[0],
                port=parsed[1],
                purpose=row.get("purpose"),
                environment=row.get("environment"),
                public=row.get("public") != "no",
                private_network=row.get("private_network") == "yes",
                owner=row.get("owner"),
            )
    return tuple(seen.values())


def unreadable_in(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """What was written where a host belongs and cannot be read as one."""
    found = (row.get("host").strip() for row in _rows(answers, HOSTS_QUESTION))
    return tuple(dict.fromkeys(text for text in found if text and parse_host(text) is None))


def repositories_in(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The folders and addresses of code, in order, each once."""
    found = (row.get("repository").strip() for row in _rows(answers, REPOSITORIES_QUESTION))
    return tuple(dict.fromkeys(place for place in found if place))


def scope_of(answers: Mapping[str, Answer], confirmed: tuple[Host, ...] | None) -> Scope:
    """The scope that these answers list; confirmed only while it is exactly what the person agreed to."""
    return _scope(answers.get(HOSTS_QUESTION), answers.get(REPOSITORIES_QUESTION), confirmed)


@lru_cache(maxsize=8)
def _scope(hosts_said: Answer | None, repositories: Answer | None, confirmed: tuple[Host, ...] | None) -> Scope:
    """Kept, because a window full of hosts asks for it again and again; answers never change."""
    answers = {answer.question: answer for answer in (hosts_said, repositories) if answer is not None}
    hosts = hosts_in(answers)
    return Scope(
        hosts,
        repositories_in(answers),
        confirmed=bool(hosts) and hosts == confirmed,
        unreadable=unreadable_in(answers),
    )


def _rows(answers: Mapping[str, Answer], question: str) -> tuple[Row, ...]:
    answer = answers.get(question)
    if answer is None or answer.state is not AnswerState.GIVEN or not isinstance(answer.value, tuple):
        return ()
    return tuple(row for row in answer.value if isinstance(row, Row))
