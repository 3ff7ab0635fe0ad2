"""The attestation in OWASP’s words: CycloneDX 1.6 declarations: requirements, claims, evidence and conformance."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID, uuid5

from wizard.document.canonical import canonical, digest
from wizard.document.findings import evidence_numbers, items
from wizard.document.words import _, not_empty, one_line, timestamp
from wizard.domain.attestation import Attestation, Item, Seen
from wizard.domain.finding import State
from wizard.domain.observation import Json, Verdict

_OUR_UUIDS = UUID("6f4a2a52-6f5e-5d0e-9d39-0b6a0f0c7a12")
#: How far a state conforms, as CycloneDX wants it: a known gap is half a yes only in that somebody watches it.
_SCORES = {
    State.PASS: 1.0,
    State.ATT: 1.0,
    State.NA: 1.0,
    State.EXC: 0.5,
    State.INC: 0.0,
    State.OPEN: 0.0,
    State.FAIL: 0.0,
}

Object = dict[str, Json]


def declarations(attestation: Attestation) -> bytes:
    """A CycloneDX 1.6 document with declarations, as canonical JSON."""
    import rfc8785

    data: bytes = rfc8785.dumps(_document(attestation))
    return data


def _document(a: Attestation) -> Object:
    leaves = [leaf for item in items(a) for leaf in (item.parts or (item,))]
    numbers = evidence_numbers(a)
    own: Object = {"bom-ref": "organisation", "name": one_line(a.organisation)}
    person: Object = {
        "name": one_line(a.signatory.name),
        "role": one_line(a.signatory.role),
        "organization": {"name": one_line(a.organisation)},
        "externalReference": {"type": "attestation", "url": "attestation.json"},
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(_OUR_UUIDS, digest(canonical(a)))}",
        "version": 1,
        "metadata": {
            "timestamp": timestamp(a.signed_at),
            "component": {
                "bom-ref": "product",
                "type": "application",
                "name": one_line(a.integration),
                "version": a.release,
            },
        },
        "definitions": {
            "standards": [
                {
                    "bom-ref": "questionnaire",
                    "name": one_line(a.questionnaire_title),
                    "version": one_line(a.questionnaire_version),
                    "description": not_empty(a.questionnaire_page),
                    "requirements": [
                        {
                            "bom-ref": f"requirement:{leaf.id}",
                            "identifier": one_line(leaf.id),
                            "title": one_line(leaf.title),
                        }
                        for leaf in leaves
                    ],
                }
            ]
        },
        "declarations": {
            "assessors": [
                {"bom-ref": "assessor", "thirdParty": False, "organization": {"name": one_line(a.organisation)}}
            ],
            "attestations": [
                {
                    "summary": _("Security attestation of {integration}, release {release}").format(
                        integration=one_line(a.integration), release=one_line(a.release)
                    ),
                    "assessor": "assessor",
                    "map": [_mapped(leaf) for leaf in leaves],
                }
            ],
            "claims": [_claim(leaf, numbers) for leaf in leaves],
            "evidence": [
                *(_file(a, id, number) for id, number in numbers.items()),
                *(look for leaf in leaves for look in _looks(leaf)),
                *(_control(leaf) for leaf in leaves if leaf.exception),
            ],
            "targets": {"organizations": [own]},
            "affirmation": {"statement": not_empty(a.declaration), "signatories": [person]},
        },
    }


def _mapped(leaf: Item) -> Object:
    conformance: Object = {
        "score": _SCORES[leaf.state],
        "rationale": not_empty(leaf.not_applicable_reason or leaf.because),
    }
    if leaf.exception:
        conformance["mitigationStrategies"] = [f"control:{leaf.id}"]
    return {
        "requirement": f"requirement:{leaf.id}",
        "claims": [f"claim:{leaf.id}"],
        "conformance": conformance,
        "confidence": {"rationale": f"{leaf.state} ({leaf.basis})"},
    }


def _claim(leaf: Item, numbers: dict[str, str]) -> Object:
    said = [line for one in leaf.said for line in (one.ask, *one.lines)]
    against = [_look_ref(leaf, n) for n, seen in enumerate(leaf.seen) if seen.result.verdict is Verdict.FAIL]
    towards = [_look_ref(leaf, n) for n, seen in enumerate(leaf.seen) if seen.result.verdict is not Verdict.FAIL]
    claim: Object = {
        "bom-ref": f"claim:{leaf.id}",
        "target": "product",
        "predicate": not_empty(leaf.title),
        "reasoning": not_empty("\n".join(said) or leaf.because),
        "evidence": [*(f"evidence:{id}" for id in dict.fromkeys(leaf.evidence) if id in numbers), *towards],
    }
    if against:
        claim["counterEvidence"] = against
    return claim


def _file(a: Attestation, id: str, number: str) -> Object:
    one = next(one for one in a.evidence if one.id == id)
    found: Object = {
        "bom-ref": f"evidence:{id}",
        "propertyName": f"sha256:{one.sealed.digest}",
        "description": not_empty(" ".join(filter(None, (number, one.name, one.note)))),
        "data": [{"name": one_line(one.name), "contents": {"url": quote(one.name, safe="") or "unnamed"}}],
    }
    if one.added_at:
        found["created"] = timestamp(one.added_at)
    if one.expires:
        found["expires"] = timestamp(one.expires)
    if one.added_by:
        found["author"] = {"name": one_line(one.added_by)}
    return found


def _looks(leaf: Item) -> Iterator[Object]:
    for number, seen in enumerate(leaf.seen):
        yield _look(leaf, seen, number)


def _look(leaf: Item, seen: Seen, number: int) -> Object:
    result = seen.result
    return {
        "bom-ref": _look_ref(leaf, number),
        "propertyName": one_line(f"{result.rule}:{result.verdict}"),
        "description": not_empty(" ".join(filter(None, (result.subject, result.summary, result.proof)))),
        "created": timestamp(result.at),
    }


def _look_ref(leaf: Item, number: int) -> str:
    return f"look:{leaf.id}:{number}"


def _control(leaf: Item) -> Object:
    assert leaf.exception is not None
    return {
        "bom-ref": f"control:{leaf.id}",
        "description": not_empty(leaf.exception.control),
        "expires": timestamp(leaf.exception.until),
        "author": {"name": one_line(leaf.exception.owner)},
    }
