"""A workspace as large as one gets: ten thousand entries and files, two hundred requirements with ten looks each."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from pathlib import Path

import figures
from figures import Figure
from vault_place import PASSPHRASE, QUESTIONNAIRE, QUICK, Place, said

from wizard.vault.unlocking import WithPassphrase

REQUIREMENTS, LOOKS = 200, 10


def _questionnaire(folder: Path) -> Path:
    folder.mkdir()
    (folder / "questionnaire.toml").write_text(
        '[questionnaire]\nid = "many"\nversion = "1"\ntitle = "Many"\npublisher = "Nobody"\npage = "None"\n'
        "read_on = 2026-01-02\n"
    )
    requirements = (
        f'[[requirement]]\nid = "MANY-{number}"\nobligation = "must"\ntitle = "Duty {number}"\n'
        'explanation = "What is asked."\nwhy = "Because."\ngood_evidence = ["Some."]\nbad_evidence = ["None."]\n'
        f'fix = "Do it."\nsource = {{ heading = "All", word = "must", digest = "{"0" * 64}" }}\nchecks = ["hsts"]\n'
        f'[[question]]\nid = "MANY-{number}-q"\nrequirements = ["MANY-{number}"]\nkind = "yes-no"\n'
        'ask = "Is it so?"\n'
        for number in range(REQUIREMENTS)
    )
    head = '[section]\nid = "all"\ntitle = "All"\nsummary = "All of them"\n'
    (folder / "10-all.toml").write_text("\n".join((head, *requirements)))
    return folder


def _filled(root: Path, count: int) -> None:
    """Make the workspace through the session, as a person would, but without reading each file as a report."""
    from wizard.domain import events as e
    from wizard.domain.answers import Answer, AnswerState, Row
    from wizard.domain.evidence import Evidence
    from wizard.domain.observation import Level, Method, Result, Verdict
    from wizard.domain.scope import HOSTS_QUESTION
    from wizard.session import opening
    from wizard.session.settings import Home, Preferences

    made = opening.create(
        root / "Many.attestry",
        Preferences(Home.below(root / "home")),
        passphrase=PASSPHRASE,
        remember=False,
        described=e.AssessmentDescribed("Many", "Many"),
        questionnaire=_questionnaire(root / "many"),
        floor=QUICK,
    )
    session, now = made.session, datetime.now(UTC)
    hosts = tuple(f"host-{n}.example.com" for n in range(LOOKS))
    table = Answer(HOSTS_QUESTION, AnswerState.GIVEN, tuple(Row((("host", host),)) for host in hosts))
    payloads: list[e.Payload] = [e.AnswerGiven(table)]
    for host in hosts:
        result = Result("hsts", host, Verdict.PASS, Level.MUST, "It is.", "hsts/1", "RFC 6797", Method.TEST, now)
        payloads.append(e.Looked(f"run {host}", host, (result,)))
    for number in range(count):
        sealed = session.workspace.box.seal_bytes(f"evidence {number} ".encode() * 40)
        under = (f"MANY-{number % REQUIREMENTS}",)
        payloads.append(e.EvidenceAdded(Evidence(f"{number:016x}", f"{number}.txt", "text/plain", sealed, under)))
        payloads.append(e.CommentSet(f"MANY-{number % REQUIREMENTS}", f"note {number}"))
    for at in range(0, len(payloads), 1000):
        session.workspace.journal.append(*payloads[at : at + 1000], questionnaire="q")
    session.close()


def _measured(root: Path) -> dict[str, float]:
    from PySide6.QtWidgets import QApplication

    from wizard.gui.context import Place as Where
    from wizard.gui.shell import Shell
    from wizard.gui.theme import theme
    from wizard.session import opening
    from wizard.session.deeds import attesting, keeping
    from wizard.session.settings import Home, Preferences

    out: dict[str, float] = {}
    preferences = Preferences(Home.below(root / "home"))
    begun = time.perf_counter()
    session = opening.open_(root / "Many.attestry", WithPassphrase(PASSPHRASE), preferences, floor=QUICK)
    out["findings"] = float(len(session.findings))
    out["open"] = time.perf_counter() - begun
    out["events"], out["files"] = float(session.assessment.events), float(len(session.assessment.evidence))
    begun = time.perf_counter()
    out["whole"] = float(attesting.verify_workspace(session).result.result().ok)
    out["check"] = time.perf_counter() - begun
    begun = time.perf_counter()
    told: list[object] = []
    found = keeping.check_everything(session, told.append).result.result()
    out["everything"], out["problems"] = time.perf_counter() - begun, float(len(found.problems))
    out["told"] = float(len(told))
    job = keeping.check_everything(session)
    threading.Event().wait(min(1.5, out["everything"] * 0.4))
    begun = time.perf_counter()
    job.cancel()
    try:
        job.result.result()
    except CancelledError:
        out["cancel"] = time.perf_counter() - begun
    app = QApplication([])
    theme().apply(app, "light")
    window = Shell(preferences)
    window.resize(1280, 720)
    window.show()
    window.open_session((session, Where("home")))
    quiet = time.perf_counter() + 120
    while time.perf_counter() < quiet and (window.context.work.running or session.verification is None):
        app.processEvents()
    begun = time.perf_counter()
    window.go(Where("evidence"))
    app.processEvents()
    window.grab()
    out["page"] = time.perf_counter() - begun
    page = window.page
    bars = [page.table.verticalScrollBar(), page.scroll_area.verticalScrollBar()]  # type: ignore[attr-defined]
    bar = max(bars, key=lambda bar: bar.maximum())
    frames = []
    for step in range(300):
        begun = time.perf_counter()
        bar.setValue(bar.maximum() * step // 300)
        app.processEvents()
        frames.append(time.perf_counter() - begun)
    out["frame"] = sorted(frames)[int(len(frames) * 0.95)]
    window.close()
    out["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return out


def many(size: float) -> list[Figure]:
    """D16."""
    count = max(200, round(10_000 * size))
    shm = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shm if shm.is_dir() else None) as folder:
        environment = figures.child_environment(QT_QPA_PLATFORM="offscreen", HOME=folder, XDG_RUNTIME_DIR=folder)
        for what in ("fill", "measure"):
            done = subprocess.run(
                [sys.executable, __file__, what, folder, str(count)],
                capture_output=True,
                text=True,
                env=environment,
                check=False,
            )
            if done.returncode:
                raise AssertionError(done.stderr[-2000:])
    out = json.loads(done.stdout.splitlines()[-1])
    failed = (
        (out["open"] >= 3)
        + (out["frame"] > 1 / 30)
        + (out["everything"] >= 300)
        + (out.get("cancel", 99) > 1)
        + (out["whole"] != 1 or out["problems"] > 0 or out["told"] < 5)
        + (out["files"] != count or out["findings"] != REQUIREMENTS)
    )
    more = (
        f"{out['events']:,.0f} entries, {out['files']:,.0f} files, {REQUIREMENTS} requirements with {LOOKS} looks "
        f"each: opened and judged in {out['open']:.2f} s, checked in {out['check']:.1f} s, every file opened in "
        f"{out['everything']:.1f} s and stopped within {out.get('cancel', 99):.2f} s, "
        f"page shown in {out['page']:.2f} s, "
        f"19 of 20 frames of scrolling within {out['frame'] * 1000:.0f} ms, {out['memory']:.0f} MiB in all"
    )
    return [Figure("D16", "a very large workspace: six bars", 6, int(failed), more=more)]


def long_journal(size: float) -> list[Figure]:
    """T-chain 6: a hundred thousand entries are checked within ten seconds and 300 MB."""
    count = max(5_000, round(100_000 * size))
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, __file__, "long", folder, str(count)],
            capture_output=True,
            text=True,
            env=figures.child_environment(),
            check=False,
        )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    out = json.loads(done.stdout.splitlines()[-1])
    failed = (out["took"] >= 10 * max(size, 0.3)) + (out["memory"] >= 300) + (out["whole"] != count)
    more = (
        f"checked as on an opening or an import in {out['took']:.1f} s, with every signature in {out['every']:.1f} s, "
        f"{out['memory']:.0f} MiB in all"
    )
    return [Figure("T6", "a journal of so many entries: three bars", count, int(failed), more=more)]


def _long(root: Path, count: int) -> dict[str, float]:
    place = Place(root / "Long.attestry", root / "home")
    made = place.create()
    for at in range(0, count, 1000):
        made.journal.append(*[said(n, "x" * 60) for n in range(at, min(at + 1000, count))], questionnaire=QUESTIONNAIRE)
    place.close()
    opened = place.open(home=root / "another computer")
    begun = time.perf_counter()
    quick = opened.verify(every=False)
    took = time.perf_counter() - begun
    begun = time.perf_counter()
    found = opened.verify()
    every = time.perf_counter() - begun
    place.close()
    assert quick.ok
    assert quick == found
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"took": took, "every": every, "memory": memory, "whole": float(found.events if found.ok else 0)}


def run(size: float) -> list[Figure]:
    """Many files, and a long journal."""
    return [*many(size), *long_journal(size)]


if __name__ == "__main__":
    os.umask(0o077)
    match sys.argv[1]:
        case "fill":
            _filled(Path(sys.argv[2]), int(sys.argv[3]))
        case "measure":
            print(json.dumps(_measured(Path(sys.argv[2]))))
        case _:
            print(json.dumps(_long(Path(sys.argv[2]), int(sys.argv[3]))))
