"""Makes the workspace that is stored in `stored/`, once for each released format; run by hand, never by the tests."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from vault_place import Place, said

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.evidence import Evidence
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.scope import Host

EVIDENCE = b"%PDF-1.7 a policy that was sealed long ago\n" * 50


def payloads(place: Place) -> tuple[e.Payload, ...]:
    """One of each that a workspace can hold."""
    sealed = place.opened[-1].box.seal_bytes(EVIDENCE)
    host = Host("app.example.com", purpose="the app")
    table = Answer(
        "hosts", AnswerState.GIVEN, (Row((("host", "app.example.com"),)), Row((("host", "\u5b89.example"),)))
    )
    result = Result(
        "hsts", "app.example.com", Verdict.FAIL, Level.MUST, "No HSTS.", "hsts/1", "RFC 6797", Method.TEST,
        datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC), {"max_age": 0, "parts": ["a", None, 1.5, True]},
        addresses=("192.0.2.1",), proof="HTTP/1.1 200 OK",
    )  # fmt: skip
    return (
        e.AssessmentStarted("apollo-marketplace", "2025.1", "d" * 64),
        e.AssessmentDescribed("Acme GmbH", "Acme for Apollo", "Z\u00fcrich", target=date(2026, 12, 24)),
        said(1, "yes"),
        e.AnswerGiven(table),
        e.AnswerGiven(Answer("not-here", AnswerState.NOT_APPLICABLE, reason="no such system")),
        e.CommentSet("DATA-4", "see the policy"),
        e.NotApplicableClaimed("DATA-5", "no such data"),
        e.ScopeConfirmed((host,), "I may look at these hosts.", "A. Person"),
        e.Looked("run-1", "app.example.com", (result,), record=sealed.digest, record_name=sealed.name),
        e.EvidenceAdded(Evidence("e1", "policy.pdf", "application/pdf", sealed, ("DATA-4",))),
        e.EvidenceFiled("e1", ("DATA-4", "DATA-5"), "both", date(2027, 1, 1)),
        e.EvidenceRemoved("e1"),
        e.EvidenceRestored("e1"),
        e.ExceptionSet("AUTH-1", "no second factor", "CTO", "network limits", date(2027, 6, 1)),
        e.ContradictionExplained("AUTH-2", "a test host"),
        e.SignatoryNamed("A. Person", "CISO", "board resolution", "a@example.com"),
        e.Attested("out.pdf", "a" * 64, "b" * 64, "c" * 64, 15, "d" * 64, date(2027, 1, 1)),
        e.ClockJumped(3600),
    )


def main() -> None:
    folder = Path(__file__).parent / "stored" / sys.argv[1]
    place = Place(folder, folder.parent / ".home")
    workspace = place.create()
    workspace.journal.append(*payloads(place), questionnaire="apollo-marketplace/2025.1")
    place.close()
    (folder / "recovery-key.txt").write_text(place.recovery_key + "\n")
    (folder / "writer.lock").unlink()


if __name__ == "__main__":
    main()
