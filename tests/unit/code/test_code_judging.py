"""So many secrets that not all are named are never all dealt with, and what was not looked at is said beside them."""

from datetime import UTC, datetime

import pytest

from wizard.checks import public_secrets, repository_secrets
from wizard.checks.code.coverage import Counting, GapKind
from wizard.checks.code.engine import Candidate
from wizard.checks.code.leak import Leak, Tier, Where
from wizard.checks.code.scan import SecretScan
from wizard.checks.code.tiers import judge_value
from wizard.checks.looks.public_code import PublicCode, PublicFile
from wizard.domain.observation import Verdict


def leaks(count):
    return tuple(Leak("r", Tier.B, Where.FILE, f"f{n}", 1, "", "…", f"{n:032}") for n in range(count))


def test_more_secrets_in_a_repository_than_are_named():
    counting = Counting(has_history=True, commits=1)
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


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        (b'{"digest":"ab12","leaf":"said:AUTH-1","salt":"', b'"}', False),
        (b'{"salt":"', b'","commitment":"ab12"}', False),
        (b'{"salt":"', b'"}', True),
        (b'{"digest":"ab12","secret_salt":"', b'"}', True),
        (b'{"digest":"ab12","token":"', b'"}', True),
    ],
)
def test_the_salt_of_a_digest_that_stands_beside_it_is_no_secret(before, after, counts):
    secret = "098c369f8c109165e58461cc25ddc40c12aac638e42ee2dabf20feed5a13e9e1"
    found = Candidate("attestry.secret-quoted", secret, 0, len(secret), 1, sure=False)
    assert (judge_value(found, before, after, datetime.now(UTC)) is not None) is counts
