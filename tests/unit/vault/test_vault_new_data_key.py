"""A new data key, and the strict choice: whatever happens in between, what the person has opens the workspace."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from vault_place import PASSPHRASE, QUESTIONNAIRE, Kept, Place, keyring_of, said, texts

from wizard.vault import header, mistakes, recovery_key
from wizard.vault.header import SlotKind
from wizard.vault.key_file import KeyFile
from wizard.vault.secrets import Secrets
from wizard.vault.unlocking import Unlock, WithKeyring, WithPassphrase, WithRecoveryKey
from wizard.vault.workspace import Workspace

HERE = Path(__file__).parent


class PowerCut(BaseException):
    """The machine stops here."""


def a_recovery_key() -> str:
    return recovery_key.to_text(recovery_key.make())


def check(workspace: Workspace) -> None:
    assert texts(workspace)[:5] == [f"answer {n}" for n in range(5)]
    assert workspace.secrets.get("signing-key") == b"a key"
    assert workspace.verify().ok
    assert not workspace.read_only
    assert len(header.read(workspace.folder).epochs) == 1


def test_everything_is_under_the_new_key_and_only_new_secrets_open_it(place: Place, filled: Workspace) -> None:
    filled.secrets.put("signing-key", b"a key")
    sealed = filled.box.seal_bytes(b"evidence")
    old_folder = shutil.copytree(place.folder, place.folder.with_name("old"))
    old_key, old_sheet, new_sheet = place.data_key(), place.recovery_key, a_recovery_key()
    first = filled.data_key_since
    filled.new_data_key(WithPassphrase(PASSPHRASE), new_sheet)
    assert filled.data_key_since >= first
    check(filled)
    filled.journal.append(said(9, "after"), questionnaire=QUESTIONNAIRE)
    assert filled.box.read(sealed, 100) == b"evidence"
    assert filled.box.seal_bytes(b"evidence") == sealed  # names stay comparable
    place.close()
    assert place.data_key() != old_key
    assert header.read(place.folder).epoch == 2
    with pytest.raises(mistakes.WrongRecoveryKey):
        place.open(WithRecoveryKey(old_sheet))
    check(place.open(WithRecoveryKey(new_sheet)))
    place.close()
    # the old key file beside the new journal: the right passphrase, and yet nothing opens
    shutil.copy(old_folder / "open.attestry", place.folder / "open.attestry")
    with pytest.raises(mistakes.DamagedJournal):
        place.open()


STOPS: list[tuple[str, type, str, bool]] = [
    ("before the key file is written", KeyFile, "_change", False),
    ("after the key file is written", Secrets, "renew", False),
    ("after the secrets are renewed", Secrets, "renew", True),
    ("after the pages are renewed", KeyFile, "finish_new_data_key", False),
    ("after everything", KeyFile, "finish_new_data_key", True),
]


@pytest.mark.slow
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("moment", "owner", "method", "afterwards"), STOPS, ids=[stop[0] for stop in STOPS])
def test_a_power_cut_at_any_step_leaves_a_workspace_that_opens(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    strict: bool,
    moment: str,
    owner: type,
    method: str,
    afterwards: bool,
) -> None:
    kept = Kept()
    ring = keyring_of(kept)
    made = place.create(remember=not strict, keyring=ring)
    made.journal.append(*[said(n, f"answer {n}") for n in range(5)], questionnaire=QUESTIONNAIRE)
    made.secrets.put("signing-key", b"a key")
    if strict:
        made.set_strict(True, WithPassphrase(PASSPHRASE))
    old_sheet, new_sheet = place.recovery_key, a_recovery_key()
    real = getattr(owner, method)

    def stops(self: object, *arguments: object) -> None:
        if afterwards:
            real(self, *arguments)
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(owner, method, stops)
        with pytest.raises(PowerCut):
            made.new_data_key(WithPassphrase(PASSPHRASE), new_sheet)
    # the process is gone: nothing tidies up behind it
    made._database.close()
    made._lock.release()  # type: ignore[union-attr]
    place.opened.clear()
    shutil.copytree(place.folder, place.folder.with_name("as it was"))
    shutil.copytree(place.home, place.home.with_name("home as it was"))
    items = dict(kept.items)
    done, begun = moment == "after everything", moment != "before the key file is written"
    ways: list[Unlock] = [WithPassphrase(PASSPHRASE)]
    ways += [] if done else [WithRecoveryKey(old_sheet)]
    ways += [WithRecoveryKey(new_sheet)] if begun else []
    ways += [] if strict else [WithKeyring()]
    for way in ways:
        shutil.rmtree(place.folder)
        shutil.rmtree(place.home)
        shutil.copytree(place.folder.with_name("as it was"), place.folder)
        shutil.copytree(place.home.with_name("home as it was"), place.home)
        kept.items = dict(items)
        reader = place.open(way, read_only=True, keyring=ring)
        assert reader.secrets.get("signing-key") == b"a key"
        assert reader.verify().ok
        place.close()
        check(place.open(way, keyring=ring))
        place.close()
        check(place.open(keyring=ring))
        place.close()
        if begun:
            check(place.open(WithRecoveryKey(new_sheet), keyring=ring))
            place.close()
            with pytest.raises(mistakes.WrongRecoveryKey):
                place.open(WithRecoveryKey(old_sheet), keyring=ring)


def test_a_change_that_failed_goes_on_in_the_same_window(
    place: Place, filled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.secrets.put("signing-key", b"a key")

    def full(self: object) -> None:
        raise mistakes.NotSaved("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Secrets, "renew", full)
        with pytest.raises(mistakes.NotSaved):
            filled.new_data_key(WithPassphrase(PASSPHRASE), a_recovery_key())
    filled.journal.append(said(9, "meanwhile"), questionnaire=QUESTIONNAIRE)
    filled.secrets.put("another", b"secret")
    sheet = a_recovery_key()
    filled.new_data_key(WithPassphrase(PASSPHRASE), sheet)
    check(filled)
    place.close()
    again = place.open(WithRecoveryKey(sheet))
    check(again)
    assert again.secrets.get("another") == b"secret"


@pytest.mark.slow
def test_killed_while_the_data_key_changes(place: Place) -> None:
    made = place.create()
    made.journal.append(*[said(n, f"answer {n}") for n in range(5)], questionnaire=QUESTIONNAIRE)
    made.journal.append(*[said(n, "x" * 900) for n in range(1500)], questionnaire=QUESTIONNAIRE)
    made.secrets.put("signing-key", b"a key")
    place.close()
    program = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]);"
        "from vault_place import *; from wizard.vault import recovery_key;"
        "place = Place(Path(sys.argv[2]), Path(sys.argv[3])); it = place.open();"
        "sheet = recovery_key.to_text(recovery_key.make()); print('open', flush=True);"
        "[it.new_data_key(WithPassphrase(PASSPHRASE), sheet) for _ in range(1000)]"
    )
    chance = random.Random(11)
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(HERE), str(place.folder), str(place.home)],
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(HERE.parents[2]), "PATH": "/usr/bin:/bin"},
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "open\n"
            timer = threading.Timer(chance.uniform(0.0, 0.4), child.kill)
            timer.start()
            child.wait()
        check(place.open())
        place.close()


@pytest.mark.parametrize("wrong", ["", "not the passphrase"])
def test_it_asks_for_the_passphrase_first(place: Place, filled: Workspace, wrong: str) -> None:
    before = (place.folder / "open.attestry").read_bytes()
    with pytest.raises(mistakes.Mistake):
        filled.new_data_key(WithPassphrase(wrong), a_recovery_key())
    with pytest.raises(mistakes.MistypedRecoveryKey):
        filled.new_data_key(WithPassphrase(PASSPHRASE), "not a key")
    assert (place.folder / "open.attestry").read_bytes() == before


# --- passphrase and keyring together ---------------------------------------------------------------------------------


@pytest.fixture
def strict(place: Place) -> tuple[Workspace, Kept, Callable[[], object]]:
    kept = Kept()
    ring = keyring_of(kept)
    made = place.create(remember=True, keyring=ring)
    made.set_strict(True, WithPassphrase(PASSPHRASE))
    return made, kept, lambda: keyring_of(kept)


def test_the_right_passphrase_alone_does_not_open_a_stolen_strict_workspace(
    place: Place, strict: tuple[Workspace, Kept, Callable[[], object]]
) -> None:
    made, kept, ring = strict
    assert made.strict
    assert not made.remembered
    made.close()
    place.open(keyring=ring()).close()
    with pytest.raises(mistakes.KeyringDoesNotOpen):
        place.open(keyring=keyring_of(Kept()))
    with pytest.raises(mistakes.WrongPassphrase):
        place.open(WithPassphrase("not the passphrase"), keyring=ring())
    with pytest.raises(mistakes.KeyringDoesNotOpen):
        place.open(WithKeyring(), keyring=ring())
    place.open(WithRecoveryKey(place.recovery_key), keyring=keyring_of(Kept())).close()
    kept.items["Attestry", made.id] = "AAAA"
    with pytest.raises(mistakes.WrongPassphrase):
        place.open(keyring=ring())


def test_a_strict_workspace_is_not_opened_by_the_keyring_alone_later(
    strict: tuple[Workspace, Kept, Callable[[], object]],
) -> None:
    made, _kept, _ring = strict
    assert not made.remember()
    assert "together" in made.keyring_said
    assert made.since(SlotKind.KEYRING) is None


def test_passphrase_and_strictness_change_and_go_back(
    place: Place, strict: tuple[Workspace, Kept, Callable[[], object]]
) -> None:
    made, kept, ring = strict
    made.change_passphrase("another good passphrase", WithPassphrase(PASSPHRASE))
    assert made.strict
    made.close()
    again = place.open(WithPassphrase("another good passphrase"), keyring=ring())
    again.set_strict(False, WithPassphrase("another good passphrase"))
    assert not again.strict
    again.close()
    assert ("Attestry", made.id) not in kept.items
    place.open(WithPassphrase("another good passphrase"), keyring=keyring_of(Kept())).close()


def test_a_lost_keyring_and_the_recovery_key_lead_back_to_a_passphrase(
    place: Place, strict: tuple[Workspace, Kept, Callable[[], object]]
) -> None:
    strict[0].close()
    saved = place.open(WithRecoveryKey(place.recovery_key), keyring=keyring_of(Kept()))
    saved.change_passphrase("another good passphrase", WithRecoveryKey(place.recovery_key))
    assert not saved.strict
    saved.close()
    place.open(WithPassphrase("another good passphrase")).close()


def test_without_a_keyring_it_cannot_become_strict_and_stays_as_it_was(place: Place, filled: Workspace) -> None:
    with pytest.raises(mistakes.KeyringDoesNotOpen):
        filled.set_strict(True, WithPassphrase(PASSPHRASE))
    place.close()
    place.open().close()
