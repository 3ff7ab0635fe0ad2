"""Everything that can happen to an assessment: the payloads, and the signed envelope that carries each of them.

The envelope is final from the first commit (a signed chain cannot be migrated). A payload's `type` and `version` are
written into the envelope; every released version stays in `KINDS` and is read for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from wizard.domain.answers import Answer
from wizard.domain.approvals import SectionApproved as SectionApproved
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.consents import ActiveAgreed as ActiveAgreed
from wizard.domain.consents import CanaryRequest as CanaryRequest
from wizard.domain.consents import CanarySent as CanarySent
from wizard.domain.consents import ControlShown as ControlShown
from wizard.domain.copies import OlderCopyAccepted as OlderCopyAccepted
from wizard.domain.disclosure import DisclosureSet as DisclosureSet
from wizard.domain.evidence import Evidence, Sealed
from wizard.domain.leaked_secrets import SecretDisposed as SecretDisposed
from wizard.domain.leaked_secrets import SecretVerdict as SecretVerdict
from wizard.domain.members import Member
from wizard.domain.observation import Json, Result
from wizard.domain.payload import Payload as Payload
from wizard.domain.renewal import Renewed as Renewed
from wizard.domain.scope import Host
from wizard.domain.weaknesses import ReportRead as ReportRead
from wizard.domain.weaknesses import VulnerabilityDisposed as VulnerabilityDisposed
from wizard.domain.weaknesses import VulnerabilityMerged as VulnerabilityMerged
from wizard.domain.weaknesses import VulnerabilityNoted as VulnerabilityNoted


@dataclass(frozen=True, slots=True)
class AssessmentStarted(Payload):
    """A new pass through one questionnaire version. `demonstration` can never be taken back."""

    TYPE: ClassVar[str] = "assessment-started"
    questionnaire: str
    questionnaire_version: str
    questionnaire_digest: str
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class AssessmentDescribed(Payload):
    """Who applies and with what: the words of page 1."""

    TYPE: ClassVar[str] = "assessment-described"
    organisation: str
    integration: str
    place: str = ""
    registration: str = ""
    #: an optional text that the reviewer hands out; part of the signed data
    reference: str = ""
    target: date | None = None


@dataclass(frozen=True, slots=True)
class AnswerGiven(Payload):
    """A question was answered, or its answer changed. A given answer that is blank was emptied: it is forgotten."""

    TYPE: ClassVar[str] = "answer-given"
    answer: Answer

    @property
    def subject(self) -> str:
        """The question."""
        return self.answer.question


@dataclass(frozen=True, slots=True)
class CommentSet(Payload):
    """The note beside a requirement was written, changed or (empty) removed."""

    TYPE: ClassVar[str] = "comment-set"
    requirement: str
    text: str

    @property
    def subject(self) -> str:
        """The requirement."""
        return self.requirement


@dataclass(frozen=True, slots=True)
class NotApplicableClaimed(Payload):
    """Someone says that a requirement does not apply, and why; an empty reason takes it back."""

    TYPE: ClassVar[str] = "not-applicable-claimed"
    requirement: str
    reason: str

    @property
    def subject(self) -> str:
        """The requirement."""
        return self.requirement


@dataclass(frozen=True, slots=True)
class ScopeConfirmed(Payload):
    """The person agreed that exactly these hosts may be looked at, with the statement; no hosts takes it back."""

    TYPE: ClassVar[str] = "scope-confirmed"
    hosts: tuple[Host, ...]
    statement: str
    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class Looked(Payload):
    """One look-run on one host (or on the answers): all its results, and the sealed record that proves them.

    `record` is the sealed record's SHA-256 of the clear bytes, "" when nothing was received that could be kept.
    `targets` is the list that the person agreed to for this run.
    """

    TYPE: ClassVar[str] = "looked"
    run: str
    host: str
    results: tuple[Result, ...]
    record: str = ""
    record_name: str = ""
    targets: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The host."""
        return self.host


@dataclass(frozen=True, slots=True)
class EvidenceAdded(Payload):
    """A file was sealed into the evidence box, or a new revision of one (`evidence.replaces`)."""

    TYPE: ClassVar[str] = "evidence-added"
    evidence: Evidence

    @property
    def subject(self) -> str:
        """The evidence."""
        return self.evidence.id


