"""The key that signs: made here and kept in the vault, in a certificate file of the company, or on a token."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain import events as e
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.document.keys import SigningKey
    from wizard.document.token import TokenKey

#: Where the vault keeps the signing key.
SIGNING_KEY = "signing-key"


class UnreadableKey(Mistake):
    """The file with the key cannot be read."""


@dataclass(frozen=True, slots=True)
class VaultKey:
    """Sign with the key that is made at first use and kept in the vault: on P-256, or RSA for old readers."""

    rsa: bool = False


@dataclass(frozen=True, slots=True)
class FileKey:
    """Sign with a PKCS#12 file; the passphrase is used once and not kept."""

    path: Path
    passphrase: bytes

    def __repr__(self) -> str:
        """Without the passphrase."""
        return f"FileKey({self.path.name!r})"


@dataclass(frozen=True, slots=True)
class OnToken:
    """Sign with a key on a token; `module` is the maker's PKCS#11 library. The PIN is used once and not kept.

    `token` and `key` are labels, needed where there are several.
    """

    module: Path
    pin: str
    token: str = ""
    key: str = ""

    def __repr__(self) -> str:
        """Without the PIN."""
        return f"OnToken({self.module.name!r})"


Key = VaultKey | FileKey | OnToken


def signing_key(session: Session, wanted: Key) -> SigningKey | TokenKey:
    """The key itself; that of the vault is made at first use. Raises the mistakes of `document.keys`."""
    from wizard.document.keys import KeyKind, SigningKey

    if isinstance(wanted, OnToken):
        from wizard.document.token import open_token

        return open_token(wanted.module, wanted.pin, wanted.token, wanted.key)
    if isinstance(wanted, FileKey):
        try:
            data = wanted.path.read_bytes()
        except OSError as error:
            raise UnreadableKey(
                _("The certificate file {name} could not be read. Nothing was signed. Choose another one.").format(
                    name=wanted.path.name
                )
            ) from error
        return SigningKey.from_p12(data, wanted.passphrase)
    place = f"{SIGNING_KEY}-rsa" if wanted.rsa else SIGNING_KEY
    kept = session.workspace.secrets.get(place)
    if kept is not None:
        return SigningKey.from_bytes(kept)
    assessment = session.assessment
    signatory = assessment.signatory or e.SignatoryNamed("", "", "")
    made = SigningKey.make(
        signatory.name,
        assessment.described.organisation,
        signatory.email,
        demonstration=assessment.demonstration,
        kind=KeyKind.RSA3072 if wanted.rsa else KeyKind.P256,
    )
    session.workspace.secrets.put(place, made.to_bytes())
    return made
