"""The data key and what opens it: every secret wraps the same random key, and nothing in the key file can be weakened.

Argon2id as RFC 9106, HKDF-SHA256 as RFC 5869, AES-256-GCM as NIST SP 800-38D.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wizard.domain.codec import to_json
from wizard.domain.language import _
from wizard.vault.header import Header, Kdf, Slot, SlotKind
from wizard.vault.mistakes import AlteredKeyFile, NotEnoughMemory, UnusablePassphrase, WeakenedKeyFile

KEY_BYTES = 32
SHORTEST_PASSPHRASE = 8
LONGEST_PASSPHRASE = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, lanes."""

    memory_kib: int
    iterations: int
    lanes: int


#: RFC 9106's second recommendation. Nothing cheaper is written or accepted.
FLOOR = Cost(memory_kib=64 * 1024, iterations=3, lanes=4)
#: No key file makes this program allocate more than 1 GiB or work for minutes.
CEILING = Cost(memory_kib=1024 * 1024, iterations=64, lanes=16)
_MOST_WORK_KIB = 8 * 1024 * 1024
_AIM_SECONDS = 0.5
_MOST_PASSES = 16


class WrongKey(Exception):
    """The slot does not open with this key: a wrong secret, or a slot that was tampered with."""


def calibrate() -> Cost:
    """A cost of at least half a second on this computer: memory first, up to 256 MiB, then passes; never under FLOOR.

    What was reckoned is tried, and made dearer until it holds.
    """
    wanted = _AIM_SECONDS / max(_seconds(FLOOR), 0.001)
    memory = FLOOR.memory_kib * min(4, max(1, math.ceil(wanted)))
    iterations = math.ceil(FLOOR.iterations * wanted * FLOOR.memory_kib / memory)
    cost = Cost(memory, min(max(iterations, FLOOR.iterations), _MOST_PASSES), FLOOR.lanes)
    while cost.iterations < _MOST_PASSES and _seconds(cost) < _AIM_SECONDS:
        cost = replace(cost, iterations=cost.iterations + 1)
    return cost


def _seconds(cost: Cost) -> float:
    """How long one guess at that cost takes here."""
    begun = time.perf_counter()
    _argon2id(b"calibration", bytes(16), cost)
    return time.perf_counter() - begun


def new_data_key() -> bytes:
    """256 bits from the system's random source."""
    return secrets.token_bytes(KEY_BYTES)


def passphrase_bytes(text: str) -> bytes:
    """The passphrase as bytes, NFC (as RFC 8265 says) so that every keyboard and system gives the same.

    Raises UnusablePassphrase for text that has no bytes or is absurdly long.
    """
    try:
        data = unicodedata.normalize("NFC", text).encode("utf-8")
    except UnicodeEncodeError:
        data = b""
    if not data or len(text) > LONGEST_PASSPHRASE:
        raise UnusablePassphrase(
            _("That passphrase is empty, too long, or holds a broken character. Type it again, up to 1,024 characters.")
        )
    return data


def new_passphrase_bytes(text: str) -> bytes:
    """`passphrase_bytes` for a passphrase that is being chosen: not shorter than eight characters."""
    if len(text.strip()) < SHORTEST_PASSPHRASE:
        raise UnusablePassphrase(
            _(
                "That passphrase has fewer than {n} characters, so it could be guessed from a copied file. "
                "Nothing was changed. Use four or five unrelated words."
            ).format(n=SHORTEST_PASSPHRASE)
        )
    return passphrase_bytes(text)


def stretched(cost: Cost) -> Kdf:
    """Fresh Argon2id parameters of that cost."""
    return Kdf("argon2id", secrets.token_hex(16), cost.memory_kib, cost.iterations, cost.lanes)


def unstretched() -> Kdf:
    """Fresh HKDF parameters, for secrets that are random already."""
    return Kdf("hkdf-sha256", secrets.token_hex(16))


def derive(kdf: Kdf, secret: bytes, *, floor: Cost = FLOOR) -> bytes:
    """The slot's key from a passphrase (Argon2id). Raises WeakenedKeyFile for costs outside FLOOR and CEILING, and
    NotEnoughMemory.

    `floor` is lowered by tests only; no file and no setting reaches it.
    """
    cost = Cost(kdf.memory_kib, kdf.iterations, kdf.lanes)
    within = (
        floor.memory_kib <= cost.memory_kib <= CEILING.memory_kib
        and floor.iterations <= cost.iterations <= CEILING.iterations
        and floor.lanes <= cost.lanes <= CEILING.lanes
        and cost.memory_kib * cost.iterations <= _MOST_WORK_KIB
    )
    if kdf.name != "argon2id" or not within:
        raise WeakenedKeyFile
    return _argon2id(secret, bytes.fromhex(kdf.salt), cost)


