"""A reviewer's deeds, without a workspace: verify, compare evidence, remember a key, compare two attestations."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.document.delta import delta
from wizard.document.handed_over import HandedOver
from wizard.document.handed_over import compare as compare_evidence
from wizard.document.identity import certificates
from wizard.document.lines import Line
from wizard.document.policy import Policy, Terms, history, policy
from wizard.document.rules import LARGEST_FILE
from wizard.document.verify import Outcome, Verification, verify
from wizard.domain.changed import Delta
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import Questionnaire
from wizard.session.known_keys import CannotRemember, KnownKey, KnownKeys
from wizard.session.settings import Home

if TYPE_CHECKING:
    from cryptography import x509

#: A certificate is a few kilobytes, a bundle of all public authorities a quarter of a megabyte.
_LARGEST_CERTIFICATE = 2_000_000


class CannotRead(Mistake):
    """A file that was named cannot be read."""


class CannotWrite(Mistake):
    """A file that was asked for could not be written."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reviewer gave beside the file: whom they trust (for names, for times), evidence, an older one, terms."""

    trust: tuple[Path, ...] = ()
    trust_time: tuple[Path, ...] = ()
    evidence: Path | None = None
    previous: Path | None = None
    opening: Path | None = None
    reference: str = ""
    oldest_days: int | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Everything found about one file; `problem` says why remembered keys could not be read, "" else."""

    path: Path
    size: int
    digest: str
    verification: Verification
    policy: Policy
    shown: Line
    evidence: HandedOver | None = None
    problem: str = ""

    @property
    def holds(self) -> bool:
        """True when the data are those that were signed; nothing else is worth comparing."""
        return holds(self.verification)

    @property
    def may_be_remembered(self) -> bool:
        """True when the signature holds, the pages were rebuilt, and it is not a demonstration."""
        found = self.verification
        return found.outcome is Outcome.INTACT and found.attestation is not None and not found.attestation.demonstration


def holds(found: Verification) -> bool:
    """True when the data are those that were signed, also where the pages could not be drawn again."""
    return found.attestation is not None and found.outcome in (Outcome.INTACT, Outcome.NOT_REPRODUCIBLE)


def read(path: Path) -> bytes:
    """The file's bytes, one more than rule 1 allows at most. Raises `CannotRead`."""
    return _read(path, LARGEST_FILE + 1)


def _read(path: Path, most: int) -> bytes:
    try:
        if not path.is_file():  # a pipe or a device would wait for ever
            raise FileNotFoundError(2, _("no such file"))
        with path.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise CannotRead(
            _("{name} could not be read ({why}). Nothing was checked.").format(
                name=path, why=error.strerror or type(error).__name__
            )
        ) from error


def review(path: Path, home: Home, asked: Asked | None = None) -> Reviewed:
    """Verify one file by all eleven rules. Blocking: seconds for a long document. Raises a `Mistake` for what was
    handed over and cannot be read; a hostile attestation is a verdict."""
    from wizard.session.deeds import bundling, disclosing

    asked = asked or Asked()
    roots, time_roots = _certificates(asked.trust), _certificates(asked.trust_time)
    handed_in = bundling.opened(path)
    data = handed_in.pdf if handed_in is not None else read(path)
    before = read(asked.previous) if asked.previous is not None else None
    known = KnownKeys(home.data)
    found = verify(data, known.fingerprints, roots, time_roots)
    terms = Terms(_shipped(), asked.reference, asked.oldest_days)
    lines = policy(
        found,
        known.fingerprints,
        terms,
        datetime.now(UTC).date(),
        (before, verify(before)) if before is not None else None,
    )
    problem = known.problem or (handed_in.trouble if handed_in is not None else "")
    shown = disclosing.shown(found, asked.opening)
    reviewed = Reviewed(path, len(data), hashlib.sha256(data).hexdigest(), found, lines, shown, None, problem)
    if handed_in is not None and reviewed.holds and found.attestation is not None:
        reviewed = replace(reviewed, evidence=bundling.compared(found.attestation, handed_in))
    if asked.evidence is not None and reviewed.holds:
        reviewed = replace(reviewed, evidence=evidence(reviewed, asked.evidence))
    return reviewed


def _certificates(files: Sequence[Path]) -> list[x509.Certificate]:
    return [one for file in files for one in certificates(_read(file, _LARGEST_CERTIFICATE), file.name)]


@cache
def _shipped() -> Mapping[str, Questionnaire]:
    """The questionnaires that come with this version, by digest."""
    from wizard.session.opening import shipped_questionnaires

    return {questionnaire.digest: questionnaire for questionnaire in shipped_questionnaires()}


def evidence(reviewed: Reviewed, folder: Path) -> HandedOver:
    """Compare a folder with the digests of an attestation that was reviewed. Raises `NotAFolder`."""
    attestation = reviewed.verification.attestation
    return compare_evidence(attestation.evidence if attestation else (), folder)


def remember(reviewed: Reviewed, home: Home, *, instead: bool = False) -> KnownKey:
    """Remember the key that signed for its organisation; `instead` of the one remembered before, where there is one.

    Raises `CannotRemember`.
    """
    found = reviewed.verification
    if not reviewed.may_be_remembered or found.attestation is None:
        raise CannotRemember(
            _("This key is not remembered: only that of an intact attestation is, and never that of a demonstration.")
        )
    key = KnownKey(found.attestation.organisation, found.fingerprint, found.signer, datetime.now(UTC))
    KnownKeys(home.data).remember(key, replace=instead)
    return key


@dataclass(frozen=True, slots=True)
class Compared:
    """Two attestations, verified; `delta` is None when one of them does not hold. `history` is rule 11."""

    old: Verification
    new: Verification
    history: Line
    delta: Delta | None


def compare(old: Path, new: Path, home: Home) -> Compared:
    """What changed between two files. Raises `CannotRead`, and `OtherPartner` when they are of two partners."""
    data = read(old), read(new)
    known = KnownKeys(home.data).fingerprints
    before, after = verify(data[0], known), verify(data[1], known)
    return compared(data[0], before, after)


def compared(old: bytes, before: Verification, after: Verification) -> Compared:
    """The same for files that were verified already; `old` are the bytes of the earlier one."""
    both = (before.attestation, after.attestation)
    changed = None
    if both[0] is not None and both[1] is not None and holds(before) and holds(after):
        changed = delta(both[0], both[1])
    return Compared(before, after, history(after, (old, before)), changed)


def print_delta(found: Compared, out: Path) -> None:
    """Write what changed between two attestations that hold as an unsigned PDF. Raises `CannotWrite`."""
    from wizard.document.build import build_delta
    from wizard.session.writing import write

    old, new = found.old, found.new
    if old.attestation is None or new.attestation is None or not (holds(old) and holds(new)):
        raise CannotWrite(_("Nothing was printed: both must hold data that are intact."))
    try:
        write(out, build_delta(old.attestation, new.attestation, found.history.sentence))
    except OSError as error:
        raise CannotWrite(
            _("{name} could not be written there ({why}). Nothing was printed. Choose another folder.").format(
                name=out.name, why=error.strerror or type(error).__name__
            )
        ) from error
