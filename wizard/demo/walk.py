"""The demonstration: the whole job once, through the same code as real use, against the imperfect partner.

Its key and passphrase are throwaway and shown, and every page of its PDF says DEMONSTRATION.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from wizard.demo import repositories, script
from wizard.demo.partner import Partner, start
from wizard.domain import events as e
from wizard.domain.language import _
from wizard.session import opening
from wizard.session.deeds import answers, attesting, dependencies, evidence, looking, scanning, vulnerabilities
from wizard.session.session import Session
from wizard.session.settings import Preferences

#: Shown to everyone: it protects nothing but this demonstration.
PASSPHRASE = "demonstration only"  # noqa: S105
#: What the PDF is called.
FILE_NAME = "attestry-demonstration.pdf"


@dataclass(frozen=True, slots=True)
class Walked:
    """What the demonstration left behind."""

    workspace: Path
    recovery_key: str
    signed: attesting.Signed


Say = Callable[[str], None]


def walk(out: Path, preferences: Preferences, say: Say = lambda sentence: None) -> Walked:
    """Do the whole job and leave a workspace and a signed PDF below `out`; what is already there stays.

    Blocks until it is done, half a minute at most. Raises the mistakes of every step.
    """
    out.mkdir(parents=True, exist_ok=True)
    folder, pdf = _free(out)
    with tempfile.TemporaryDirectory(prefix="attestry-demonstration-") as temporary, start(Path(temporary)) as partner:
        say(_("A small partner service is running on this computer, with some faults."))
        created = opening.create(
            folder,
            preferences,
            passphrase=PASSPHRASE,
            remember=False,
            described=script.described(),
            demonstration=True,
        )
        with closing(created.session) as session:
            signed = _walk(session, partner, Path(temporary), preferences.home.data, pdf, say)
        return Walked(folder, created.recovery_key, signed)


def _walk(session: Session, partner: Partner, temporary: Path, data: Path, pdf: Path, say: Say) -> attesting.Signed:
    places = repositories.write(temporary / "repositories", session.clock())
    preparing = scanning.prepare(session, data)
    for given in script.scope(partner, session.clock().date(), places):
        answers.answer(session, given)
    session.flush()
    looking.confirm_scope(session, script.SIGNATORY.name).result()
    say(_("The scope is written down and agreed to."))
    name, requirements, note = script.DESCRIPTION
    (temporary / name).write_bytes(partner.openapi)
    evidence.add(session, [temporary / name], requirements, note=note).result.result()
    options = looking.LookOptions(ca_file=partner.ca_file, resolve=tuple(partner.resolve.items()))
    looks = looking.look(session, options=options).result.result()
    say(_("The checks have looked at {n} hosts.").format(n=looks.hosts))
    for given in script.answers(session.questionnaire, session.clock().date()):
        answers.answer(session, given)
    session.flush()
    say(_("The questions are answered, as honestly as a partner might."))
    for name, requirements, note, content in script.evidence(session.clock().date()):
        path = temporary / name
        path.write_bytes(content)
        evidence.add(session, [path], requirements, note=note).result.result()
    say(_("Evidence is sealed."))
    # never the lists of this computer: made-up ones would be believed for a real assessment later
    known = temporary / "known"
    dependencies.take_in(session, known, repositories.lists(temporary / "lists", session.clock())).result.result()
    libraries = dependencies.scan(session, known)
    preparing.result.result()
    code = scanning.scan(session, data).result.result()
    say(_("Files and history of {n} repositories were looked at.").format(n=len(code.looked_at)))
    libraries.result.result()
    say(_("Their libraries were looked up in a list that was made up with them."))
    for weakness, disposal in script.weaknesses(session.clock().date()):
        vulnerabilities.note(session, weakness).result()
        if disposal is not None:
            vulnerabilities.dispose(session, weakness.key, disposal).result()
    for requirement, text in script.COMMENTS:
        answers.comment(session, requirement, text)
    for exception in script.exceptions(session.clock().date()):
        answers.grant_exception(session, exception)
    session.flush()
    for finding in session.findings.values():
        if finding.contradicted and not finding.explained:
            answers.explain(session, finding.id, script.EXPLANATIONS.get(finding.id, script.explanation()))
    answers.name_signatory(session, e.SignatoryNamed(*_signatory()))
    session.flush()
    say(_("Signing."))
    signed = attesting.sign(session, pdf).result.result()
    say(_("Signed and verified: {path}").format(path=signed.path))
    return signed


def _signatory() -> tuple[str, str, str, str]:
    who = script.SIGNATORY
    return who.name, who.role, who.authority, who.email


def _free(out: Path) -> tuple[Path, Path]:
    """A workspace folder and a PDF that are not there yet."""
    number = 1
    while True:
        tail = "" if number == 1 else f"-{number}"
        folder = out / f"Northwind Sync demonstration{tail}.attestry"
        pdf = out / FILE_NAME.replace(".pdf", f"{tail}.pdf")
        if not folder.exists() and not pdf.exists():
            return folder, pdf
        number += 1
