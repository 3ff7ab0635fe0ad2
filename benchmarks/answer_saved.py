"""How long until an answer is durable, next to a bare commit of the same size into plain SQLite with the same settings.

Run: python benchmarks/answer_saved.py [count]
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from wizard.domain.answers import Answer, AnswerState
from wizard.domain.events import AssessmentDescribed
from wizard.session import opening
from wizard.session.deeds import answers
from wizard.session.settings import Home, Preferences


def plain(folder: Path, count: int) -> list[float]:
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, body BLOB)")
    taken = []
    for number in range(count):
        began = time.perf_counter()
        connection.execute("INSERT INTO events (body) VALUES (?)", (f"{number:08d}".encode() * 120,))
        taken.append(time.perf_counter() - began)
    connection.close()
    return taken


def ours(folder: Path, count: int) -> list[float]:
    preferences = Preferences(Home.below(folder / "home"))
    described = AssessmentDescribed("Northwind", "Sync")
    session = opening.create(
        folder / "b.attestry", preferences, passphrase="only for the benchmark", remember=False, described=described
    ).session
    question = next(q for q in session.questionnaire.questions if q.kind == "text")
    taken = []
    for number in range(count):
        began = time.perf_counter()
        answers.answer(session, Answer(question.id, AnswerState.GIVEN, f"answer {number}")).result()
        taken.append(time.perf_counter() - began)
    session.close()
    return taken


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as name:
        floor, answered = plain(Path(name), count), ours(Path(name), count)
    for title, taken in (("plain SQLite, DELETE + EXTRA", floor), ("an answer, durable", answered)):
        worst = max(taken) * 1000
        print(f"{title:32} median {statistics.median(taken) * 1000:6.2f} ms   worst {worst:6.2f} ms   n {len(taken)}")
    print(f"ratio of medians {statistics.median(answered) / statistics.median(floor):.2f}")


if __name__ == "__main__":
    main()
