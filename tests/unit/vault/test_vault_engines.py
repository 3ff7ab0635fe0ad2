"""The file belongs to no one driver: another engine opens it, and what the engine is told reaches no log."""

from __future__ import annotations

import io
import logging
import sys
from pathlib import Path

import apsw
import pytest
import sqlalchemy as sa
from vault_place import PASSPHRASE, QUESTIONNAIRE, Place, said, texts

from wizard.domain.mistakes import Mistake
from wizard.vault import header, keys
from wizard.vault.unlocking import WithPassphrase
from wizard.vault.workspace import Workspace

TORTURE = Path(__file__).parents[2] / "torture"


def with_the_other_driver(place: Place, flags: int = apsw.SQLITE_OPEN_READONLY) -> apsw.Connection:
    """SQLite3 Multiple Ciphers, told to do as SQLCipher 4 does."""
    key = keys.sub_key(place.data_key(), header.read(place.folder).workspace, "database")
    connection = apsw.Connection(str(place.journal), flags=flags)
    connection.pragma("cipher", "sqlcipher")
    connection.pragma("legacy", 4)
    connection.pragma("hexkey", f"x'{key.hex()}'".encode().hex())
    return connection


def test_the_second_driver_reads_and_writes_the_same_file(place: Place, filled: Workspace) -> None:
    filled.journal.append(*[said(n, "x" * 900) for n in range(50)], questionnaire=QUESTIONNAIRE)
    expected = [(row.position, row.hash, bytes(row.payload)) for row in filled.journal.rows()]
    place.close()
    other = with_the_other_driver(place)
    assert list(other.execute("SELECT position, hash, payload FROM events ORDER BY position")) == expected
    assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    other.close()
    other = with_the_other_driver(place, apsw.SQLITE_OPEN_READWRITE)
    other.execute("CREATE TABLE written_by_the_other (a); DROP TABLE written_by_the_other")
    other.close()
    again = place.open()
    assert len(texts(again)) == 55
    assert again.verify().ok


def test_the_second_driver_refuses_another_key(place: Place, filled: Workspace) -> None:
    place.close()
    other = apsw.Connection(str(place.journal), flags=apsw.SQLITE_OPEN_READONLY)
    other.pragma("cipher", "sqlcipher")
    other.pragma("legacy", 4)
    other.pragma("hexkey", b"another key".hex())
    with pytest.raises(apsw.NotADBError):
        other.execute("SELECT count(*) FROM events").fetchall()
    other.close()


def test_nothing_typed_reaches_a_log_or_a_stream_even_with_the_engine_echoing(
    place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """K6: every statement that SQLAlchemy would print, and every mistake, is looked through."""
    canary = "canary8d1f0b77"
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    root.addHandler(handler)
    monkeypatch.setattr(root, "level", logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("sqlalchemy.engine"), "level", logging.DEBUG)
    made = place.create(passphrase=f"{canary} passphrase")
    made._database._engine.echo = "debug"
    mistakes = []
    made.journal.append(said(1, canary), questionnaire=QUESTIONNAIRE)
    made.secrets.put("signing-key", canary.encode())
    sealed = made.box.seal_bytes(canary.encode())
    made.verify()
    made.back_up()
    place.journal.write_bytes(place.journal.read_bytes()[:-4096])
    next(place.folder.glob("evidence/??/*.age")).write_bytes(b"")
    for deed in (
        lambda: made.journal.append(said(2, canary), questionnaire=QUESTIONNAIRE),
        lambda: made.secrets.put("signing-key", canary.encode()),
        lambda: made.box.read(sealed, 100),
        lambda: made.change_passphrase(canary, WithPassphrase(f"{canary} wrong")),
        lambda: place.open(WithPassphrase(f"{canary} wrong")),
    ):
        try:
            deed()
        except Mistake as mistake:
            mistakes.append(f"{mistake!r} {mistake.sentence} {mistake.__cause__} {mistake.__context__ and ''}")
    place.close()
    captured = capfd.readouterr()
    with sa.create_engine("sqlite://", echo="debug").connect() as connection:
        connection.exec_driver_sql("SELECT 'heard'").all()
    assert "Row ('heard',)" in log.getvalue(), "an engine that speaks would not have been heard"
    root.removeHandler(handler)
    assert len(mistakes) >= 3
    key = made.author_public  # public, and yet nobody's business
    for said_ in (log.getvalue(), captured.out, captured.err, *mistakes):
        assert canary not in said_
        assert PASSPHRASE not in said_
        assert key not in said_


@pytest.mark.slow
def test_power_cuts_lose_nothing_and_a_weaker_setting_does(tmp_path: Path, tool: object) -> None:
    """The harness of `make torture`, small: three hundred states of the disk, and proof that it bites."""
    if sys.platform != "linux":
        pytest.skip("needs Linux to log what a process writes")
    tool("gcc")  # type: ignore[operator]
    sys.path.insert(0, str(TORTURE))
    try:
        import power_cut
    finally:
        sys.path.remove(str(TORTURE))
    for setting, wanted in (("", 200), ("DELETE+FULL", 60), ("WAL+NORMAL", 40)):
        folder = tmp_path / (setting or "ours")
        folder.mkdir()
        trace = power_cut.record(folder, "append" if setting else "everything", 32, setting)
        done, losses = power_cut.cut(trace, 5, wanted, shares=1)
        assert done == wanted
        assert bool(losses) == bool(setting), losses[:3]
