"""How the shell speaks where nobody listens, where nothing fits, and where letters are few."""

from __future__ import annotations

import io
import json
import sys

import pytest

from wizard.cli import main as shell
from wizard.cli.output import NotWritten, Output, open_streams


class _Full(io.StringIO):
    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_closed_streams_lead_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert shell.run(shell.parse(["judge", "hsts", "--facts", "-"])) == 2
    assert shell.run(shell.parse(["list", "checks"])) == 0
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


@pytest.mark.parametrize("as_json", [False, True])
def test_letters_that_a_terminal_lacks_stop_nothing(as_json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    open_streams()
    Output(as_json).result({"seen": "301 → é"}, "301 → é")
    written = raw.getvalue()
    assert json.loads(written) == {"seen": "301 → é"} if as_json else written.split() == [b"301", b"\\u2192", b"\xe9"]


def test_no_text_of_others_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    said = {"summary": "in \u202elodash\x9b2J"}
    Output(as_json=True).result(said)
    Output(as_json=False).result(said, said["summary"])
    as_json, plain = capsys.readouterr().out.splitlines()
    assert json.loads(as_json) == said
    assert as_json.isascii()
    assert plain == "in \\x202elodash\\x9b2J"


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", _Full())
    with pytest.raises(NotWritten, match="No space left"):
        Output(as_json=False).result({}, "a line")
    print("what comes later is dropped")
    sys.stdout.close()
