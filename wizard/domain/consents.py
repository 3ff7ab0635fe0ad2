"""What a person agrees to beyond plain looks: active probes, data ports, test customers, canaries for logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.domain.payload import Payload


@dataclass(frozen=True, slots=True)
class ControlShown(Payload):
    """Whoever runs a host showed that they do: `how` is "dns" or "file"; an empty one takes it back.

    Before anything active is sent it is looked for again, so that an old event alone permits nothing.
    """

    TYPE: ClassVar[str] = "control-shown"
    host: str
    how: str = ""
    place: str = ""
    shown_by: str = ""

    @property
    def subject(self) -> str:
        """The host."""
        return self.host


@dataclass(frozen=True, slots=True)
class ActiveAgreed(Payload):
    """Before a run: the hosts that active probes may be sent to, at whose data ports it may knock, and for which a
    test customer's credential was given (the credential itself is nowhere).
    """

    TYPE: ClassVar[str] = "active-agreed"
    run: str
    statement: str
    probes: tuple[str, ...] = ()
    data_ports: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    agreed_by: str = ""


@dataclass(frozen=True, slots=True)
class CanaryRequest:
    """One request with the canary: its id, its path, the status of its answer."""

    probe: str
    path: str
    status: int


@dataclass(frozen=True, slots=True)
class CanarySent(Payload):
    """A credential that nobody issued was sent to a host, to be looked for in its logs."""

    TYPE: ClassVar[str] = "canary-sent"
    run: str
    host: str
    canary: str
    requests: tuple[CanaryRequest, ...]

    @property
    def subject(self) -> str:
        """The host."""
        return self.host
