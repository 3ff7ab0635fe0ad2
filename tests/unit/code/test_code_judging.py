"""So many secrets that not all are named are never all dealt with, and what was not looked at is said beside them."""

from wizard.checks import public_secrets, repository_secrets
from wizard.checks.code.coverage import Counting, GapKind
from wizard.checks.code.leak import Leak, Tier, Where
from wizard.checks.code.scan import SecretScan
from wizard.checks.looks.public_code import PublicCode, PublicFile
from wizard.domain.observation import Verdict


def leaks(count):
    return tuple(Leak("r", Tier.B, Where.FILE, f"f{n}", 1, "", "…", f"{n:032}") for n in range(count))


def test_more_secrets_in_a_repository_than_are_named():
    counting = Counting(has_history=True)
    reading = repository_secrets.Reading.of(SecretScan(leaks(2_003), counting.freeze()))
    assert repository_secrets.Reading.from_facts(reading.facts()) == reading
    judged = repository_secrets.judge(reading, set(reading.breaking))
    assert (judged.verdict, judged.facts["open"]) == (Verdict.FAIL, 3)
    few = repository_secrets.Reading.of(SecretScan(leaks(3), counting.freeze()))
    assert repository_secrets.judge(few, set(few.breaking)).verdict is Verdict.PASS


def test_a_gap_is_said_beside_an_open_secret():
    counting = Counting(has_history=True)
    counting.gap(GapKind.ENCRYPTED, "store.p12")
    reading = repository_secrets.Reading.of(SecretScan(leaks(1), counting.freeze()))
    assert "store.p12" in repository_secrets.judge(reading, ()).next_step
    assert repository_secrets.judge(reading, set(reading.breaking)).verdict is Verdict.UNKNOWN


def test_more_secrets_in_public_code_than_are_named():
    class Seen:
        def get(self, _kind):
            return PublicCode((PublicFile("https://a.example/", "page", 9, leaks(503)),))

    reading = public_secrets.read(Seen())
    settled = {leak.fingerprint for leak in reading.leaks}
    assert public_secrets.judge_with(reading, ()).verdict is Verdict.FAIL
    judged = public_secrets.judge_with(reading, settled)
    assert judged.verdict is Verdict.UNKNOWN
    assert "3 more" in judged.summary
