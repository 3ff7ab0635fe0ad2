"""The long-term proof that may lie in the signing revision: certificates, and what was asked about their revocation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asn1crypto import crl, ocsp
from asn1crypto import x509 as asn1

#: More than any chain of certificates needs.
_MOST = 64
_READERS = {"/Certs": asn1.Certificate, "/CRLs": crl.CertificateList, "/OCSPs": ocsp.OCSPResponse}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was read, and the objects of the file (number, generation) that hold exactly that and nothing else."""

    objects: frozenset[tuple[int, int]] = frozenset()
    certificates: tuple[Any, ...] = ()
    crls: tuple[Any, ...] = ()
    ocsps: tuple[Any, ...] = ()


def read_proof(reader: Any, added: set[tuple[int, int]]) -> Proof:
    """The proof among the objects that signing `added`; an empty one when they hold anything but a proof.

    A document security store as ISO 32000-2, 12.8.4.3 has it, without VRI: each stream is one certificate, list or
    answer from its first byte to its last, so that nothing can hide beside it.
    """
    if not added or len(added) > _MOST or "/DSS" not in reader.root:
        return Proof()
    objects: set[tuple[int, int]] = set()
    found: dict[str, list[Any]] = {key: [] for key in _READERS}
    store = _follow(reader.root.raw_get("/DSS"), objects)
    for key in store:
        if key == "/Type" and str(store[key]) == "/DSS":
            continue
        if key not in _READERS:
            return Proof()
        for item in _follow(store.raw_get(key), objects):
            stream = _follow(item, objects)
            data = bytes(stream.data)
            if set(stream) != {"/Length"}:
                return Proof()
            one = _READERS[key].load(data, strict=True)
            if one.native is not None:  # reads all of it; what cannot be read raises, and that is a verdict
                found[key].append(one)
    if objects != added:
        return Proof()
    return Proof(frozenset(objects), tuple(found["/Certs"]), tuple(found["/CRLs"]), tuple(found["/OCSPs"]))


def _follow(value: Any, objects: set[tuple[int, int]]) -> Any:
    """What a reference names; its number is noted."""
    reference = getattr(value, "reference", None)
    if reference is None:
        return value
    objects.add((reference.idnum, reference.generation))
    return value.get_object()
