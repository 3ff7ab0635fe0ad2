"""Signs: says what stops it, freezes the assessment, builds and signs the PDF, and verifies what was just written."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import wizard
from wizard.domain import events as e
from wizard.domain.attestation import Attestation, Blocker, Journal
from wizard.domain.freeze import blockers as domain_blockers
from wizard.domain.freeze import counts_until, freeze
from wizard.domain.language import _
from wizard.domain.members import Role
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import LOOK_IS_FRESH_FOR, Method, Observation
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.deeds import looking, sharing, vulnerabilities
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.document.keys import SigningKey
    from wizard.document.verify import Verification
    from wizard.vault.verification import Verification as Checked

#: Where the vault keeps the signing key.
SIGNING_KEY = "signing-key"


class Blocked(Mistake):
    """Signing was asked for while something stops it."""


class NotWritten(Mistake):
    """The signed file could not be put where it was wanted."""


class NotVerified(Mistake):
    """What was written does not verify; it was taken away again."""


@dataclass(frozen=True, slots=True)
class VaultKey:
    """Sign with the key that is made at first use and kept in the vault."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """Sign with a PKCS#12 file; the passphrase is used once and not kept."""

    path: Path
    passphrase: bytes

    def __repr__(self) -> str:
        """Without the passphrase."""
        return f"FileKey({self.path.name!r})"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed and verified attestation on disk."""

    path: Path
    size: int
    digest: str
    attestation: Attestation
    verification: Verification


def verify_workspace(session: Session, hear: Hear = lambda event: None) -> Job[Checked]:
    """Check the whole journal and every sealed file; the first job after opening, and signing waits for it."""

    async def work(progress: Progress) -> Checked:
        verification = await asyncio.to_thread(
            session.workspace.verify, lambda done, total: progress(done, total, _("Checking the journal"))
        )
        problems = list(verification.problems)
        items = tuple(session.assessment.evidence.values())
        for number, item in enumerate(items):
            progress(number, len(items), _("Checking the evidence"))
            if sentence := await asyncio.to_thread(session.workspace.box.verify, item.sealed):
                problems.append(f"{item.name}: {sentence}")
        checked = replace(verification, ok=not problems, problems=tuple(problems))
        session.verification = checked
        return checked

    return session.runner.start(work, _("Checking that nothing was changed"), hear)


def blockers(session: Session) -> tuple[Blocker, ...]:
    """Everything that stops signing now; nothing when it may be signed."""
    verification = session.verification
    problems = verification.problems if verification else (_("The journal has not been checked yet. Wait a moment."),)
    found = domain_blockers(
        session.questionnaire, session.assessment, session.findings, problems, session.clock().date()
    )
    if session.read_only:
        return (Blocker("sign", session.read_only_because), *found)
    if session.assessment.role_of(session.workspace.author) not in (Role.LEAD, Role.SIGNATORY):
        sentence = _(
            "You take part as a contributor, and a signatory or the lead signs. Ask them to, or to raise your role."
        )
        return (Blocker("sign", sentence), *found)
    return found


def stale_looks(session: Session) -> tuple[Observation, ...]:
    """Live looks older than 24 hours: signing offers to repeat them."""
    now = session.clock()
    found = (o.result for finding in session.findings.values() for o in finding.observations)
    in_scope = {(result.check, result.subject) for result in found}
    return tuple(
        o
        for key, o in session.assessment.observations.items()
        if key in in_scope and o.result.method is Method.TEST and now - o.result.at > LOOK_IS_FRESH_FOR
    )


def draft(session: Session, fingerprint: str = "") -> Attestation:
    """The attestation as it would be signed now, with the versions that draw it: an update is not a forgery."""
    from wizard.document.renderer import renderer

    now = session.clock().replace(microsecond=0)
    assessment = session.assessment
    workspace = session.workspace
    signatory = assessment.signatory
    first_at = assessment.started_at or now
    frozen = freeze(
        session.questionnaire,
        assessment,
        session.findings,
        signed_at=now,
        valid_until=counts_until(session.questionnaire, assessment, now.date()),
        fingerprint=fingerprint,
        journal=Journal(
            workspace=workspace.id,
            events=assessment.events,
            head=assessment.head,
            authors=_authors(session),
            first_at=first_at.replace(microsecond=0),
            clock_jumps=assessment.clock_jumps,
            earlier_attestations=tuple(
                noted.payload.file_digest for noted in assessment.attestations if isinstance(noted.payload, e.Attested)
            ),
        ),
        generator=f"Attestry {wizard.__version__}",
        custom_questionnaire=session.custom_questionnaire,
        ledger=vulnerabilities.ledger(session),
        author_names={
            **sharing.names(session),
            **({workspace.author: signatory.name} if signatory and signatory.name else {}),
        },
    )
    return replace(frozen, fonts=renderer())


def _authors(session: Session) -> tuple[tuple[str, str], ...]:
    """Everyone whose entries the journal holds, with their public keys; whoever signs first."""
    workspace = session.workspace
    others = workspace.journal.public_keys().items()
    return (
        (workspace.author, workspace.author_public),
        *sorted((author, key.hex()) for author, key in others if author != workspace.author),
    )


def draft_pages(session: Session, hear: Hear = lambda event: None) -> Job[bytes]:
    """The unsigned PDF as it would be signed now, built in the child."""

    async def work(progress: Progress) -> bytes:
        progress(0, 0, _("Laying out the pages"))
        return await _build(await asyncio.to_thread(draft, session))

    return session.runner.start(work, _("Laying out the pages"), hear)


def sign(
    session: Session, out: Path, key: VaultKey | FileKey | None = None, hear: Hear = lambda event: None
) -> Job[Signed]:
    """Freeze, build, sign, write to `out`, verify what was written, and record it.

    The job fails with `Blocked` while something stops signing. A file that is already there is replaced only by a
    finished and verified one.
    """

    async def work(progress: Progress) -> Signed:
        progress(0, 5, _("Checking that nothing was changed"))
        if session.verification is None or session.verification.events != session.assessment.events:
            await asyncio.wrap_future(verify_workspace(session).result)
        if (looked := looking.what_follows(session)) is not None:
            await asyncio.wrap_future(session.record(looked))
        stopping = blockers(session)
        if stopping:
            raise Blocked(
                _("Nothing was signed: {n} things must be put right first. The first: {first}").format(
                    n=len(stopping), first=stopping[0].sentence
                )
            )
        progress(1, 5, _("Getting the key"))
        signing_key = await asyncio.to_thread(_key, session, key or VaultKey())
        attestation = await asyncio.to_thread(draft, session, signing_key.fingerprint)
        progress(2, 5, _("Laying out the pages"))
        unsigned = await _build(attestation)
        progress(3, 5, _("Signing"))
        signed = await asyncio.to_thread(_sign, unsigned, signing_key, attestation)
        progress(4, 5, _("Verifying what was written"))
        done = await asyncio.to_thread(_write, session, out, signed, attestation, signing_key)
        await asyncio.wrap_future(
            session.record(
                e.Attested(
                    file_name=out.name,
                    file_digest=done.digest,
                    data_digest=hashlib.sha256(_canonical(attestation)).hexdigest(),
                    key_fingerprint=signing_key.fingerprint,
                    events=attestation.journal.events,
                    head=attestation.journal.head,
                    valid_until=attestation.valid_until,
                )
            )
        )
        return done

    return session.runner.start(work, _("Signing"), hear)


async def _build(attestation: Attestation) -> bytes:
    from wizard.jobs import worker_process

    data = await asyncio.to_thread(_canonical, attestation)
    limits = worker_process.Limits(seconds=300, memory=3 * 1024**3)
    return (await worker_process.ask("build", {}, data, limits)).data


def _canonical(attestation: Attestation) -> bytes:
    from wizard.document import canonical

    return canonical.canonical(attestation)


def _sign(unsigned: bytes, key: SigningKey, attestation: Attestation) -> bytes:
    from wizard.document.sign import sign as sign_pdf

    return sign_pdf(unsigned, key, attestation)


def _key(session: Session, wanted: VaultKey | FileKey) -> SigningKey:
    from wizard.document.keys import SigningKey

    if isinstance(wanted, FileKey):
        try:
            data = wanted.path.read_bytes()
        except OSError as error:
            raise NotWritten(
                _("The certificate file {name} could not be read. Nothing was signed. Choose another one.").format(
                    name=wanted.path.name
                )
            ) from error
        return SigningKey.from_p12(data, wanted.passphrase)
    kept = session.workspace.secrets.get(SIGNING_KEY)
    if kept is not None:
        return SigningKey.from_bytes(kept)
    assessment = session.assessment
    signatory = assessment.signatory or e.SignatoryNamed("", "", "")
    made = SigningKey.make(
        signatory.name,
        assessment.described.organisation,
        signatory.email,
        demonstration=assessment.demonstration,
    )
    session.workspace.secrets.put(SIGNING_KEY, made.to_bytes())
    return made


def _write(session: Session, out: Path, signed: bytes, attestation: Attestation, key: SigningKey) -> Signed:
    from wizard.document.verify import Outcome, verify

    partly = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        try:
            partly.write_bytes(signed)
            written = partly.read_bytes()
            verification = verify(written, {attestation.organisation: key.fingerprint})
            if verification.outcome is not Outcome.INTACT:
                raise NotVerified(
                    _("The signed file did not verify after it was written, so it was taken away. Try another place.")
                )
            partly.replace(out)
        finally:
            partly.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritten(
            _("{name} could not be written there ({why}). Nothing was signed. Choose another folder.").format(
                name=out.name, why=error.strerror or type(error).__name__
            )
        ) from error
    return Signed(out, len(written), hashlib.sha256(written).hexdigest(), attestation, verification)
