"""The attestation in NIST's words: OSCAL 1.1 assessment results, and a plan of action for what is not met.

Every identifier is a version 5 UUID of the canonical data's digest, so the same data give the same document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID, uuid5

from wizard.document.canonical import canonical, digest
from wizard.document.findings import evidence_numbers, items
from wizard.document.words import _, day, not_empty, one_line, timestamp
from wizard.domain.attestation import Attestation, Item, Said, Seen
from wizard.domain.evidence import Evidence
from wizard.domain.finding import State
from wizard.domain.observation import Json, Method

OSCAL_VERSION = "1.1.3"
#: Where our own properties are at home (OSCAL wants a namespace for every name that is not its own).
NAMESPACE = "https://attestry.example/ns/oscal/1"
_OUR_UUIDS = UUID("6f4a2a52-6f5e-5d0e-9d39-0b6a0f0c7a11")
_NOT_SATISFIED = (State.FAIL, State.EXC, State.INC, State.OPEN)

Object = dict[str, Json]


def assessment_results(attestation: Attestation) -> bytes:
    """OSCAL assessment results as canonical JSON."""
    import rfc8785

    data: bytes = rfc8785.dumps({"assessment-results": _Writer(attestation).results()})
    return data


def plan_of_action(attestation: Attestation) -> bytes | None:
    """An OSCAL plan of action and milestones as canonical JSON; None when every requirement is met."""
    import rfc8785

    plan = _Writer(attestation).plan()
    data: bytes | None = rfc8785.dumps({"plan-of-action-and-milestones": plan}) if plan else None
    return data


class _Writer:
    def __init__(self, attestation: Attestation) -> None:
        self.a = attestation
        self.seed = uuid5(_OUR_UUIDS, digest(canonical(attestation)))
        self.numbers = evidence_numbers(attestation)

    def uuid(self, *what: str) -> str:
        return str(uuid5(self.seed, "\x1f".join(what)))

    # -- documents --------------------------------------------------------------------------------------------------

    def results(self) -> Object:
        a = self.a
        observations = [o for item in self.leaves() for o in self.observations(item)]
        risks = [self.risk(item) for item in self.unmet()]
        result: Object = {
            "uuid": self.uuid("result"),
            "title": _("Security attestation of {integration}").format(integration=one_line(a.integration)),
            "description": not_empty(a.declaration),
            "start": timestamp(a.assessed_from),
            "end": timestamp(a.signed_at),
            "reviewed-controls": {
                "control-selections": [
                    {"include-controls": [{"control-id": _token(item.id)} for item in self.controls()]}
                ]
            },
            "findings": [self.finding(item) for item in self.leaves()],
        }
        if observations:
            result["observations"] = observations
        if risks:
            result["risks"] = risks
        return {
            "uuid": self.uuid("assessment-results"),
            "metadata": self.metadata(_("Security attestation")),
            "import-ap": {"href": f"#{self.uuid('questionnaire')}"},
            "results": [result],
            "back-matter": self.back_matter(),
        }

    def plan(self) -> Object | None:
        unmet = list(self.unmet())
        if not unmet:
            return None
        return {
            "uuid": self.uuid("poam"),
            "metadata": self.metadata(_("Plan of action and milestones")),
            "system-id": {
                "identifier-type": "https://attestry.example/workspace",
                "id": one_line(self.a.journal.workspace),
            },
            "risks": [self.risk(item) for item in unmet],
            "poam-items": [
                {
                    "uuid": self.uuid("poam-item", item.id),
                    "title": f"{item.id}: {one_line(item.title)}",
                    "description": not_empty(item.exception.gap if item.exception else item.because),
                    "related-risks": [{"risk-uuid": self.uuid("risk", item.id)}],
                }
                for item in unmet
            ],
            "back-matter": self.back_matter(),
        }

    # -- which ----------------------------------------------------------------------------------------------------

    def controls(self) -> list[Item]:
        return list(items(self.a))

    def leaves(self) -> Iterator[Item]:
        """Every requirement, or each of its parts where it has some."""
        for item in items(self.a):
            yield from item.parts or (item,)

    def unmet(self) -> Iterator[Item]:
        return (item for item in self.leaves() if item.state in (State.FAIL, State.EXC))

    # -- pieces -----------------------------------------------------------------------------------------------------

    def metadata(self, title: str) -> Object:
        a = self.a
        organisation, person = self.uuid("organisation"), self.uuid("signatory")
        signatory: Object = {
            "uuid": person,
            "type": "person",
            "name": one_line(a.signatory.name),
            "member-of-organizations": [organisation],
            "remarks": not_empty(f"{a.signatory.role}; {a.signatory.authority}"),
        }
        if re.fullmatch(r"[^@\s]+@[^@\s]+", a.signatory.email):
            signatory["email-addresses"] = [a.signatory.email]
        return {
            "title": f"{title}: {one_line(a.integration)}",
            "last-modified": timestamp(a.signed_at),
            "version": one_line(a.release),
            "oscal-version": OSCAL_VERSION,
            "props": _props(
                ("reference", a.reference),
                ("valid-until", a.valid_until.isoformat()),
                ("demonstration", "yes" if a.demonstration else "no"),
                ("questionnaire-digest", a.questionnaire_digest),
                ("journal-head", a.journal.head),
                ("data-sha256", digest(canonical(a))),
                ("key-fingerprint", a.signatory.fingerprint),
            ),
            "roles": [{"id": "signatory", "title": _("Signatory")}],
            "parties": [{"uuid": organisation, "type": "organization", "name": one_line(a.organisation)}, signatory],
            "responsible-parties": [{"role-id": "signatory", "party-uuids": [person]}],
        }

    def observations(self, item: Item) -> Iterator[Object]:
        for said in item.said:
            if said.lines or said.rows or said.reason:
                yield self.interview(item, said)
        for number, seen in enumerate(item.seen):
            yield self.look(item, seen, number)

    def interview(self, item: Item, said: Said) -> Object:
        lines = [said.ask, *said.lines, *(" | ".join(row) for row in (said.heads, *said.rows) if row), said.reason]
        found: Object = {
            "uuid": self.uuid("said", item.id, said.question),
            "title": one_line(said.question),
            "description": not_empty("\n".join(filter(None, lines))),
            "methods": ["INTERVIEW"],
            "collected": timestamp(said.at or self.a.signed_at),
        }
        if evidence := [self.evidence_link(id) for id in item.evidence if id in self.numbers]:
            found["relevant-evidence"] = evidence
        return found

    def look(self, item: Item, seen: Seen, number: int) -> Object:
        result = seen.result
        method = {Method.TEST: "TEST", Method.EXAMINE: "EXAMINE", Method.INTERVIEW: "INTERVIEW"}[result.method]
        return {
            "uuid": self.uuid("seen", item.id, result.check, result.subject, str(number)),
            "title": one_line(f"{result.check} {result.subject}"),
            "description": not_empty("\n".join(filter(None, (result.summary, result.proof)))),
            "methods": [method],
            "collected": timestamp(result.at),
            "props": _props(
                ("check", result.check),
                ("subject", result.subject),
                ("verdict", str(result.verdict)),
                ("rule", result.rule),
                ("runs", str(seen.runs)),
                ("failed-runs", str(seen.failed_runs)),
                ("record", seen.record),
            ),
        }

    def evidence_link(self, id: str) -> Object:
        one = next(one for one in self.a.evidence if one.id == id)
        return {"href": f"#{self.uuid('evidence', id)}", "description": not_empty(f"{self.numbers[id]} {one.name}")}

    def finding(self, item: Item) -> Object:
        met = item.state not in _NOT_SATISFIED
        reason = {State.FAIL: "fail", State.PASS: "pass", State.ATT: "pass"}.get(item.state, "other")
        related = [{"observation-uuid": observation["uuid"]} for observation in self.observations(item)]
        found: Object = {
            "uuid": self.uuid("finding", item.id),
            "title": f"{item.id}: {one_line(item.title)}",
            "description": not_empty(item.not_applicable_reason or item.because),
            "props": _props(("state", str(item.state)), ("basis", str(item.basis)), ("mark", str(item.mark))),
            "target": {
                "type": "objective-id",
                "target-id": _token(item.id),
                "status": {"state": "satisfied" if met else "not-satisfied", "reason": reason},
            },
        }
        if remarks := "\n".join(filter(None, (item.explanation, item.comment, item.withdrawn))):
            found["remarks"] = remarks
        if related:
            found["related-observations"] = related
        if item.state in (State.FAIL, State.EXC):
            found["related-risks"] = [{"risk-uuid": self.uuid("risk", item.id)}]
        return found

    def risk(self, item: Item) -> Object:
        gap = item.exception
        found: Object = {
            "uuid": self.uuid("risk", item.id),
            "title": f"{item.id}: {one_line(item.title)}",
            "description": not_empty(gap.gap if gap else item.because),
            "statement": not_empty(item.because),
            "status": "remediating" if gap else "open",
        }
        if gap:
            found["deadline"] = timestamp(gap.until)
            found["mitigating-factors"] = [
                {"uuid": self.uuid("control", item.id), "description": not_empty(gap.control)},
            ]
            found["props"] = _props(("owner", gap.owner), ("until", day(gap.until)))
        return found

    def back_matter(self) -> Object:
        a = self.a
        asked: Object = {
            "uuid": self.uuid("questionnaire"),
            "title": one_line(a.questionnaire_title),
            "description": not_empty(f"{a.questionnaire} {a.questionnaire_version}"),
            "citation": {"text": not_empty(a.questionnaire_page)},
        }
        return {"resources": [asked, *(self.resource(one) for one in a.evidence)]}

    def resource(self, one: Evidence) -> Object:
        return {
            "uuid": self.uuid("evidence", one.id),
            "title": one_line(f"{self.numbers[one.id]} {one.name}"),
            "description": not_empty(one.note or one.name),
            "rlinks": [
                {
                    "href": quote(one.name, safe="") or "unnamed",
                    "media-type": one_line(one.media_type),
                    "hashes": [{"algorithm": "SHA-256", "value": one.sealed.digest}],
                }
            ],
        }


def _props(*pairs: tuple[str, str]) -> list[Json]:
    """Properties that say something; a value is one line without spaces at its ends."""
    return [{"name": name, "ns": NAMESPACE, "value": " ".join(value.split())} for name, value in pairs if value.strip()]


def _token(id: str) -> str:
    """An id as OSCAL allows it: a letter first, then letters, digits, dots, hyphens and underscores."""
    token = re.sub(r"[^\w.-]", "_", id)
    return token if re.match(r"[^\W\d]", token) else f"_{token}"