@dataclass(frozen=True, slots=True)
class EvidenceFiled(Payload):
    """What a piece of evidence supports, its note or its expiry changed."""

    TYPE: ClassVar[str] = "evidence-filed"
    evidence: str
    requirements: tuple[str, ...]
    note: str = ""
    expires: date | None = None

    @property
    def subject(self) -> str:
        """The evidence."""
        return self.evidence


@dataclass(frozen=True, slots=True)
class EvidenceRemoved(Payload):
    """A piece of evidence no longer counts; its sealed bytes stay, and its name stays in the journal."""

    TYPE: ClassVar[str] = "evidence-removed"
    evidence: str

    @property
    def subject(self) -> str:
        """The evidence."""
        return self.evidence


@dataclass(frozen=True, slots=True)
class EvidenceRestored(Payload):
    """A removal was undone."""

    TYPE: ClassVar[str] = "evidence-restored"
    evidence: str

    @property
    def subject(self) -> str:
        """The evidence."""
        return self.evidence


@dataclass(frozen=True, slots=True)
class ExceptionSet(Payload):
    """A known gap with owner, compensating control and date. Empty: taken back; half full: it does not count."""

    TYPE: ClassVar[str] = "exception-set"
    requirement: str
    gap: str = ""
    owner: str = ""
    control: str = ""
    until: date | None = None

    @property
    def subject(self) -> str:
        """The requirement."""
        return self.requirement


@dataclass(frozen=True, slots=True)
class ContradictionExplained(Payload):
    """Why an answer stands although a look says otherwise; an empty text takes it back. It never changes a state."""

    TYPE: ClassVar[str] = "contradiction-explained"
    requirement: str
    text: str

    @property
    def subject(self) -> str:
        """The requirement."""
        return self.requirement


@dataclass(frozen=True, slots=True)
class SignatoryNamed(Payload):
    """Who signs, in which role, and what gives them the authority."""

    TYPE: ClassVar[str] = "signatory-named"
    name: str
    role: str
    authority: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Attested(Payload):
    """An attestation was signed and verified: its file, its data, its key, and how far the journal went then.

    `summary_digest` is the SHA-256 of the public summary that was signed with it, `data` the sealed canonical data.
    """

    TYPE: ClassVar[str] = "attested"
    file_name: str
    file_digest: str
    data_digest: str
    key_fingerprint: str
    events: int
    head: str
    valid_until: date | None = None
    summary_name: str = ""
    summary_digest: str = ""
    data: Sealed | None = None


@dataclass(frozen=True, slots=True)
class ClockJumped(Payload):
    """The computer's clock moved by more than five minutes against the monotonic clock, in seconds."""

    TYPE: ClassVar[str] = "clock-jumped"
    seconds: int


@dataclass(frozen=True, slots=True)
class MemberAdded(Payload):
    """Someone takes part from now on, or in another role; the key's fingerprint was compared before."""

    TYPE: ClassVar[str] = "member-added"
    member: Member

    @property
    def subject(self) -> str:
        """The member's key."""
        return self.member.author


@dataclass(frozen=True, slots=True)
class MemberRemoved(Payload):
    """Someone no longer takes part: what they write from now on has no effect, and nothing more is sealed to them."""

    TYPE: ClassVar[str] = "member-removed"
    author: str

    @property
    def subject(self) -> str:
        """The member's key."""
        return self.author


@dataclass(frozen=True, slots=True)
class AssignmentSet(Payload):
    """Who answers a requirement or a section, and until when; without an owner it is taken back."""

    TYPE: ClassVar[str] = "assignment-set"
    about: str
    owner: str = ""
    due: date | None = None

    @property
    def subject(self) -> str:
        """The requirement or section."""
        return self.about


@dataclass(frozen=True, slots=True)
class EvidenceRequested(Payload):
    """A request file was written: its hash (hex), who it is for, what it asks, until when."""

    TYPE: ClassVar[str] = "evidence-requested"
    request: str
    to: str
    requirements: tuple[str, ...]
    due: date | None = None
    hosts: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The request."""
        return self.request


@dataclass(frozen=True, slots=True)
class RequestClosed(Payload):
    """Nobody is waited for any more because of this request."""

    TYPE: ClassVar[str] = "request-closed"
    request: str

    @property
    def subject(self) -> str:
        """The request."""
        return self.request


@dataclass(frozen=True, slots=True)
class ReplyAdded(Payload):
    """A teammate's sealed reply was added: to which request, whose, how many entries and files, its digest (hex)."""

    TYPE: ClassVar[str] = "reply-added"
    request: str
    author: str
    entries: int
    files: int
    digest: str

    @property
    def subject(self) -> str:
        """The request."""
        return self.request


