"""Signs: says what stops it, freezes the assessment, builds and signs the PDF, and verifies what was just written."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import wizard
from wizard.domain import events as e
from wizard.domain.attestation import Attestation, Blocker, Journal
from wizard.domain.blockers import blockers as domain_blockers
from wizard.domain.blockers import newer_blocker
from wizard.domain.freeze import counts_until, freeze
from wizard.domain.language import _, ngettext
from wizard.domain.members import Role
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import LOOK_IS_FRESH_FOR, Method, Observation
from wizard.jobs.runner import Hear, Job, Progress, blocking
from wizard.session.deeds import looking, sharing, vulnerabilities
from wizard.session.deeds.signing_keys import Key, VaultKey, signing_key
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.document.keys import SigningKey
    from wizard.document.token import TokenKey
    from wizard.document.verify import Verification
    from wizard.vault.verification import Verification as Checked

#: Of so many sealed files one is told: ten thousand small ones are checked in a second or two.
_TOLD_EVERY = 25


class Blocked(Mistake):
    """Signing was asked for while something stops it."""


class NotWritten(Mistake):
    """The signed file could not be put where it was wanted."""


class NotVerified(Mistake):
    """What was written does not verify; it was taken away again."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed and verified attestation on disk."""

    path: Path
    size: int
    digest: str
    attestation: Attestation
    verification: Verification
    #: the public summary that was signed with it
    summary: Path | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How to sign: "A4" or "Letter"; where to put a public summary, None for none; and who else is asked.

    `authority` is the address of a time-stamp authority, "" for none: a digest of the signature goes there.
    `long_term` asks the authorities in the certificates whether they revoked them, and keeps their answers in the file;
    `archive` has the authority stamp all of that once more.
    """

    paper: str = "A4"
    summary: Path | None = None
    authority: str = ""
    long_term: bool = False
    archive: bool = False


def verify_workspace(session: Session, hear: Hear = lambda event: None, *, every: bool = True) -> Job[Checked]:
    """Check the whole journal, and that every sealed file is the one that was written.

    The first job after opening, without `every`: then only the newest signature of each author is computed, which
    covers all that they wrote. Signing computes all of them. A sealed file whose digest is the one in the journal was
    read back when it was sealed, so it is not opened; one that differs is.
    `keeping.check_everything` opens all of them.
    """
    stopped = threading.Event()

    def check(progress: Progress) -> Checked:
        from wizard.vault.mistakes import Cancelled

        def journal(done: int, total: int) -> None:
            if stopped.is_set():
                raise Cancelled
            progress(done, total, _("Checking the journal"))

        verification = session.workspace.verify(journal, every=every)
        problems = list(verification.problems)
        items = tuple(session.assessment.evidence.values())
        for number, item in enumerate(items):
            if number % _TOLD_EVERY == 0:
                progress(number, len(items), _("Checking the evidence"))
            if sentence := session.workspace.box.verify_sealed(item.sealed, cancelled=stopped.is_set):
                problems.append(f"{item.name}: {sentence}")
        return replace(verification, ok=not problems, problems=tuple(problems))

    async def work(progress: Progress) -> Checked:
        session.verification = await blocking(lambda: check(progress), stopped)
        return session.verification

    return session.runner.start(work, _("Checking that nothing was changed"), hear)


def blockers(session: Session) -> tuple[Blocker, ...]:
    """Everything that stops signing now; nothing when it may be signed."""
    verification = session.verification
    problems = verification.problems if verification else (_("The journal has not been checked yet. Wait a moment."),)
    found = domain_blockers(
        session.questionnaire, session.assessment, session.findings, problems, session.clock().date()
    )
    if session.assessment.newer:
        rows = (row for row in vulnerabilities.ledger(session).rows if session.held_because(*row.keys))
        found += tuple(newer_blocker(f"{row.id} {row.title}", "team") for row in rows)
    if session.read_only:
        return (Blocker("sign", session.read_only_because), *found)
    if session.assessment.role_of(session.workspace.author) not in (Role.LEAD, Role.SIGNATORY):
        sentence = _(
            "You take part as a contributor, and a signatory or the lead signs. Ask them to, or to raise your role."
        )
        return (Blocker("sign", sentence), *found)
    return found


def stale_looks(session: Session) -> tuple[Observation, ...]:
    """Live looks older than 24 hours, or judged by a rule that has changed since: signing offers to repeat them."""
    from wizard.checks.every import rule_now

    now = session.clock()
    found = (o.result for finding in session.findings.values() for o in finding.observations)
    in_scope = {(result.check, result.subject) for result in found}
    return tuple(
        o
        for key, o in session.assessment.observations.items()
        if key in in_scope
        and o.result.method is Method.TEST
        and (now - o.result.at > LOOK_IS_FRESH_FOR or rule_now(o.result))
    )


def draft(session: Session, fingerprint: str = "", paper: str = "A4") -> Attestation:
    """The attestation as it would be signed now, with the versions that draw it: an update is not a forgery."""
    from wizard.document.disclosure import commit
    from wizard.document.renderer import renderer
    from wizard.session.deeds.renewing import since

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
            older_copies=assessment.older_copies,
            earlier_attestations=tuple(
                digest
                for noted in assessment.attestations
                if isinstance(noted.payload, e.Attested)
                for digest in (noted.payload.file_digest, noted.payload.summary_digest)
                if digest
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
    notes = (*frozen.notes, *_unread(assessment.unknown_events))
    whole = replace(frozen, notes=notes, fonts=renderer(), paper=paper)
    return commit(replace(whole, since=since(session, whole)), secrets.token_bytes)


def _unread(n: int) -> tuple[str, ...]:
    """That the journal holds entries whose meaning this version does not know; nothing when it knows all."""
    if not n:
        return ()
    sentence = ngettext(
        "{n} entry of the journal was written by a newer version of Attestry than the one that made this document, "
        "which could not read it: what it says is not in here.",
        "{n} entries of the journal were written by a newer version of Attestry than the one that made this document, "
        "which could not read them: what they say is not in here.",
        n,
    )
    return (sentence.format(n=n),)


def _authors(session: Session) -> tuple[tuple[str, str], ...]:
    """Everyone whose entries the journal holds, with their public keys; whoever signs first."""
    workspace = session.workspace
    others = workspace.journal.public_keys().items()
    return (
        (workspace.author, workspace.author_public),
        *sorted((author, key.hex()) for author, key in others if author != workspace.author),
    )


def draft_pages(session: Session, hear: Hear = lambda event: None, *, summary: bool = False) -> Job[bytes]:
    """The unsigned PDF as it would be signed now, built in the child."""

    async def work(progress: Progress) -> bytes:
        progress(0, 0, _("Laying out the pages"))
        drafted = await asyncio.to_thread(draft, session)
        return await _build(_summary(session, drafted) if summary else drafted)

    return session.runner.start(work, _("Laying out the pages"), hear)


def sign(
    session: Session,
    out: Path,
    key: Key | None = None,
    hear: Hear = lambda event: None,
    options: Options | None = None,
) -> Job[Signed]:
    """Freeze, build, sign, write to `out`, verify what was written, and record it.

    With `options.summary` the public summary is signed in the same deed, over the same commitments. The job fails
    with `Blocked` while something stops signing. A file that is already there is replaced only by a finished and
    verified one.
    """
    how = options or Options()

    async def work(progress: Progress) -> Signed:
        progress(0, 5, _("Checking that nothing was changed"))
        # what stands on the disk now is what is signed, whatever it was when the window opened
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
        from wizard.document.token import TokenKey

        progress(1, 5, _("Getting the key"))
        own = await asyncio.to_thread(signing_key, session, key or VaultKey())
        attestation = await asyncio.to_thread(draft, session, own.fingerprint, how.paper)
        wanted = [(out, attestation)]
        if how.summary is not None:
            wanted.append((how.summary, _summary(session, attestation)))
        progress(2, 5, _("Laying out the pages"))
        built = [(place, await _build(data), data) for place, data in wanted]
        progress(3, 5, _("Signing"))
        made = [(place, await asyncio.to_thread(_sign, pages, own, data, how), data) for place, pages, data in built]
        if isinstance(own, TokenKey):
            own.close()
        progress(4, 5, _("Verifying what was written"))
        done, *summary = await asyncio.to_thread(_write, made, own)
        data = _canonical(attestation)
        sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, data)
        await asyncio.wrap_future(
            session.record(
                e.Attested(
                    file_name=out.name,
                    file_digest=done.digest,
                    data_digest=hashlib.sha256(data).hexdigest(),
                    key_fingerprint=own.fingerprint,
                    events=attestation.journal.events,
                    head=attestation.journal.head,
                    valid_until=attestation.valid_until,
                    summary_name=summary[0].path.name if summary else "",
                    summary_digest=summary[0].digest if summary else "",
                    data=sealed,
                )
            )
        )
        return replace(done, summary=how.summary)

    return session.runner.start(work, _("Signing"), hear)


def _summary(session: Session, full: Attestation) -> Attestation:
    from wizard.document.disclosure import summarise

    return summarise(full, session.assessment.disclosures)


async def _build(attestation: Attestation) -> bytes:
    from wizard.jobs import worker_process

    data = await asyncio.to_thread(_canonical, attestation)
    limits = worker_process.Limits(seconds=300, memory=3 * 1024**3)
    return (await worker_process.ask("build", {}, data, limits)).data


def _canonical(attestation: Attestation) -> bytes:
    from wizard.document import canonical

    return canonical.canonical(attestation)


def _sign(unsigned: bytes, key: SigningKey | TokenKey, attestation: Attestation, how: Options) -> bytes:
    from wizard.document.sign import LongTerm, Stamping
    from wizard.document.sign import sign as sign_pdf

    level = LongTerm.LTA if how.archive else LongTerm.LT if how.long_term else LongTerm.NONE
    return sign_pdf(unsigned, key, attestation, Stamping(how.authority, level))


def _write(files: Sequence[tuple[Path, bytes, Attestation]], key: SigningKey | TokenKey) -> list[Signed]:
    """Put all of them into place, or none: each is read back and verified before the first one is."""
    parts = [out.with_name(f".{secrets.token_hex(8)}.part") for out, _signed, _data in files]
    out = files[0][0]
    try:
        try:
            done = []
            for partly, (out, signed, attestation) in zip(parts, files, strict=True):
                partly.write_bytes(signed)
                done.append(_verified(out, partly.read_bytes(), attestation, key))
            for partly, (out, _signed, _data) in zip(parts, files, strict=True):
                partly.replace(out)
        finally:
            for partly in parts:
                partly.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritten(
            _("{name} could not be written there ({why}). Nothing was signed. Choose another folder.").format(
                name=out.name, why=error.strerror or type(error).__name__
            )
        ) from error
    return done


def _verified(out: Path, written: bytes, attestation: Attestation, key: SigningKey | TokenKey) -> Signed:
    from wizard.document.verify import Outcome, verify

    verification = verify(written, {attestation.organisation: key.fingerprint})
    if verification.outcome is not Outcome.INTACT:
        raise NotVerified(
            _("The signed file did not verify after it was written, so it was taken away. Try another place.")
        )
    return Signed(out, len(written), hashlib.sha256(written).hexdigest(), attestation, verification)
