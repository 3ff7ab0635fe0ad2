"""Random questionnaires and histories: whatever people, looks and files can do to an assessment."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from tests.properties.domain_samples import NOW, TODAY, hosts, piece, question, questionnaire, repositories, requirement
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.conditions import Equals, Has, Not, Reference
from wizard.domain.finding import SubjectKind
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.questionnaire import AnswerKind, Column, Obligation, Option, Part, Questionnaire

KINDS = {"hsts": SubjectKind.HOST, "tls": SubjectKind.HOST, "secrets": SubjectKind.REPOSITORY}
CHECKS = ("hsts", "tls", "secrets", "plan")
SUBJECTS = {
    "hsts": ("a.example", "b.example", "gone.example", "a.example/v1"),
    "tls": ("a.example", "b.example"),
    "secrets": ("/src/a", "/src/b"),
    "plan": ("",),
}
IDS = ("D-1", "D-2", "D-3", "D-4")
COLUMNS = (
    Column("name", "Name", required=True),
    Column("since", "Since", AnswerKind.DATE),
    Column("every", "Every", AnswerKind.DURATION),
)
OPTIONS = (Option("one", "The first"), Option("two", "The second"))

words = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12
)
moments = st.integers(-45, 1).map(lambda days: NOW + timedelta(days=days))
days = st.integers(-40, 400).map(lambda n: TODAY + timedelta(days=n))
maybe_day = st.none() | days


def subsets(of: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(of), unique=True, max_size=len(of)).map(tuple)


QUESTIONS = tuple(f"{id}-{n}" for id in IDS for n in (1, 2))


@st.composite
def conditions(draw: st.DrawFn, before: int) -> object:
    """A condition over questions of earlier requirements only, so that there is no cycle; None for the first."""
    earlier = QUESTIONS[: 2 * before]
    if not earlier or draw(st.integers(0, 3)):
        return None
    reference = Reference(draw(st.sampled_from(earlier)))
    return draw(st.sampled_from([Equals(reference, "yes"), Has(reference, "one"), Not(Equals(reference, "yes"))]))


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    """Four duties with parts, conditions and deciding checks as they come, and one that follows from all."""
    made, asked = [], []
    for n, id in enumerate(IDS):
        checks = draw(subsets(CHECKS))
        parts = draw(st.sampled_from([(), (f"{id}a", f"{id}b")]))
        made.append(
            requirement(
                id,
                obligation=draw(st.sampled_from(list(Obligation))),
                checks=checks,
                deciding=draw(subsets(checks)) if checks else (),
                parts=tuple(Part(part, part, checks=draw(subsets(checks)) if checks else ()) for part in parts),
                applies=draw(conditions(n)),
                otherwise=draw(st.sampled_from(["", "A reason."])),
                withdrawn_by=draw(conditions(n)),
                blocked_by=draw(subsets(IDS[:n])) if n else (),
            )
        )
        for number in (1, 2):
            kind = draw(
                st.sampled_from(
                    [AnswerKind.YES_NO, AnswerKind.TEXT, AnswerKind.TABLE, AnswerKind.CHOICES, AnswerKind.FILES]
                )
            )
            asked.append(
                question(
                    f"{id}-{number}",
                    draw(st.sampled_from((id, *parts))),
                    *draw(subsets(IDS)),
                    kind=kind,
                    required=draw(st.booleans()),
                    when=draw(conditions(n)),
                    otherwise=draw(st.sampled_from(["", "Not needed."])),
                    columns=COLUMNS if kind is AnswerKind.TABLE else (),
                    options=OPTIONS if kind is AnswerKind.CHOICES else (),
                )
            )
    made.append(requirement("ELIG-6", computed=True))
    return questionnaire(*made, questions=asked, notes=("A note of the page.",))


rows = st.lists(
    st.tuples(
        st.sampled_from(["name", "since", "every", "old"]),
        words | st.sampled_from(["2026-03-05", "P90D", "PT24H", "P1Y6M"]),
    ),
    max_size=3,
    unique_by=lambda cell: cell[0],
).map(lambda cells: Row(tuple(cells)))

values = st.one_of(
    st.sampled_from(["yes", "no", ""]),
    words,
    st.lists(words | st.sampled_from(["one", "two", "e1", "e2"]), max_size=3).map(tuple),
    rows,
    st.lists(rows, min_size=1, max_size=3).map(tuple),
)


def answers(ids: tuple[str, ...] = QUESTIONS) -> st.SearchStrategy[Answer]:
    return st.builds(
        Answer,
        question=st.sampled_from(ids),
        state=st.sampled_from(
            [AnswerState.GIVEN, AnswerState.GIVEN, AnswerState.NOT_KNOWN, AnswerState.NOT_APPLICABLE]
        ),
        value=values,
        reason=st.sampled_from(["", " "]) | words,
    )


@st.composite
def results(
    draw: st.DrawFn,
    verdict: Verdict | None = None,
    level: Level | None = None,
    fresh: bool = False,
    at: tuple[str, str] | None = None,
) -> Result:
    check = at[0] if at else draw(st.sampled_from(CHECKS))
    subject = at[1] if at else draw(st.sampled_from(SUBJECTS[check]))
    return Result(
        check=check,
        subject=subject,
        verdict=verdict or draw(st.sampled_from(list(Verdict))),
        level=level or draw(st.sampled_from([Level.MUST, Level.MUST, Level.RECOMMENDED])),
        summary=draw(words),
        rule=f"{check}/1",
        source="a standard",
        method=draw(st.sampled_from([Method.TEST, Method.TEST, Method.TEST, Method.EXAMINE, Method.INTERVIEW])),
        at=NOW if fresh else draw(moments),
        facts={"seen": draw(st.integers(0, 9))},
        addresses=draw(st.sampled_from([(), ("192.0.2.1",), ("192.0.2.2", "2001:db8::1")])),
    )


scopes = st.one_of(
    st.sampled_from([("a.example",), ("a.example", "b.example"), ("a.example", "no host")]).map(lambda n: hosts(*n)),
    st.sampled_from([("/src/a",), ("/src/a", "/src/b")]).map(lambda n: repositories(*n)),
)

evidence = st.builds(
    lambda id, name, requirements, note, expires, replaces: piece(
        id, *requirements, name=name, note=note, expires=expires, replaces=replaces
    ),
    st.sampled_from(["e1", "e2", "e3"]),
    words,
    subsets((*IDS, "D-1a")),
    st.just("") | words,
    maybe_day,
    st.sampled_from(["", "e1", "e2"]),
)

ABOUT = (*IDS, "D-1a", "D-2b", "GONE-1")
about = st.sampled_from(ABOUT)
texts = st.sampled_from(["", " "]) | words


@st.composite
def confirmations(draw: st.DrawFn) -> e.ScopeConfirmed:
    from wizard.domain.scope import Host

    names = draw(subsets(("a.example", "b.example")))
    return e.ScopeConfirmed(tuple(Host(name, purpose="API") for name in names), "I agree.", draw(words))


deeds: st.SearchStrategy[e.Payload] = st.one_of(
    st.builds(e.ControlShown, st.sampled_from(("a.example", "b.example")), st.sampled_from(("", "dns", "file"))),
    answers((*QUESTIONS, "GONE-Q")).map(e.AnswerGiven),
    scopes.map(e.AnswerGiven),
    st.builds(e.CommentSet, about, texts),
    st.builds(e.NotApplicableClaimed, about, texts),
    st.builds(e.ContradictionExplained, about, texts),
    st.builds(e.ExceptionSet, about, texts, texts, texts, maybe_day),
    evidence.map(e.EvidenceAdded),
    st.builds(e.EvidenceFiled, st.sampled_from(["e1", "e2", "e3"]), subsets(IDS), texts, maybe_day),
    st.builds(e.EvidenceRemoved, st.sampled_from(["e1", "e2", "e3"])),
    st.builds(e.EvidenceRestored, st.sampled_from(["e1", "e2", "e3"])),
    st.builds(e.AssessmentDescribed, words, words, texts, texts, texts, maybe_day),
    st.builds(e.SignatoryNamed, words, words, words, texts),
    confirmations(),
    st.builds(e.SectionApproved, words, st.sampled_from(["", "ab" * 32])),
)

happenings: st.SearchStrategy[e.Payload] = st.one_of(
    st.builds(
        e.Looked,
        run=st.sampled_from(["r1", "r2"]),
        host=st.just("a.example"),
        results=st.lists(results(), max_size=3).map(tuple),
        record=st.sampled_from(["", "cd" * 32]),
        targets=st.sampled_from([(), ("a.example",)]),
    ),
    st.builds(e.AssessmentStarted, words, words, words, st.booleans()),
    st.builds(e.Attested, words, words, words, words, st.integers(0, 99), words, maybe_day),
    st.builds(e.ClockJumped, st.integers(-999, 999)),
    st.builds(e.OlderCopyAccepted, st.integers(0, 999), st.integers(0, 999)),
    st.builds(e.Unknown, words, st.integers(1, 9), st.just({"what": [1, "two", None]})),
)

histories = st.lists(deeds | happenings, max_size=25)
GOOD = {
    AnswerKind.YES_NO: "yes",
    AnswerKind.TEXT: "yes",
    AnswerKind.TABLE: (Row((("name", "one"),)),),
    AnswerKind.CHOICES: ("one",),
    AnswerKind.FILES: ("e1",),
}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Questionnaire, list[e.Payload]]:
    """A questionnaire and a history in which most is answered well and seen to be well, and then some is not."""
    sheet = draw(questionnaires())
    history: list[e.Payload] = [e.AnswerGiven(draw(scopes)), e.AnswerGiven(draw(scopes))]
    history += [
        e.AnswerGiven(Answer(each.id, AnswerState.GIVEN, GOOD[each.kind]))
        for each in sheet.questions
        if each.id in QUESTIONS and draw(st.integers(0, 9))
    ]
    mostly = st.sampled_from([*[Verdict.PASS] * 6, Verdict.WARN, Verdict.NOT_APPLICABLE, Verdict.FAIL, Verdict.UNKNOWN])
    seen = [
        draw(results(verdict=draw(mostly), level=Level.MUST, fresh=True, at=(check, subject)))
        for check, subjects in SUBJECTS.items()
        for subject in subjects
        if draw(st.integers(0, 7))
    ]
    history += [e.Looked("r0", "", tuple(seen))] if seen else []
    return sheet, [*history, *draw(st.lists(deeds | happenings, max_size=8))]
