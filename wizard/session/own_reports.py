"""What our own look at libraries finds, written into the ledger of weaknesses flaw by flaw like a tool's report."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from wizard.checks.dependencies.states import Checked, DataSource, State
from wizard.domain import events as e
from wizard.domain.language import ngettext
from wizard.domain.ledger import OURSELVES
from wizard.domain.vulnerability import OWN_LOOK, Note, Rating, Reported, ReportSummary
from wizard.importers.fields import ecosystem
from wizard.session import reports
from wizard.session.session import Session


def library_report(
    session: Session, repository: str, rows: Sequence[Checked], source: DataSource
) -> e.ReportRead | None:
    """The report of one look at a repository; None when it found nothing, and nothing was found there before.

    A look without data says nothing, so it never takes the place of one that had some. Blocks (it seals).
    """
    entries = tuple(_reported(row) for row in rows)
    listed = tuple(entry for each in entries for entry in each)
    before = any(
        not isinstance(each, Note) and each.importer == OWN_LOOK and repository in each.target
        for each in session.assessment.ledger.values()
    )
    if not source.name or not (listed or before):
        return None
    now = session.clock()
    blind = sum(row.state in (State.CANNOT_BE_CHECKED, State.NOT_CHECKED) for row in rows)
    notes = [source.trouble] if source.trouble else []
    if blind:
        notes.append(
            ngettext("{n} library could not be looked up.", "{n} libraries could not be looked up.", blind).format(
                n=blind
            )
        )
    ratings = [entry.rating for entry in listed]
    return e.ReportRead(
        ReportSummary(
            evidence=f"{OWN_LOOK}:{secrets.token_hex(8)}",  # it stands in clear, so it names nothing
            file=repository,
            importer=OWN_LOOK,
            tool=OURSELVES,
            unit="flaw",
            record=session.workspace.box.seal_bytes(reports.written(listed)),
            read_at=now,
            scanned_at=now,
            target=(repository,),
            counts=tuple((rating, ratings.count(rating)) for rating in Rating if rating in ratings),
            notes=tuple(notes),
            entries=len(listed),
            packages=len(listed),
            ecosystems=tuple(sorted({entry.ecosystem for entry in listed})),
        )
    )


def _reported(row: Checked) -> tuple[Reported, ...]:
    used = row.dependency
    return tuple(
        Reported(
            id=flaw.id,
            title=flaw.summary or flaw.id,
            rating=Rating.CRITICAL if flaw.malicious else flaw.severity.rating,
            word=flaw.severity.word,
            score=flaw.severity.score,
            version=flaw.severity.version,
            vectors=(flaw.severity.vector,) if flaw.severity.vector else (),
            aliases=flaw.aliases,
            ecosystem=ecosystem(used.ecosystem.value),
            package=used.name,
            package_version=used.version,
            file=used.file,
            line=used.line,
            fix=", ".join(flaw.fixed),
        )
        for flaw in row.vulnerabilities
    )
