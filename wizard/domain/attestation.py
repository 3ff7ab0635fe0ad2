"""The signed statement over a frozen assessment: everything that the PDF shows, and nothing that it does not.

`freeze` computes the findings once into it; verification never judges again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from wizard.domain.changed import Since
from wizard.domain.disclosure import Commitment, Disclosure
from wizard.domain.evidence import Evidence
from wizard.domain.finding import Basis, Mark, State
from wizard.domain.observation import Result
from wizard.domain.questionnaire import Obligation, Source
from wizard.domain.scope import Host
from wizard.domain.vulnerability import LedgerState, Rating

#: The layout that this release writes; every released layout is rendered for ever.
LAYOUT = 1


@dataclass(frozen=True, slots=True)
class Blocker:
    """Something that stops signing, as a sentence, and where to put it right (requirement id, or a page's name)."""

    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as printed: the question in words, the answer's lines, who said it and when (claimed).

    For a table `heads` are the column labels and `rows` the cells; otherwise `lines` are the answer. A question that
    was not asked, or not answered, has its reason in `not_asked` and neither lines nor rows.
    """

    question: str
    ask: str
    lines: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    reason: str = ""
    not_asked: str = ""
    author: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """One result as printed, with how often it was looked at and how often that failed; all runs are counted."""

    result: Result
    runs: int
    failed_runs: int
    record: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """An exception as printed."""

    gap: str
    owner: str
    control: str
    until: date
    author: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement, or one part of it, with everything that was said, seen and shown."""

    id: str
    title: str
    obligation: Obligation
    state: State
    basis: Basis
    mark: Mark
    because: str
    source: Source | None = None
    contradicted: bool = False
    explanation: str = ""
    comment: str = ""
    not_applicable_reason: str = ""
    withdrawn: str = ""
    exception: Gap | None = None
    said: tuple[Said, ...] = ()
    seen: tuple[Seen, ...] = ()
    evidence: tuple[str, ...] = ()
    parts: tuple[Item, ...] = ()
    #: anything but in full: id, title, binding, source and state stand here, all else is held back
    disclosure: Disclosure = Disclosure.FULL


@dataclass(frozen=True, slots=True)
class Approved:
    """Someone who stands for a section as it is printed, since when (claimed), and by which author's key."""

    name: str
    at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """A section as printed, with those who approved it inside the app."""

    id: str
    title: str
    items: tuple[Item, ...]
    approved: tuple[Approved, ...] = ()


@dataclass(frozen=True, slots=True)
class Journal:
    """How far the history went: workspace id, number of events, head hash, and each author's public key (hex).

    `older_copies` is how often somebody went on with an older copy of a workspace.
    """

    workspace: str
    events: int
    head: str
    authors: tuple[tuple[str, str], ...]
    first_at: datetime
    clock_jumps: int = 0
    earlier_attestations: tuple[str, ...] = ()
    older_copies: int = 0


@dataclass(frozen=True, slots=True)
class Weakness:
    """One row of the vulnerability ledger as printed; days are those on the day of signing.

    `limit` is the number of days that the page allows for its severity (0: no deadline), `used` how many of them have
    gone since `began`. `closed` is the day on which it was fixed or decided not to count.
    """

    number: str
    title: str
    rating: Rating
    state: LedgerState
    score: str = ""
    source: str = ""
    place: str = ""
    names: tuple[str, ...] = ()
    began: date | None = None
    due: date | None = None
    closed: date | None = None
    used: int = 0
    limit: int = 0
    remark: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs; `fingerprint` is the SHA-256 (hex) of the signing key's SubjectPublicKeyInfo."""

    name: str
    role: str
    authority: str
    fingerprint: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """What one run was allowed beyond plain looks: at which hosts, by whom, and when."""

    run: str
    probes: tuple[str, ...]
    data_ports: tuple[str, ...]
    customers: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShownControl:
    """That somebody runs a host was shown: `how` is "dns" or "file", `place` where it was found."""

    host: str
    how: str
    place: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Attestation:
    """The whole document as data. Its RFC 8785 form is embedded in the PDF and hashed into the signed metadata."""

    format: str
    layout: int
    generator: str
    organisation: str
    integration: str
    place: str
    registration: str
    reference: str
    release: str
    demonstration: bool
    questionnaire: str
    questionnaire_version: str
    questionnaire_title: str
    questionnaire_digest: str
    questionnaire_page: str
    questionnaire_read_on: date
    #: true when the questionnaire is not one that this app ships: said on every page
    custom_questionnaire: bool
    assessed_from: date
    assessed_to: date
    signed_at: datetime
    valid_until: date
    declaration: str
    signatory: Signatory
    hosts: tuple[Host, ...]
    #: by host subject: the addresses that were connected to
    addresses: tuple[tuple[str, tuple[str, ...]], ...]
    repositories: tuple[str, ...]
    scope_statement: str
    scope_confirmed_by: str
    scope_confirmed_at: datetime | None
    #: what was agreed to be contacted, per run: run id, targets
    runs: tuple[tuple[str, tuple[str, ...]], ...]
    scoping: tuple[Item, ...]
    groups: tuple[ItemGroup, ...]
    evidence: tuple[Evidence, ...]
    journal: Journal
    notes: tuple[str, ...] = ()
    fonts: tuple[str, ...] = field(default_factory=tuple)
    #: the vulnerability ledger, open rows first, the most urgent first
    ledger: tuple[Weakness, ...] = ()
    #: a public summary: it shows less, over the same commitments as the full attestation
    summary: bool = False
    #: one salted digest for each item, in both documents; their root is what the two have in common
    commitments: tuple[Commitment, ...] = ()
    root: str = ""
    #: what changed since the attestation before it, when there was one
    since: Since | None = None
    #: what was agreed to beyond plain looks, per run
    consents: tuple[Consent, ...] = ()
    #: how it was shown that somebody runs a host
    controls: tuple[ShownControl, ...] = ()
    #: "A4" or "Letter"
    paper: str = "A4"
    #: the language of the document's own words; layout 1 knows English
    language: str = "en"


FORMAT = "attestry-attestation/1"
