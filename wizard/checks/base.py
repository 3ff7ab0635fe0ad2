"""The words of every live check: what was received, how it is read, how it is judged, and why nobody could look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from wizard.domain.looks import SubjectKind
from wizard.domain.observation import Json, Level, Method, Verdict
from wizard.domain.scope import Host

if TYPE_CHECKING:
    from typing import Self

    from wizard.checks.looks.ground import Ground, LookSettings

F = TypeVar("F", bound="Fact")


class TroubleKind(StrEnum):
    """Why nobody could look. None of these is ever a pass, and none is a fail."""

    NO_ADDRESS = "no-address"
    REFUSED_ADDRESS = "refused-address"
    METADATA_ADDRESS = "metadata-address"
    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BROKEN_OFF = "broken-off"
    NO_TLS = "no-tls"
    NOT_TRUSTED = "not-trusted"
    INTERCEPTED = "intercepted"
    NOT_HTTP = "not-http"
    HTTP2_ONLY = "http2-only"
    HEADERS_TOO_LONG = "headers-too-long"
    BODY_TOO_LONG = "body-too-long"
    COMPRESSED = "compressed"
    TOO_MANY_INTERIM = "too-many-interim"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    BUSY = "busy"
    LOCAL = "local"
    STARVED = "starved"
    NOT_GIVEN = "not-given"
    NOT_CONTROLLED = "not-controlled"
    OUR_FAULT = "our-fault"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One reason why nobody could look. `detail` is plain words of the system or the server, without secrets."""

    kind: TroubleKind
    detail: str = ""
    seconds: float = 0.0


class CouldNotLook(Exception):
    """Ends a look; carries its `Trouble`."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.kind.value)
        self.trouble = trouble


class Fact:
    """What one look received, raw and typed. Subclasses are frozen dataclasses that know how to look and to mask."""

    #: where it stands in the sealed record
    NAME: ClassVar[str] = ""
    #: round trips that it takes, about: the longest looks start first
    STEPS: ClassVar[int] = 2

    @classmethod
    async def look(cls, ground: Ground) -> Self:
        """Look at one host; raises `CouldNotLook`."""
        raise NotImplementedError

    @classmethod
    def wanted(cls, host: Host, settings: LookSettings) -> bool:
        """False while the person has not given what this look needs (a list, a consent): then nobody looks."""
        return True

    @classmethod
    def seconds(cls, host: Host, settings: LookSettings) -> float:
        """How much longer than usual this look may take, because politeness paces many questions."""
        return 0.0

    def masked(self) -> Self:
        """The same fact with every secret value replaced by its length and kind; judging it gives the same verdict."""
        return self


@dataclass(frozen=True, slots=True)
class Facts:
    """What the looks at one host received, or why they could not."""

    found: Mapping[type[Fact], Fact | Trouble] = field(default_factory=dict)

    def get(self, kind: type[F]) -> F:
        """The fact; raises `CouldNotLook` where there is none."""
        fact = self.found.get(kind)
        if isinstance(fact, kind):
            return fact
        raise CouldNotLook(fact if isinstance(fact, Trouble) else Trouble(TroubleKind.OUR_FAULT, kind.NAME))

    def maybe(self, kind: type[F]) -> F | None:
        """The fact, or None where nobody could look."""
        fact = self.found.get(kind)
        return fact if isinstance(fact, kind) else None


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What a judgement may know beside the reading: which host, when it was looked at, and what kind of server it is.

    `server` is "nginx", "apache", "iis", … from the answer's own hints, "" when there is none.
    """

    host: Host
    at: datetime
    server: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reading amounts to: a verdict, the sentence that says why, the excerpt that proves it, the remedy."""

    verdict: Verdict
    summary: str
    proof: str = ""
    next_step: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it needs to have been looked at, how it reads that, and how it judges the reading.

    `read` gets the facts (all `needs` are there, else the result is "could not look" without asking it) and returns a
    frozen dataclass; `judge` is a pure function of it. `version` counts the changes of the rule: whoever changes which
    verdict some facts get raises it, so that a result that was made under the older rule is told as such.
    """

    id: str
    title: Callable[[], str]
    level: Level
    source: str
    aliases: tuple[str, ...]
    needs: tuple[type[Fact], ...]
    read: Callable[[Facts], Any]
    judge: Callable[[Any, JudgeContext], Judgement]
    #: read too where there is one; without it the check says less, and is no less sure of the rest
    uses: tuple[type[Fact], ...] = ()
    about: SubjectKind = SubjectKind.HOST
    method: Method = Method.TEST
    version: int = 1

    @property
    def facts(self) -> tuple[type[Fact], ...]:
        """Everything that it reads."""
        return (*self.needs, *self.uses)

    @property
    def rule(self) -> str:
        """The rule with its version, as a result names it."""
        return f"{self.id}/{self.version}"


__all__ = [
    "Check",
    "CouldNotLook",
    "Fact",
    "Facts",
    "Json",
    "JudgeContext",
    "Judgement",
    "Trouble",
    "TroubleKind",
]