@dataclass(frozen=True, slots=True)
class VersionChosen(Payload):
    """Of versions that people wrote without having seen each other's, one counts from now on.

    `field` names the field (`versions.field_of`), `among` the hashes of the entries that it was chosen from; the
    chosen one is repeated with who wrote it, because a later entry of its author may have replaced it meanwhile.
    """

    TYPE: ClassVar[str] = "version-chosen"
    field: str
    among: tuple[str, ...]
    author: str
    type: str
    version: int
    #: the chosen payload as JSON text
    content: str

    @property
    def subject(self) -> str:
        """The field."""
        return self.field


@dataclass(frozen=True, slots=True)
class Unknown(Payload):
    """An event type of a newer app: kept, passed on, never guessed at. `about` is the envelope's subject."""

    TYPE: ClassVar[str] = "unknown"
    type: str
    version: int
    content: Json = None
    about: str = ""

    @property
    def subject(self) -> str:
        """What the newer app says that it is about."""
        return self.about


#: Every kind of event that this app knows, each released version of it.
KINDS: tuple[type[Payload], ...] = (
    AssessmentStarted,
    AssessmentDescribed,
    AnswerGiven,
    CommentSet,
    NotApplicableClaimed,
    ScopeConfirmed,
    Looked,
    EvidenceAdded,
    EvidenceFiled,
    EvidenceRemoved,
    EvidenceRestored,
    ExceptionSet,
    ContradictionExplained,
    SignatoryNamed,
    Attested,
    ClockJumped,
    OlderCopyAccepted,
    MemberAdded,
    MemberRemoved,
    AssignmentSet,
    EvidenceRequested,
    RequestClosed,
    ReplyAdded,
    VersionChosen,
    ReportRead,
    VulnerabilityNoted,
    VulnerabilityDisposed,
    VulnerabilityMerged,
    SecretDisposed,
    DisclosureSet,
    Renewed,
    ControlShown,
    ActiveAgreed,
    CanarySent,
    SectionApproved,
)

_KNOWN = {(kind.TYPE, kind.VERSION): kind for kind in KINDS}


def payload_json(payload: Payload) -> Json:
    """The payload as JSON, without its type and version (those are in the envelope)."""
    return payload.content if isinstance(payload, Unknown) else to_json(payload)


def read_payload(type_: str, version: int, data: Json, subject: str = "") -> Payload:
    """The payload of an event; `Unknown` for types and versions of a newer app, which keeps the envelope's `subject`.

    Raises `codec.Unreadable`.
    """
    kind = _KNOWN.get((type_, version))
    if kind is None:
        return Unknown(type=type_, version=version, content=data, about=subject)
    payload = from_json(kind, data)
    if not isinstance(payload, Payload):
        raise Unreadable(f"{type_}: not an event")
    return payload


@dataclass(frozen=True, slots=True)
class Envelope:
    """The signed part of an event: SHA-256 over its RFC 8785 form with the prefix `PREFIX`, Ed25519 by its author.

    `author` is the SHA-256 (hex) of the author's raw Ed25519 public key; `previous` the hash of the author's event
    before this one ("" for the first); `parents` the hashes that this event replaces or follows; `commitment` the
    SHA-256 of `COMMITMENT_PREFIX` + 16-byte salt + canonical payload; `at` the claimed time; `monotonic` nanoseconds
    since `boot`, which names one stretch of the steady clock (short of 2^53, where RFC 8785 numbers stop being exact).
    """

    v: int
    workspace: str
    author: str
    sequence: int
    previous: str
    parents: tuple[str, ...]
    type: str
    version: int
    subject: str
    commitment: str
    at: datetime
    monotonic: int
    boot: str
    app: str
    questionnaire: str


PREFIX = b"attestry event v1\x00"
COMMITMENT_PREFIX = b"attestry payload v1\x00"
SIGNATURE_PREFIX = b"attestry signature v1\x00"


@dataclass(frozen=True, slots=True)
class Event:
    """A recorded event: envelope, its hash (hex), the author's signature, the payload and its salt."""

    envelope: Envelope
    hash: str
    signature: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    payload: Payload


@dataclass(frozen=True, slots=True)
class Carried:
    """An event as it travels between people: the exact bytes that were hashed and signed (RFC 8785 JSON)."""

    envelope: bytes
    signature: bytes
    salt: bytes
    payload: bytes