def derive_random(kdf: Kdf, secret: bytes) -> bytes:
    """The slot's key from a random secret (HKDF). Raises WeakenedKeyFile when the file names another way."""
    if kdf != Kdf("hkdf-sha256", kdf.salt):
        raise WeakenedKeyFile
    return _hkdf(secret, bytes.fromhex(kdf.salt), b"attestry slot v1")


def join(kdf: Kdf, passphrase: bytes, keyring_secret: bytes, *, floor: Cost = FLOOR) -> bytes:
    """The key of a slot that needs passphrase and keyring together: HKDF over both."""
    return _hkdf(keyring_secret + derive(kdf, passphrase, floor=floor), bytes.fromhex(kdf.salt), b"attestry both v1")


def wrap(data_key: bytes, key: bytes, *, workspace: str, epoch: int, kind: SlotKind, kdf: Kdf) -> Slot:
    """A new slot that holds the data key under `key`."""
    slot = Slot(
        kind=kind,
        id=secrets.token_hex(8),
        epoch=epoch,
        kdf=kdf,
        nonce=secrets.token_hex(12),
        sealed="",
        made=datetime.now(UTC).replace(microsecond=0),
    )
    sealed = AESGCM(key).encrypt(bytes.fromhex(slot.nonce), data_key, _bound(workspace, slot))
    return replace(slot, sealed=sealed.hex())


def unwrap(slot: Slot, key: bytes, *, workspace: str) -> bytes:
    """The data key. Raises WrongKey for a wrong key and for a slot whose kind, epoch or parameters were changed."""
    try:
        return AESGCM(key).decrypt(bytes.fromhex(slot.nonce), bytes.fromhex(slot.sealed), _bound(workspace, slot))
    except InvalidTag:
        raise WrongKey from None


def _bound(workspace: str, slot: Slot) -> bytes:
    """What is authenticated beside the data key, so that nothing of it can be changed or moved to another slot."""
    return rfc8785.dumps(
        {
            "v": "attestry slot v1",
            "workspace": workspace,
            "epoch": slot.epoch,
            "type": slot.kind.value,
            "id": slot.id,
            "kdf": {
                "name": slot.kdf.name,
                "salt": slot.kdf.salt,
                "memory_kib": slot.kdf.memory_kib,
                "iterations": slot.kdf.iterations,
                "lanes": slot.kdf.lanes,
            },
        }
    )


def sub_key(data_key: bytes, workspace: str, purpose: str) -> bytes:
    """A key for one purpose only; knowing it says nothing about the data key or the other sub-keys."""
    return _hkdf(data_key, bytes.fromhex(workspace), b"attestry " + purpose.encode("ascii") + b" v1")


def database_keys(header: Header, data_keys: Mapping[int, bytes]) -> dict[int, bytes]:
    """The raw keys that the database may lie under, by epoch."""
    return {epoch: sub_key(data_keys[epoch], header.workspace, "database") for epoch in header.epochs}


def seal_header(header: Header, data_key: bytes) -> Header:
    """The header with its authentication code under the data key."""
    return replace(header, mac=_header_mac(header, data_key))


def check_header(header: Header, data_key: bytes) -> None:
    """Raises AlteredKeyFile when a slot was added, removed or changed by someone without the data key."""
    if not hmac.compare_digest(header.mac, _header_mac(header, data_key)):
        raise AlteredKeyFile


def _header_mac(header: Header, data_key: bytes) -> str:
    content = rfc8785.dumps(to_json(replace(header, mac="")))
    return hmac.new(sub_key(data_key, header.workspace, "header"), content, hashlib.sha256).hexdigest()


def _argon2id(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    stretch = Argon2id(
        salt=salt, length=KEY_BYTES, iterations=cost.iterations, lanes=cost.lanes, memory_cost=cost.memory_kib
    )
    try:
        return stretch.derive(secret)
    except MemoryError as error:
        raise NotEnoughMemory(cost.memory_kib // 1024) from error


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)
