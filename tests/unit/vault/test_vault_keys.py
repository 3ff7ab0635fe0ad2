"""Keys: nothing in the key file can be weakened, moved or taken out, and a recovery key survives handwriting."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vault_place import PASSPHRASE, QUICK, Place

from wizard.vault import header, keys, mistakes, recovery_key
from wizard.vault.header import Kdf, SlotKind
from wizard.vault.unlocking import WithPassphrase, WithRecoveryKey
from wizard.vault.workspace import Workspace


def edited(place: Place, change: Any) -> None:
    """Rewrite the key file as someone without the data key could."""
    path = place.folder / "open.attestry"
    data = json.loads(path.read_bytes())
    change(data)
    path.write_text(json.dumps(data))


def slot(data: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(slot for slot in data["slots"] if slot["kind"] == kind)


@pytest.mark.parametrize(
    "weaker",
    [
        {"memory_kib": 8},
        {"memory_kib": 64 * 1024 - 1},
        {"iterations": 2},
        {"lanes": 3},
        {"memory_kib": 1024 * 1024 + 1},
        {"memory_kib": 2**40},
        {"iterations": 65},
        {"iterations": 10**9},
        {"lanes": 1000},
        {"memory_kib": 1024 * 1024, "iterations": 64},
        {"memory_kib": -1},
        {"name": "pbkdf2"},
        {"name": "hkdf-sha256"},
    ],
)
def test_weaker_or_absurd_costs_are_refused_before_they_are_tried(place: Place, weaker: dict[str, Any]) -> None:
    place.create().close()
    edited(place, lambda data: slot(data, "passphrase")["kdf"].update(memory_kib=65536, iterations=3, lanes=4))
    edited(place, lambda data: slot(data, "passphrase")["kdf"].update(weaker))
    with pytest.raises(mistakes.WeakenedKeyFile):
        Workspace.open(place.folder, WithPassphrase(PASSPHRASE), home=place.home)


def test_the_quick_costs_of_these_tests_are_refused_by_the_app(place: Place) -> None:
    place.create().close()
    with pytest.raises(mistakes.WeakenedKeyFile):
        Workspace.open(place.folder, WithPassphrase(PASSPHRASE), home=place.home)


def test_costs_within_the_limits_are_still_bound_to_the_slot(place: Place) -> None:
    place.create().close()
    edited(place, lambda data: slot(data, "passphrase")["kdf"].update(iterations=2))
    with pytest.raises(mistakes.WrongPassphrase):
        place.open()


@pytest.mark.slow
def test_a_new_workspace_costs_at_least_the_floor() -> None:
    cost = keys.calibrate()
    assert cost.memory_kib >= 64 * 1024
    assert cost.iterations >= 3
    assert cost.memory_kib <= 256 * 1024
    assert keys.derive(keys.stretched(keys.FLOOR), b"x") != keys.derive(keys.stretched(keys.FLOOR), b"x")


def test_argon2id_is_the_one_of_the_standard() -> None:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = Kdf("argon2id", "02" * 16, 64, 3, 4)
    expected = Argon2id(salt=b"\x02" * 16, length=32, iterations=3, lanes=4, memory_cost=64).derive(b"\x01" * 32)
    assert keys.derive(kdf, b"\x01" * 32, floor=QUICK) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to this limit")
def test_without_the_memory_that_it_costs_a_passphrase_is_not_tried() -> None:
    """In a process of its own: one that has held much before finds room in what it still has."""
    program = """if True:
        import resource
        from pathlib import Path
        from wizard.vault import keys, mistakes
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (32 << 20),) * 2)
        try:
            keys.derive(keys.stretched(keys.FLOOR), b"x")
        except mistakes.NotEnoughMemory as mistake:
            print(mistake)
    """
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "64 MB" in said.stdout


@pytest.mark.parametrize("field", ["id", "nonce", "sealed", "made", "epoch", "kind"])
def test_no_field_of_a_slot_can_be_changed(place: Place, field: str) -> None:
    place.create().close()

    def change(data: dict[str, Any]) -> None:
        it = slot(data, "passphrase")
        value = it[field]
        if field == "epoch":
            it[field] = 2
        elif field == "kind":
            it[field] = "both"
        elif field == "made":
            it[field] = "2001-01-01T00:00:00Z"
        else:
            it[field] = ("0" if value[0] != "0" else "1") + value[1:]

    edited(place, change)
    with pytest.raises(mistakes.Mistake) as refused:
        place.open()
    assert isinstance(
        refused.value,
        mistakes.WrongPassphrase | mistakes.AlteredKeyFile | mistakes.DamagedKeyFile | mistakes.KeyringDoesNotOpen,
    )


def test_slots_cannot_be_swapped_taken_out_added_or_doubled(place: Place, tmp_path: Any) -> None:
    place.create().close()
    other = Place(tmp_path / "Other.attestry", place.home)
    other.create().close()
    foreign = json.loads((other.folder / "open.attestry").read_bytes())
    good = (place.folder / "open.attestry").read_bytes()

    def swap(data: dict[str, Any]) -> None:
        one, two = slot(data, "passphrase"), slot(data, "recovery")
        one["sealed"], two["sealed"] = two["sealed"], one["sealed"]
        one["nonce"], two["nonce"] = two["nonce"], one["nonce"]

    changes = [
        (swap, mistakes.WrongPassphrase),
        (lambda data: data["slots"].remove(slot(data, "recovery")), mistakes.AlteredKeyFile),
        (lambda data: data["slots"].append({**slot(foreign, "recovery"), "kind": "keyring"}), mistakes.AlteredKeyFile),
        (lambda data: data["slots"].append(slot(foreign, "recovery")), mistakes.DamagedKeyFile),
        (lambda data: data["slots"].__setitem__(0, slot(foreign, "passphrase")), mistakes.WrongPassphrase),
        (lambda data: data.update(slots=[]), mistakes.DamagedKeyFile),
        (lambda data: data.update(mac="0" * 64), mistakes.AlteredKeyFile),
        (lambda data: data.update(mac=""), mistakes.DamagedKeyFile),
        (lambda data: data.update(revision=9), mistakes.AlteredKeyFile),
        (lambda data: data.update(epoch=2), mistakes.DamagedKeyFile),
        (lambda data: data.update(workspace="0" * 32), mistakes.WrongPassphrase),
    ]
    for change, expected in changes:
        (place.folder / "open.attestry").write_bytes(good)
        edited(place, change)
        with pytest.raises(expected):
            place.open()
    (place.folder / "open.attestry").write_bytes(good)
    place.open().close()


@pytest.mark.slow
def test_every_flipped_bit_of_the_key_file_is_harmless_or_refused(place: Place) -> None:
    place.create().close()
    path = place.folder / "open.attestry"
    good = path.read_bytes()
    for at in range(0, len(good), 3):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1 :])
        try:
            read = header.read(place.folder)
        except mistakes.Mistake:
            continue
        try:
            place.open()
        except mistakes.Mistake:
            continue
        path.write_bytes(good)
        assert read == header.read(place.folder)  # only the sentence for people differed


def test_every_sub_key_is_its_own() -> None:
    data_key, workspace = keys.new_data_key(), secrets.token_hex(16)
    purposes = ["database", "secrets", "heads", "header", "next", "previous"]
    made = {keys.sub_key(data_key, workspace, purpose) for purpose in purposes}
    assert len(made | {data_key, keys.sub_key(data_key, secrets.token_hex(16), "database")}) == len(purposes) + 2


def test_ten_thousand_keys_and_nonces_never_repeat() -> None:
    assert len({keys.new_data_key() for _ in range(10_000)}) == 10_000
    data_key, workspace = keys.new_data_key(), secrets.token_hex(16)
    made = [
        keys.wrap(data_key, data_key, workspace=workspace, epoch=1, kind=SlotKind.KEYRING, kdf=keys.unstretched())
        for _ in range(2_000)
    ]
    assert len({slot.nonce for slot in made}) == len({slot.kdf.salt for slot in made}) == 2_000


def test_no_key_is_printed() -> None:
    assert PASSPHRASE not in repr(WithPassphrase(PASSPHRASE))
    assert "ABC" not in repr(WithRecoveryKey("ABCDEF"))


# --- recovery key ----------------------------------------------------------------------------------------------------


def test_a_recovery_key_is_six_groups_of_six() -> None:
    text = recovery_key.to_text(recovery_key.make())
    assert [len(group) for group in recovery_key.groups(text)] == [6] * 6
    assert not set(text) & set("ILOU")


@given(st.binary(min_size=20, max_size=20), st.data())
def test_a_recovery_key_is_read_however_it_is_typed(key: bytes, data: st.DataObject) -> None:
    text = recovery_key.to_text(key)
    assert recovery_key.from_text(text) == key
    loose = (
        text.lower().replace("0", data.draw(st.sampled_from("oO0"))).replace("1", data.draw(st.sampled_from("iIlL1")))
    )
    loose = loose.replace("-", data.draw(st.sampled_from(["", " ", " - ", "\n", "--"])))
    assert recovery_key.from_text(f"  {loose}\t") == key


@given(st.binary(min_size=20, max_size=20), st.integers(0, 35), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_sign_is_a_typing_mistake(key: bytes, at: int, sign: str) -> None:
    signs = list(recovery_key.to_text(key).replace("-", ""))
    if signs[at] == sign:
        return
    signs[at] = sign
    try:
        other = recovery_key.from_text("".join(signs))
    except mistakes.MistypedRecoveryKey:
        return
    assert other != key  # one in a million passes the check sum, and then it is another key


@pytest.mark.parametrize(
    "text", ["", "A", "A" * 35, "A" * 37, "U" * 36, "\u0130" * 36, "\ud800" * 36, "\u0660" * 36, "A" * 10**6]
)
def test_what_is_no_recovery_key_is_said_so(text: str) -> None:
    with pytest.raises(mistakes.MistypedRecoveryKey):
        recovery_key.from_text(text)


def test_two_groups_typed_back() -> None:
    text = "0A1BCD-EFGHJK-MNPQRS-TVWXYZ-012345-6789AB"
    assert recovery_key.groups_match(text, {1: "oa-i bcd", 4: "tvwxyz"})
    assert not recovery_key.groups_match(text, {1: "0A1BCD", 4: "tvwxyy"})
    assert not recovery_key.groups_match(text, {1: ""})
    assert not recovery_key.groups_match(text, {7: "tvwxyz"})
    assert not recovery_key.groups_match(text, {0: "6789AB"})
    assert not recovery_key.groups_match(text, {})
    assert not recovery_key.groups_match(text, {1: "\ud800"})


def test_the_header_says_when_each_secret_was_made(place: Place) -> None:
    made = place.create()
    before = header.read(place.folder)
    made.new_recovery_key(WithPassphrase(PASSPHRASE))
    after = header.read(place.folder)
    assert after.revision == before.revision + 1
    assert after.slot(SlotKind.PASSPHRASE) == before.slot(SlotKind.PASSPHRASE)
    assert after.slot(SlotKind.RECOVERY) != before.slot(SlotKind.RECOVERY)
    assert replace(after, slots=(), mac="") == replace(before, slots=(), mac="", revision=after.revision)
