"""How long a merge of 10,000 entries takes, how it grows, and how much of it is the checking of signatures.

`python benchmarks/exchange/exchange_speed.py` prints one line a figure. One Ed25519 signature an entry is the floor:
it is measured in the same minute, because a busy computer makes both slower.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.properties.exchange_replicas import NOW, QUESTIONS, WORKSPACE, Team
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.assessment import merged
from wizard.domain.bulk import many_values
from wizard.exchange import packet
from wizard.vault import database, foreign, journal, migrations
from wizard.vault.clock import Moment


def written(team: Team, count: int) -> None:
    """Two people write in turns without hearing of each other."""
    for who, author in enumerate(team.journals[:2]):
        end = author.end
        for number in range(count // 2):
            payload = e.AnswerGiven(
                Answer(f"{QUESTIONS[number % 3]}-{number % 200}", AnswerState.GIVEN, f"{who} {number}")
            )
            event, row = author._make(end, payload, Moment(NOW, 1, "b", 0), "q")
            end = journal._End(end.count + 1, event.hash, end.sequence + 1, event.hash, NOW, (event.hash,))
            author.store([row], {})


def merge(count: int) -> tuple[float, float, float]:
    """Seconds to check and store so many entries in a sealed database; to fold them; and of a processor for both."""
    team = Team(3)
    written(team, count)
    data = b"".join(packet.entries_bytes(tuple(foreign.entries(j, {}))) for j in team.journals[:2])
    with tempfile.TemporaryDirectory() as folder:
        opened = database.Database(Path(folder) / database.NAME, b"k" * 32, create=True)
        migrations.bring_up(opened)
        own = journal.author_of(b"z" * 32)
        journal.introduce(opened, own)
        real = journal.Journal(opened, WORKSPACE, own, read_only="")
        begun, worked = time.perf_counter(), time.process_time()
        checked = foreign.check(real, WORKSPACE, own.id, packet.read_entries(data), team.keys)
        real.store(checked.rows, team.keys)
        stored = time.perf_counter()
        with many_values():  # as `session.whole` does with what came
            assessment = merged(checked.events, team.start)
        folded, done = time.perf_counter(), time.process_time()
        assert not checked.waiting
        assert assessment.history.conflicts
        opened.close()
    return stored - begun, folded - stored, done - worked


def signature() -> float:
    """Seconds of a processor that checking one signature takes now."""
    author = journal.author_of(b"k" * 32)
    key, made = author.key.public_key(), author.key.sign(b"x" * 60)
    begun = time.process_time()
    for _time in range(2_000):
        key.verify(made, b"x" * 60)
    return (time.process_time() - begun) / 2_000


def main() -> int:
    """Print the figures."""
    for count in (2_500, 5_000, 10_000, 20_000):
        took, fold, worked = merge(count)
        print(
            f"merge of {count:>6} entries: checked and stored in {took:.2f} s, folded in {fold:.2f} s, "
            f"processor {worked:.2f} s, of it {signature() * count:.2f} s signatures",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
