"""A lead and a teammate in two windows on two screens: asked, answered from an empty profile, added, chosen, signed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from first_walk import PASSPHRASE
from screen import Screen

from wizard.demo import script
from wizard.demo.partner import start
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.events import AssessmentDescribed
from wizard.domain.questionnaire import Question
from wizard.session import opening
from wizard.session.deeds import answers, looking, vulnerabilities
from wizard.session.settings import Home, Preferences

LEAD, MATE = "Noor Haddad", "Ada Example"


def prepared(folder: Path, host: str) -> tuple[Path, Question]:
    """An assessment of the lead's in which everything is answered and nobody is named to sign; and the question that
    the teammate will answer otherwise.
    """
    preferences = Preferences(Home.below(folder / "home"))
    created = opening.create(
        folder / "Heron.attestry",
        preferences,
        passphrase=PASSPHRASE,
        remember=False,
        described=AssessmentDescribed("Blue Heron Labs Ltd", "Heron Bridge"),
    )
    session, today = created.session, datetime.now(UTC).date()
    try:
        partner_folder = folder / "partner"
        partner_folder.mkdir()
        with start(partner_folder) as partner:
            for given in script.scope(partner, today):
                answers.answer(session, given).result()
        row = Row((("host", host), ("purpose", "The API"), ("public", "yes"), ("private_network", "yes")))
        answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, (row,))).result()
        looking.confirm_scope(session, LEAD).result()
        for given in script.answers(session.questionnaire, today):
            answers.answer(session, given)
        session.flush()
        for weakness, disposal in script.weaknesses(today):
            vulnerabilities.note(session, weakness).result()
            if disposal is not None:
                vulnerabilities.dispose(session, weakness.key, disposal).result()
        for exception in script.exceptions(today):
            answers.grant_exception(session, exception)
        session.flush()
        asked = next(q for q in session.questionnaire.questions_for("AUTH-1") if q.kind.value == "yes-no")
        assert session.assessment.answers[asked.id].value == "yes"
    finally:
        session.close()
    return created.session.workspace.folder, asked


class TeamWalk:
    """The steps, each in the window of whom it belongs to."""

    def __init__(self, lead: Screen, mate: Screen, between: Path) -> None:
        self.lead, self.mate = lead, mate
        #: where what is sent goes through: each can reach it, as a mail attachment or a stick
        self.request = between / "Ada.attestry-request"
        self.reply = between / "Ada.attestry-reply"

    def unlock(self, workspace: Path) -> None:
        s = self.lead
        s.start(str(workspace))
        s.click(exactly="Passphrase", role="password text")
        s.type(PASSPHRASE)
        s.key("Return")
        s.see(exactly="Team", role="list item", seconds=30)

    def ask(self, host: str) -> None:
        """The lead asks about one requirement and lets one host be looked at."""
        s = self.lead
        s.click(exactly="Team", role="list item")
        s.click(exactly="Who", role="text")
        s.type(MATE)
        s.click(exactly="Find a requirement by a word", role="text")
        s.type("AUTH-1")
        s.click("AUTH-1 ", "check box")
        s.click(exactly=host, role="check box")
        s.picture("1-ask")
        s.click("Write the request file", "push button")
        s.choose(self.request)
        s.see(f"Send it to {MATE}", "label")
        s.picture("2-waiting")
        s.click(exactly="Home", role="list item")
        s.see(f"Waiting for {MATE}", "push button")
        s.picture("3-home")

    def answer(self, question: Question, evidence: Path) -> None:
        """The teammate opens the request on an empty profile, answers, and shows a file."""
        s = self.mate
        s.start(str(self.request))
        s.see("asks about 1 requirement", "label")
        s.picture("1-request")
        s.click(exactly="Passphrase", role="password text")
        s.type("another person's own passphrase")
        s.click(exactly="Passphrase once more", role="password text")
        s.type("another person's own passphrase")
        s.click(exactly="Begin to answer", role="push button")
        s.see(exactly=question.ask, seconds=30)
        s.click(exactly="No", role="radio button", after=question.ask)
        s.click(exactly="Choose evidence for AUTH-1", role="push button")
        s.choose(evidence)
        s.see(evidence.name, seconds=30)
        s.picture("2-answered")

    def look_and_save(self) -> str:
        """The teammate looks from where they are, and saves the reply; the fingerprint that they would read out."""
        s = self.mate
        s.click(exactly="Your reply", role="list item")
        s.wait(lambda: not s.find("One moment", "label", most=1), "the file to be added", seconds=60)
        s.click(exactly="Agree, and look", role="push button")
        s.see("What they saw goes with the reply", "label", seconds=60)
        s.picture("3-looked")
        s.click("Save the reply", "push button")
        s.choose(self.reply)
        s.see("this is the fingerprint of your key", "label", seconds=30)
        s.picture("4-saved")
        return next(
            str(f["name"]) for f in s.find(role="label") if len(str(f["name"]).split()) == 8 and _hex(f["name"])
        )

    def add(self, fingerprint: str) -> None:
        """The lead opens the reply, compares the fingerprint, and adds it."""
        s = self.lead
        s.click(exactly="Team", role="list item")
        s.click(exactly="choose the file", role="push button")
        s.choose(self.reply)
        s.see(f"Reply of {MATE}", "label", seconds=30)
        s.see(exactly=fingerprint, role="label")
        s.picture("4-offered")
        s.click("I compared it with", "check box")
        s.click(exactly="Add reply", role="push button")
        s.see("versions, written apart", "label", seconds=30)
        s.picture("5-conflict")

    def cannot_sign_yet(self) -> None:
        s = self.lead
        s.click(exactly="Sign", role="list item")
        for field, text in (("Name", LEAD), ("Role", "Head of Engineering"), ("Authority", "Sole director")):
            s.click(exactly=field, role="text")
            s.type(text)
        s.key("Tab")
        s.see("versions", seconds=30)
        s.picture("6-blocked")

    def choose(self) -> None:
        s = self.lead
        s.click(exactly="Team", role="list item")
        s.click("This one counts: No", "push button")
        s.wait(lambda: not s.find("versions, written apart", "label", most=1), "the versions to be gone")
        s.picture("7-chosen")

    def sign(self, out: Path) -> None:
        s = self.lead
        s.click(exactly="Sign", role="list item")
        s.see("Nothing stands between you and a signature", "label", seconds=30)
        s.click(exactly="Sign and export…", role="push button")
        s.choose(out)
        s.see("Verified just now: signature valid", "label", seconds=120)
        s.picture("8-signed")


def _hex(text: object) -> bool:
    return all(len(group) == 4 and set(group) <= set("0123456789abcdef") for group in str(text).split())
