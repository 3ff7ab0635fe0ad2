"""The limits of 28, 42, 56 and 175 days over the ledger: at the limit, over it, excepted, unrated, denied."""

from __future__ import annotations

import pytest

from tests.unit.ledger.ledger_samples import NOW, ago, flaw, own, report
from wizard.checks.answers import ANSWER_CHECKS
from wizard.checks.answers.base import Judgement, Said
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.ledger import Decided, make_ledger
from wizard.domain.observation import Verdict
from wizard.domain.vulnerability import Decision, Disposal, Note, Rating, Standing

CHECKS = {check.id: check for check in ANSWER_CHECKS}
RATINGS = {"critical": Rating.CRITICAL, "high": Rating.HIGH, "medium": Rating.MEDIUM, "low": Rating.LOW}


def judged(severity: str, *found: object, any: str = "some", **decided: Disposal) -> Judgement | None:
    answers = {"VULN-any": Answer("VULN-any", AnswerState.GIVEN, any)} if any else {}
    choices = {f"hand:{name[1:]}": Decided(disposal) for name, disposal in decided.items()}
    ledger = make_ledger(found, choices, {})  # type: ignore[arg-type]
    return CHECKS[f"deadline-{severity}"].judge(Said(answers, {}, NOW, ledger))


def verdict(severity: str, *found: object, any: str = "some", **decided: Disposal) -> str | None:
    judgement = judged(severity, *found, any=any, **decided)
    return judgement.verdict.value if judgement else None


@pytest.mark.parametrize(("severity", "days"), [("critical", 28), ("high", 42), ("medium", 56), ("low", 175)])
def test_open_weaknesses(severity: str, days: int) -> None:
    rating = RATINGS[severity]
    assert verdict(severity, own(rating=rating, reported=days)) == "warn", "due today is in time"
    assert verdict(severity, own(rating=rating, reported=days + 1)) == "fail"
    assert verdict(severity, own(rating=rating, reported=days - 8)) == "pass"
    others = [each for each in RATINGS if each != severity]
    assert {verdict(other, own(rating=rating, reported=days + 1)) for other in others} == {"pass"}


def test_fixed_weaknesses() -> None:
    old = own(reported=100)
    assert verdict("high", old, _1=Disposal(Decision.FIXED, on=ago(58))) == "pass"  # on day 42
    late = judged("high", old, _1=Disposal(Decision.FIXED, on=ago(57)))
    assert late is not None
    assert (late.verdict, late.excepted_until) == (Verdict.FAIL, None)
    assert "fixed 1 day after" in late.summary
    assert verdict("high", own(reported=700), _1=Disposal(Decision.FIXED, on=ago(400))) == "pass", "twelve months ago"


def test_fixed_late_with_an_explanation_is_a_known_gap_for_twelve_months() -> None:
    late = judged("high", own(reported=100), _1=Disposal(Decision.FIXED, because="Vendor was slow.", on=ago(57)))
    assert late is not None
    assert late.verdict is Verdict.FAIL
    assert late.excepted_until is not None
    assert late.excepted_until > NOW.date()


def test_only_when_every_late_one_is_accepted_is_it_a_known_gap() -> None:
    accepted = Disposal(Decision.ACCEPTED, because="x", owner="Jo", control="proxy", until=ago(-20))
    one = judged("high", own(reported=60), _1=accepted)
    assert one is not None
    assert one.excepted_until == ago(-20)
    two = judged("high", own(reported=60), own("hand:2", reported=61), _1=accepted)
    assert two is not None
    assert two.excepted_until is None
    passed = Disposal(Decision.ACCEPTED, because="x", owner="Jo", control="proxy", until=ago(1))
    gone = judged("high", own(reported=60), _1=passed)
    assert gone is not None
    assert gone.excepted_until is None


def test_the_earlier_clock_decides() -> None:
    late = judged("high", own(reported=50, triaged=ago(20)))
    assert late is not None
    assert late.verdict is Verdict.FAIL
    assert "8 days past its limit of 42 days" in late.summary
    assert "the earlier one decides" in late.summary
    assert verdict("high", own(reported=20, triaged=ago(50))) == "fail"


