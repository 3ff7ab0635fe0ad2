"""The first walk of a security lead, as mouse and keyboard do it: from an empty home to a signed PDF."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from screen import Screen

from wizard.domain.answers import Answer, AnswerState
from wizard.domain.finding import not_asked_because
from wizard.domain.questionnaire import AnswerKind, Question, Questionnaire, Section

PASSPHRASE = "seven unrelated violet words here"

#: What this lead says where the first answer would not do: choices by id, texts, and rows as tab-separated lines.
SAID: dict[str, str] = {
    "SCOPE-2-rests": "nowhere",
    "SCOPE-3": "none",
    "SCOPE-4": "none",
    "SCOPE-5": "oauth-only",
    "SCOPE-6": "/srv/heron-bridge\tOur own server\tPyPI",
    "SCOPE-7": "none",
    "SCOPE-8-any": "none",
    "SCOPE-9": "2.0.1",
    "ELIG-2-flow": "Heron Bridge\tAuthorization code\tYes\tYes",
    "ELIG-3-count": "4",
    "AUTH-2-any": "none",
    "SEC-1-inventory": "Apollo OAuth client\tOAuth client secret\tSecret manager\tapi\t2026-05-01\t2026-11-01\t90 days",
    "APP-9-how": "The bot opens a change, Noor merges it the same week.",
    "APP-11-threats": "A stolen refresh token\tYes\tSomebody else reads contacts\tShort life",
    "PRIV-1-password": "no",
    "VULN-any": "none",
    "INC-2-address": "as-on-the-live-page@apollo-address.example",
    "INC-7-stateless": "stateless",
}
#: Rows that stand there already: what is typed into the first open column of each.
FILLED: dict[str, tuple[str, ...]] = {
    "VULN-0-limits": ("14", "30", "56", "175"),
    "INC-1-people": ("Noor Haddad", "Sam Reyes", "Lea Brandt"),
    "INC-3-template": ("Kind of incident", "Open or closed", "Which data", "What is done", "Noor, +44 20 0000"),
    "INC-5-rules": ("Proxy\tOn-call",),
    "INC-5-privilege": ("Audit log\tOn-call",),
}
AHEAD = {"PROG-1-next": 200}
DURATION = "1"


class FirstWalk:
    """One walk; `answers` mirrors what was said, so that hidden questions are not looked for."""

    def __init__(self, screen: Screen, questionnaire: Questionnaire) -> None:
        self.screen = screen
        self.questionnaire = questionnaire
        self.answers: dict[str, Answer] = {}

    def make_the_vault(self) -> None:
        """First stop: the folder, the passphrase, and two groups of the recovery key typed back."""
        s = self.screen
        s.click(exactly="Start a new attestation", role="push button")
        s.click(exactly="Passphrase", role="password text")
        s.type(PASSPHRASE)
        s.click(exactly="The passphrase once more", role="password text")
        s.type(PASSPHRASE)
        s.picture("01-make-the-vault")
        s.click(exactly="Make the vault", role="push button")
        s.see(exactly="Keep the recovery key", seconds=30)
        labels = [str(f["name"]) for f in s.find("Group ", "label")]
        groups = {m[1]: m[2].replace(" ", "") for label in labels if (m := re.fullmatch(r"Group (\d): (.*)", label))}
        for field in s.find("of the recovery key", "text"):
            number = str(field["name"]).split()[1]
            s.click(exactly=str(field["name"]), role="text")
            s.type(groups[number].lower())
        s.picture("02-recovery-key")
        s.click(exactly="Go on", role="push button")

    def say_who_applies(self) -> None:
        """Second and third stop."""
        s = self.screen
        s.click(exactly="Organisation", role="text")
        s.type("Blue Heron Labs Ltd")
        s.click(exactly="Integration", role="text")
        s.type("Heron Bridge")
        s.picture("03-who-applies")
        s.click(exactly="Go on", role="push button")
        s.see(exactly="Begin with the scope", role="push button")
        s.picture("04-what-is-asked")
        s.click(exactly="Begin with the scope", role="push button")

    def name_hosts(self, *hosts: str) -> None:
        """Paste the hosts and agree to have them looked at."""
        s = self.screen
        s.click(role="text", after="Paste or type them, one or many. Schemes, paths and duplicates are sorted out.")
        s.paste("\n".join(hosts))
        s.click(exactly="Add these hosts", role="push button")
        s.click("Agree to look at exactly", "push button")
        s.see("When the table changes, it is asked again", "label")
        s.picture("05-scope")

    def answer(self, section: Section) -> None:
        """Answer every required question of a section that is asked."""
        for requirement in section.requirements:
            for question in self.questionnaire.questions_for(requirement.id):
                if question.id in self.answers or question.id == "SCOPE-1" or not question.required:
                    continue
                if not_asked_because(question, self.answers):
                    continue
                if not self.screen.find(exactly=question.ask, most=1):
                    self.screen.click(f"{requirement.id} {requirement.title}", "push button")
                self._answer(question)

    def look(self) -> None:
        """Let the checks look, and wait until they have."""
        s = self.screen
        s.click(exactly="Checks", role="list item")
        s.picture("07-checks")
        s.click("Run all", "push button")
        if s.find("will be contacted, and nothing else", "label", most=1):
            s.picture("08-targets")
            s.click("ook at th", "push button")
        s.see(exactly="Run all again", role="push button", seconds=90)
        s.picture("09-checked")

    def sign(self, out: Path) -> None:
        """Name the signatory, sign, and see what verifying it found."""
        s = self.screen
        s.click(exactly="Review", role="list item")
        s.picture("10-review")
        s.click(exactly="Sign", role="list item")
        for field, text in (("Name", "Noor Haddad"), ("Role", "Head of Engineering"), ("Authority", "Sole director")):
            s.click(exactly=field, role="text")
            s.type(text)
        s.key("Tab")
        s.see("Nothing stands between you and a signature", "label")
        s.picture("11-sign")
        s.click(exactly="Sign and export…", role="push button")
        s.choose(out)
        s.see("Verified just now: signature valid", "label", seconds=90)
        s.picture("12-signed")

    def _answer(self, question: Question) -> None:
        s, said = self.screen, SAID.get(question.id, "")
        match question.kind:
            case AnswerKind.YES_NO:
                value = said or "yes"
                s.click(exactly=value.capitalize(), role="radio button", after=question.ask)
            case AnswerKind.CHOICE:
                value = said or question.options[0].id
                s.click(exactly=_label(question, value), role="radio button", after=question.ask)
            case AnswerKind.CHOICES:
                value = said or question.options[0].id
                s.click(exactly=_label(question, value), role="check box", after=question.ask)
            case AnswerKind.TEXT | AnswerKind.NUMBER | AnswerKind.DATE | AnswerKind.DURATION:
                value = said or self._scalar(question)
                s.click(role="text", after=question.ask)
                s.type(value)
                s.key("Tab")
            case AnswerKind.TABLE:
                value = said
                self._fill(question)
            case AnswerKind.CONTACT | AnswerKind.DECLARATION:
                value = "Noor Haddad"
                self._person(question)
            case AnswerKind.LIST | AnswerKind.FILES:
                raise AssertionError(f"{question.id} is not expected to be required")
        self.answers[question.id] = Answer(question.id, AnswerState.GIVEN, value or "said")

    def _scalar(self, question: Question) -> str:
        if question.kind is AnswerKind.DATE:
            days = AHEAD.get(question.id, -30)
            return (date.today() + timedelta(days=days)).isoformat()
        return {AnswerKind.DURATION: DURATION, AnswerKind.NUMBER: "3"}.get(question.kind, "Done by the platform team.")

    def _fill(self, question: Question) -> None:
        s = self.screen
        if question.id in SAID:
            s.click(exactly="Add a row", role="push button", after=question.ask)
            s.key("Escape")
            s.paste(SAID[question.id])
            return
        s.reach(exactly=question.ask, role="table")
        for number, line in enumerate(FILLED[question.id]):
            cells = s.find(role="table cell", after=question.ask, most=80)
            open_cell = number * len(question.columns) + sum(1 for c in question.columns if _fixed(question, c.id))
            box = cells[open_cell]["box"]
            s.click_at(box[0] + 20, box[1] + 10)
            s.key("Escape")
            s.paste(line)

    def _person(self, question: Question) -> None:
        s = self.screen
        for field, text in (
            ("Name", "Noor Haddad"),
            ("E-mail", "noor@blueheron.example"),
            ("Role", "Head of Engineering"),
        ):
            if s.find(field, "text", after=question.ask, most=1):
                s.click(field, "text", after=question.ask)
                s.type(text)
        if question.kind is AnswerKind.DECLARATION:
            s.click(role="check box", after=question.ask)


def _label(question: Question, id: str) -> str:
    option = question.option(id)
    assert option is not None
    return option.label


def _fixed(question: Question, column: str) -> bool:
    return any(key == column for row in question.rows for key, _cell in row)


def walk(folder: Path, questionnaire: Questionnaire, hosts: tuple[str, ...]) -> None:
    """The whole walk, pictures below `folder`; the signed PDF is `folder`/heron.pdf."""
    with Screen(folder) as s:
        s.start()
        walking = FirstWalk(s, questionnaire)
        walking.make_the_vault()
        walking.say_who_applies()
        walking.name_hosts(*hosts)
        for section in questionnaire.sections:
            if not section.scoping:
                s.click(section.title, "list item")
            walking.answer(section)
            s.picture(f"06-{section.id}")
        walking.look()
        walking.sign(folder / "heron.pdf")
