"""A signing key that never leaves its token: a smart card, a USB stick or a hardware module, reached by PKCS#11."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from wizard.document.keys import UnusableKey, fingerprint_of, refuse_unusable
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake


class NoTokenSupport(Mistake):
    """This installation cannot reach tokens."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This installation of Attestry cannot reach tokens: the part python-pkcs11 is missing. Nothing was "
                "signed. Install it with “pip install attestry[tokens]”, or sign with the vault’s key or a file."
            )
        )


class NoToken(Mistake):
    """No token, or no key on it, that could be meant; the text says what was found."""


class WrongPin(Mistake):
    """The PIN was refused."""

    def __init__(self) -> None:
        super().__init__(
            _("The token refused the PIN. Nothing was signed. After a few wrong tries tokens lock: check it first.")
        )


@dataclass(slots=True, eq=False)
class TokenKey:
    """The key on an open token, with its certificate and those above it. `close` logs out."""

    certificate: x509.Certificate
    key_id: bytes
    session: Any = field(repr=False)
    others: tuple[x509.Certificate, ...] = ()

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of the SubjectPublicKeyInfo."""
        return fingerprint_of(self.certificate)

    def close(self) -> None:
        """Log out."""
        self.session.close()


def open_token(module: Path, pin: str, token: str = "", key: str = "") -> TokenKey:
    """Log in and find the one key with a certificate. `token` and `key` are labels, needed where there are several.

    `module` is the vendor's PKCS#11 library: native code that the person chose. Raises `NoTokenSupport`, `NoToken`,
    `WrongPin` and `UnusableKey`.
    """
    try:
        import pkcs11
        from pkcs11 import exceptions
    except ImportError as error:
        raise NoTokenSupport from error
    if not module.is_file():
        raise NoToken(
            _("There is no file {module}. Nothing was signed. Name the PKCS#11 library of the token’s maker.").format(
                module=module
            )
        )
    try:
        found = [one for one in pkcs11.lib(str(module)).get_tokens() if not token or one.label.strip() == token]
        chosen = _one([one.label.strip() for one in found], _("token"), token)
        session = found[chosen].open(user_pin=pin)
    except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange) as error:
        raise WrongPin from error
    except exceptions.PinLocked as error:
        raise NoToken(_("The token is locked after too many wrong PINs. Nothing was signed.")) from error
    except (exceptions.PKCS11Error, RuntimeError, OSError) as error:
        raise NoToken(
            _("The token could not be opened ({why}). Nothing was signed. Check that it is plugged in.").format(
                why=type(error).__name__
            )
        ) from error
    try:
        return _key_on(session, key)
    except BaseException:
        session.close()
        raise


def _key_on(session: Any, label: str) -> TokenKey:
    from pkcs11 import Attribute, ObjectClass, PKCS11Error

    try:
        keys = {bytes(one[Attribute.ID]): str(one[Attribute.LABEL]) for one in _all(session, ObjectClass.PRIVATE_KEY)}
        certificates = [
            (bytes(one[Attribute.ID]), x509.load_der_x509_certificate(bytes(one[Attribute.VALUE])))
            for one in _all(session, ObjectClass.CERTIFICATE)
        ]
    except (PKCS11Error, ValueError) as error:
        raise UnusableKey(
            _("The keys and certificates on the token could not be read ({why}). Nothing was signed.").format(
                why=type(error).__name__
            )
        ) from error
    usable = [(id, one) for id, one in certificates if id in keys and (not label or keys[id] == label)]
    id, certificate = usable[_one([keys[id] for id, _certificate in usable], _("key with its certificate"), label)]
    refuse_unusable(certificate)
    others = tuple(one for _id, one in certificates if one != certificate)
    return TokenKey(certificate, id, session, others)


def _all(session: Any, kind: Any) -> list[Any]:
    from pkcs11 import Attribute

    return list(session.get_objects({Attribute.CLASS: kind}))


def _one(labels: Sequence[str], what: str, wanted: str) -> int:
    """The place of the one that is meant. Raises `NoToken`."""
    if len(labels) == 1:
        return 0
    if not labels:
        named = _(" called “{label}”").format(label=wanted) if wanted else ""
        raise NoToken(_("There is no {what}{named}. Nothing was signed.").format(what=what, named=named))
    raise NoToken(
        _("There is more than one {what}: {labels}. Nothing was signed. Say which one by its label.").format(
            what=what, labels=", ".join(sorted(labels))
        )
    )


def asn1_certificate(certificate: x509.Certificate) -> Any:
    """The certificate as the signing library wants it."""
    from asn1crypto import x509 as asn1

    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))