def test_what_nobody_rated_is_never_a_pass() -> None:
    unrated = (report(), [flaw(rating=Rating.UNKNOWN)])
    assert {verdict(severity, unrated) for severity in RATINGS} == {"unknown"}
    assert verdict("low", (report(), [flaw(rating=Rating.INFO)])) == "unknown", "the ledger holds nothing that counts"
    assert verdict("low", unrated, Note("log4j-core|CVE-2021-44228", rating=Rating.LOW, score=2.0)) == "pass"


def test_false_alarms_do_not_run() -> None:
    for decision in (Decision.FALSE_POSITIVE, Decision.NOT_AFFECTED):
        alarm = own(rating=Rating.CRITICAL, reported=300)
        assert verdict("critical", alarm, _1=Disposal(decision, because="shown by a test")) == "pass"


def test_fixed_on_an_untold_day_is_pointed_out() -> None:
    assert verdict("high", (report(), [flaw(standing=Standing.FIXED, reported_on=ago(600))])) == "warn"


def test_what_nobody_rated_may_have_been_fixed_too_late() -> None:
    unrated = own(rating=Rating.UNKNOWN, reported=100)
    assert verdict("low", unrated, _1=Disposal(Decision.FIXED, on=ago(72))) == "pass", "within every limit"
    late = judged("low", unrated, _1=Disposal(Decision.FIXED, on=ago(71)))
    assert late is not None
    assert late.verdict is Verdict.UNKNOWN
    assert "whether they were fixed in time" in late.summary


def test_what_a_tool_set_aside_is_named_where_it_would_count() -> None:
    aside = (report(), [flaw(rating=Rating.CRITICAL, standing=Standing.SET_ASIDE)])
    found = judged("critical", aside)
    assert found is not None
    assert (found.verdict, "V-1" in found.summary) == (Verdict.WARN, True)
    assert verdict("high", aside) == "pass"
    assert {verdict(s, (report(), [flaw(rating=Rating.UNKNOWN, standing=Standing.SET_ASIDE)])) for s in RATINGS} == {
        "warn"
    }


def test_a_fix_before_the_report_of_it_proves_nothing() -> None:
    odd = flaw(standing=Standing.FIXED, reported_on=ago(10), fixed_on=ago(11))
    assert verdict("high", (report(), [odd])) == "unknown"
    same = flaw(standing=Standing.FIXED, reported_on=ago(10), fixed_on=ago(10))
    assert verdict("high", (report(), [same])) == "pass"


def test_coming_back_makes_no_late_fix_forgotten() -> None:
    first, without, again = report("r1", days=200), report("r2", days=20), report("r3", days=5)
    found = ((first, [flaw()]), (without, []), (again, [flaw()]))

    def after(fixed: int) -> str:
        choices = {"log4j-core|CVE-2021-44228": Decided(Disposal(Decision.FIXED, on=ago(fixed)))}
        judgement = CHECKS["deadline-high"].judge(Said({}, {}, NOW, make_ledger(found, choices, {})))
        assert judgement is not None
        return judgement.verdict.value

    assert after(158) == "pass", "fixed on day 42, and again new since five days"
    assert after(157) == "fail"


def test_the_answer_and_the_ledger() -> None:
    assert verdict("low", any="none") == "warn"
    assert verdict("low", any="") is None
    assert verdict("low", any="some") == "unknown"
    assert verdict("low", own(), any="") == "pass"
    against = judged("low", own(), any="none")
    assert against is not None
    assert against.verdict is Verdict.WARN
    assert "none was ever recorded; the ledger holds 1" in against.summary


def test_many_late_ones_make_a_short_sentence_and_bounded_facts() -> None:
    late = judged("high", *(own(f"hand:{n}", reported=100 + n) for n in range(200)))
    assert late is not None
    assert "197 more are late" in late.summary
    assert late.facts["late_in_all"] == 200
    assert len(late.facts["late"]) == 50  # type: ignore[arg-type]
