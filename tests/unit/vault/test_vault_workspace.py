"""Making, opening and refusing workspaces, with real files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from vault_place import PASSPHRASE, QUESTIONNAIRE, QUICK, Place, said, texts

from wizard.vault import database, header, migrations, mistakes
from wizard.vault.unlocking import WithKeyring, WithPassphrase, WithRecoveryKey
from wizard.vault.workspace import Workspace, keyring_opens


def test_opens_again_with_everything_in_it(place: Place) -> None:
    made = place.create()
    author = made.author, made.author_public, made.id
    made.journal.append(said(1), said(2), questionnaire=QUESTIONNAIRE)
    made.secrets.put("signing-key", b"very secret")
    sealed = made.box.seal_bytes(b"a policy")
    made.close()

    again = place.open()
    assert not again.read_only
    assert again.read_only_because == ""
    assert (again.author, again.author_public, again.id) == author
    assert [event.payload for event in again.journal.events()] == [said(1), said(2)]
    assert again.secrets.get("signing-key") == b"very secret"
    assert again.box.read(sealed, 100) == b"a policy"
    assert again.verify().ok


def test_opens_by_the_file_inside_and_by_the_recovery_key(place: Place) -> None:
    place.create().close()
    inside = place.folder / "open.attestry"
    Workspace.open(inside, WithPassphrase(PASSPHRASE), home=place.home, floor=QUICK).close()
    typed = place.recovery_key.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    place.open(WithRecoveryKey(typed)).close()


def test_the_same_passphrase_from_another_keyboard_opens_it(place: Place) -> None:
    place.create(passphrase="Gr\u00fc\u00dfe aus Z\u00fcrich").close()
    place.open(WithPassphrase("Gru\u0308\u00dfe aus Zu\u0308rich")).close()


@pytest.mark.parametrize("near", [PASSPHRASE.upper(), PASSPHRASE + " ", " " + PASSPHRASE, PASSPHRASE[:-1], "x"])
def test_a_near_miss_does_not_open_it_and_changes_nothing(place: Place, near: str) -> None:
    place.create().close()
    before = {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()}
    with pytest.raises(mistakes.WrongPassphrase, match="does not open this workspace"):
        place.open(WithPassphrase(near))
    assert {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", ["", "\ud800 broken text", "x" * 1025])
def test_a_passphrase_that_cannot_be_one_is_said_so(place: Place, text: str) -> None:
    place.create().close()
    with pytest.raises(mistakes.UnusablePassphrase):
        place.open(WithPassphrase(text))


def test_a_short_new_passphrase_is_refused_before_anything_is_made(place: Place) -> None:
    with pytest.raises(mistakes.UnusablePassphrase, match="fewer than 8"):
        place.create(passphrase="short")
    assert not place.folder.exists()


def test_recovery_key_mistyped_and_wrong_are_told_apart(place: Place, tmp_path: Path) -> None:
    place.create().close()
    other = Place(tmp_path / "Other.attestry", place.home)
    other.create().close()
    with pytest.raises(mistakes.WrongRecoveryKey):
        place.open(WithRecoveryKey(other.recovery_key))
    last = place.recovery_key[-1]
    with pytest.raises(mistakes.MistypedRecoveryKey):
        place.open(WithRecoveryKey(place.recovery_key[:-1] + ("A" if last != "A" else "B")))


def test_change_of_passphrase_and_recovery_key(place: Place) -> None:
    workspace = place.create()
    old = place.recovery_key
    with pytest.raises(mistakes.WrongPassphrase):
        workspace.change_passphrase("another good passphrase", WithPassphrase("not the passphrase"))
    workspace.change_passphrase("another good passphrase", WithRecoveryKey(old))
    new = workspace.new_recovery_key(WithPassphrase("another good passphrase"))
    workspace.close()
    with pytest.raises(mistakes.WrongPassphrase):
        place.open()
    with pytest.raises(mistakes.WrongRecoveryKey):
        place.open(WithRecoveryKey(old))
    place.open(WithPassphrase("another good passphrase")).close()
    place.open(WithRecoveryKey(new)).close()


# --- places that are no workspace ------------------------------------------------------------------------------------


def test_a_foreign_folder_is_named_and_left_alone(place: Place) -> None:
    place.folder.mkdir()
    (place.folder / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(mistakes.NotAWorkspace, match=r"Acme\.attestry"):
        place.open()
    with pytest.raises(mistakes.AlreadyThere):
        place.create()
    assert [path.name for path in place.folder.iterdir()] == ["holiday.jpg"]


def test_a_missing_folder_is_named(place: Place) -> None:
    with pytest.raises(mistakes.NotAWorkspace):
        place.open()


def test_an_empty_folder_can_become_one(place: Place) -> None:
    place.folder.mkdir()
    place.create()


def test_a_workspace_is_never_made_over_another(place: Place) -> None:
    place.create().close()
    with pytest.raises(mistakes.AlreadyThere):
        place.create()
    place.opened.append(place.open())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 2000,
        b"{}",
        b"[]",
        b'{"format": "attestry workspace"}',
        b'{"format": "something else"}',
        b"[" * 100_000,
        b"x" * 100_000,
        b'{"format": "attestry workspace", "version": NaN}',
    ],
)
def test_a_broken_key_file_is_said_so(place: Place, content: bytes) -> None:
    place.create().close()
    (place.folder / "open.attestry").write_bytes(content)
    with pytest.raises(mistakes.DamagedKeyFile, match=r"open\.attestry is damaged"):
        place.open()
    assert keyring_opens(place.folder) is False


def test_ids_that_would_leave_the_folder_are_refused(place: Place) -> None:
    place.create().close()
    path = place.folder / "open.attestry"
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps({**data, "workspace": "../../../../etc/passwd"}))
    with pytest.raises(mistakes.DamagedKeyFile):
        place.open()


def test_a_newer_key_file_and_a_newer_journal_name_both_versions_and_stay_as_they_are(place: Place) -> None:
    place.create().close()
    connection = place.database()
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = place.journal.read_bytes()
    with pytest.raises(mistakes.NewerWorkspace, match=r"format 99.*up to 1"):
        place.open()
    assert place.journal.read_bytes() == before
    path = place.folder / "open.attestry"
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps({**data, "version": 7}))
    with pytest.raises(mistakes.NewerWorkspace, match="format 7"):
        place.open()


def test_a_missing_or_empty_journal_is_never_begun_anew(place: Place) -> None:
    place.create().close()
    place.journal.write_bytes(b"")
    with pytest.raises(mistakes.MissingJournal, match="is empty"):
        place.open()
    assert place.journal.read_bytes() == b""
    place.journal.unlink()
    with pytest.raises(mistakes.MissingJournal, match="is missing"):
        place.open()
    assert not place.journal.exists()


@pytest.mark.parametrize("size", [1, 100, 4095, 4096, 8192])
def test_a_cut_journal_is_damaged_never_empty(place: Place, size: int) -> None:
    place.create().close()
    place.journal.write_bytes(place.journal.read_bytes()[:size])
    with pytest.raises(mistakes.DamagedJournal):
        place.open()


def test_another_workspaces_journal_is_not_taken_for_ours(place: Place, tmp_path: Path) -> None:
    place.create().close()
    other = Place(tmp_path / "Other.attestry", place.home)
    other.create().close()
    shutil.copy(other.journal, place.journal)
    with pytest.raises(mistakes.DamagedJournal):
        place.open()


def test_a_sealed_database_in_which_nothing_was_made_is_damaged(place: Place) -> None:
    place.create().close()
    connection = place.database()
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    with pytest.raises(mistakes.DamagedJournal):
        place.open()


# --- one writer ------------------------------------------------------------------------------------------------------


def test_a_second_window_reads_and_says_why(place: Place, filled: Workspace) -> None:
    second = place.open()
    assert second.read_only
    assert "another window" in second.read_only_because
    assert texts(second) == texts(filled)
    for deed in (
        lambda: second.journal.append(said(9), questionnaire=QUESTIONNAIRE),
        lambda: second.box.seal_bytes(b"x"),
        lambda: second.secrets.put("a", b"b"),
        lambda: second.secrets.remove("a"),
        lambda: second.change_passphrase("another good passphrase", WithPassphrase(PASSPHRASE)),
        lambda: second.new_recovery_key(WithPassphrase(PASSPHRASE)),
        second.remember,
        second.forget,
    ):
        with pytest.raises(mistakes.ReadOnly, match="another window"):
            deed()
    filled.journal.append(said(7, "meanwhile"), questionnaire=QUESTIONNAIRE)
    assert texts(second)[-1] == "meanwhile"
    second.close()
    assert not filled.read_only


def test_the_lock_is_free_after_closing_and_after_a_failed_opening(place: Place) -> None:
    place.create().close()
    with pytest.raises(mistakes.WrongPassphrase):
        place.open(WithPassphrase("not the passphrase"))
    kept = place.journal.read_bytes()
    place.journal.write_bytes(b"x" * 5000)
    with pytest.raises(mistakes.DamagedJournal):
        place.open()
    place.journal.write_bytes(kept)
    assert not place.open().read_only


@pytest.mark.slow
def test_another_process_that_writes_makes_this_one_a_reader_until_it_dies(place: Place) -> None:
    place.create().close()
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from vault_place import Place; place = Place(Path(sys.argv[2]), Path(sys.argv[3]));"
        "place.open(); print('open', flush=True); sys.stdin.read()"
    )
    here = str(Path(__file__).parent)
    with subprocess.Popen(
        [sys.executable, "-c", program, here, str(place.folder), str(place.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        assert place.open().read_only
        place.close()
        child.kill()
    assert not place.open().read_only


def test_opened_only_to_read(place: Place, filled: Workspace) -> None:
    filled.close()
    reader = place.open(read_only=True)
    assert reader.read_only
    assert "only to read" in reader.read_only_because
    assert not place.open().read_only  # a reader does not keep the writer out


def test_a_write_protected_workspace_opens_for_reading(
    unprivileged: Callable[[], AbstractContextManager[Path]],
) -> None:
    # imported before the user changes
    from vault_place import Place as _Place

    import wizard.vault.building
    import wizard.vault.verification  # noqa: F401

    with unprivileged() as folder:
        place = _Place(folder / "Acme.attestry", folder / "home")
        workspace = place.create()
        workspace.journal.append(said(1, "kept"), questionnaire=QUESTIONNAIRE)
        workspace.close()
        (place.folder / "writer.lock").chmod(0o400)
        place.journal.chmod(0o400)
        place.folder.chmod(0o500)
        reader = place.open()
        assert "write-protected" in reader.read_only_because
        assert texts(reader) == ["kept"]
        assert reader.verify().ok
        place.close()
        place.folder.chmod(0o700)


def test_a_place_that_cannot_be_written_leaves_nothing_behind(
    unprivileged: Callable[[], AbstractContextManager[Path]],
) -> None:
    import wizard.vault.building  # noqa: F401

    with unprivileged() as folder:
        parent = folder / "sealed"
        parent.mkdir()
        parent.chmod(0o500)
        with pytest.raises(mistakes.CannotCreate, match="Permission denied"):
            Place(parent / "Acme.attestry", folder / "home").create()
        assert list(parent.iterdir()) == []


def test_names_that_no_disk_takes_are_said_so(tmp_path: Path) -> None:
    for name in ("x" * 300, "nul\0inside"):
        with pytest.raises(mistakes.CannotCreate):
            Place(tmp_path / name, tmp_path / "home").create()
    long = Place(tmp_path / ("\u00e9" * 100 + " \u5b89\u5168.attestry"), tmp_path / "home")
    long.create().close()
    long.open().close()


# --- engine, format, secrets, snapshot -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(3, 51, 2), (3, 50, 6), (3, 44, 5), (3, 45, 0), (3, 7, 0), (3, 51, 0)])
def test_an_engine_that_loses_answers_is_refused(version: tuple[int, int, int]) -> None:
    with pytest.raises(mistakes.UnsafeEngine, match=r"\.".join(map(str, version))):
        database.check_engine(version, "4.19.0")


@pytest.mark.parametrize("version", [(3, 51, 3), (3, 50, 7), (3, 44, 6), (3, 53, 4), (4, 0, 0)])
def test_a_repaired_engine_is_taken_but_never_without_encryption(version: tuple[int, int, int]) -> None:
    database.check_engine(version, "4.19.0")
    with pytest.raises(mistakes.NoEncryption):
        database.check_engine(version, "")


def test_a_driver_without_encryption_makes_no_workspace(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    monkeypatch.setattr(database, "driver", sqlite3)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 53, 4))
    with pytest.raises(mistakes.NoEncryption):
        place.create()
    assert not place.folder.exists()
    assert list(place.folder.parent.iterdir()) == []


def test_the_settings_that_make_it_durable_are_in_force(filled: Workspace, place: Place) -> None:
    with filled._database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3  # EXTRA
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA temp_store").scalar() in (0, 2)
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == len(migrations.STEPS)
    assert not place.journal.read_bytes().startswith(b"SQLite format 3")
    assert sorted(path.name for path in place.folder.iterdir()) == [
        "evidence",
        "journal.db",
        "open.attestry",
        "writer.lock",
    ]


def test_only_this_user_can_read_the_files(filled: Workspace, place: Place) -> None:
    filled.box.seal_bytes(b"x")
    if os.name == "posix":
        for path in [place.folder, *place.folder.rglob("*"), *place.home.rglob("*.json")]:
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_migration_that_fails_leaves_the_format_as_it_was(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.create().close()

    def half(connection: object) -> None:
        connection.exec_driver_sql("CREATE TABLE extra (a)")  # type: ignore[attr-defined]
        raise mistakes.NotSaved("the power went")

    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, half))
    with pytest.raises(mistakes.NotSaved):
        place.open()
    connection = place.database()
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)
    connection.close()

    def whole(connection: object) -> None:
        connection.exec_driver_sql("CREATE TABLE extra (a)")  # type: ignore[attr-defined]

    monkeypatch.setattr(migrations, "STEPS", (migrations.STEPS[0], whole))
    place.open()


def test_secrets_are_sealed_a_second_time_and_bound_to_their_name(place: Place, workspace: Workspace) -> None:
    workspace.secrets.put("token", b"CANARY-TOKEN")
    workspace.secrets.put("token", b"CANARY-TOKEN-2")
    workspace.secrets.put("other", b"else")
    assert workspace.secrets.get("token") == b"CANARY-TOKEN-2"
    assert workspace.secrets.get("nothing") is None
    workspace.secrets.remove("other")
    workspace.secrets.remove("other")
    assert workspace.secrets.get("other") is None
    place.close()
    connection = place.database()
    assert not any(b"CANARY" in row[0] for row in connection.execute("SELECT sealed FROM secrets"))
    connection.execute("UPDATE secrets SET name = 'moved' WHERE name = 'token'")
    connection.close()
    moved = place.open()
    with pytest.raises(mistakes.DamagedJournal):
        moved.secrets.get("moved")


def test_the_keyring_is_not_asked_about_a_workspace_without_it(place: Place) -> None:
    place.create().close()
    assert keyring_opens(place.folder) is False
    with pytest.raises(mistakes.KeyringDoesNotOpen, match="Type your passphrase"):
        place.open(WithKeyring())


def test_nothing_heavy_is_imported_before_a_workspace_is_opened() -> None:
    program = (
        "import sys; import wizard.vault.workspace, wizard.vault.unlocking;"
        "print([m for m in ('sqlalchemy', 'sqlcipher3', 'cryptography', 'pyrage', 'keyring', 'filelock', 'rfc8785')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_key_file_is_written_whole_or_not_at_all(
    place: Place, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (place.folder / "open.attestry").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(mistakes.NotSaved, match="No space left"):
        workspace.change_passphrase("another good passphrase", WithPassphrase(PASSPHRASE))
    monkeypatch.undo()
    assert (place.folder / "open.attestry").read_bytes() == before
    assert not list(place.folder.glob(".*"))
    assert header.read(place.folder).revision == 1
    place.close()
    place.open().close()
