"""The machine-readable forms are valid by their published schemas, agree with the data, and are attached."""

from __future__ import annotations

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from document_samples import PAGE, item, sample, seen, small
from jsonschema import Draft7Validator, Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from test_document_text import NAUGHTY, drawable, with_texts

from wizard.document.cyclonedx import declarations
from wizard.document.exports import EXPORTS, exports
from wizard.document.oscal import assessment_results, plan_of_action
from wizard.domain.attestation import Attestation, ItemGroup
from wizard.domain.finding import Mark
from wizard.domain.observation import Verdict

SCHEMAS = Path(__file__).with_name("schemas")


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def naughty() -> Attestation:
    return with_texts([text for text in NAUGHTY if all(drawable(c) for c in text)])


def odd_ids() -> Attestation:
    odd = item("1 é/ü", "T", Mark.NOT_MET, seen=(seen("hsts", "", Verdict.FAIL, "no"),))
    return small(groups=(ItemGroup("g", "G", (odd,)),), reference="", questionnaire_page=PAGE)


ATTESTATIONS = {"sample": sample, "small": small, "naughty": naughty, "odd ids": odd_ids}


@pytest.mark.parametrize("name", ATTESTATIONS)
def test_oscal_is_valid_by_its_schema(name):
    attestation = ATTESTATIONS[name]()
    results = json.loads(assessment_results(attestation))["assessment-results"]
    Draft202012Validator(schema("oscal-assessment-results.schema.json")).validate(results)
    plan = plan_of_action(attestation)
    if plan is not None:
        validator = Draft202012Validator(schema("oscal-poam.schema.json"))
        validator.validate(json.loads(plan)["plan-of-action-and-milestones"])


@pytest.mark.parametrize("name", ATTESTATIONS)
def test_cyclonedx_is_valid_by_its_schema(name):
    document = json.loads(declarations(ATTESTATIONS[name]()))
    registry: Registry = Registry().with_resources(
        (f"http://cyclonedx.org/schema/{part}", Resource.from_contents(schema(file), default_specification=DRAFT7))
        for part, file in (
            ("jsf-0.82.schema.json", "cyclonedx-jsf-0.82.schema.json"),
            ("spdx.schema.json", "cyclonedx-spdx.schema.json"),
        )
    )
    Draft7Validator(schema("cyclonedx-bom-1.6.schema.json"), registry=registry).validate(document)


def test_oscal_says_what_the_attestation_says():
    attestation = sample()
    results = json.loads(assessment_results(attestation))["assessment-results"]["results"][0]
    states = {f["target"]["target-id"]: f["target"]["status"]["state"] for f in results["findings"]}
    assert (states["DATA-4"], states["DATA-3"], states["VULN-2"]) == ("not-satisfied", "satisfied", "not-satisfied")
    assert "AUTH-1" not in states  # its parts are judged
    assert (states["AUTH-1a"], states["AUTH-1b"]) == ("satisfied", "not-satisfied")
    methods = [o["methods"][0] for o in results["observations"]]
    assert {"INTERVIEW", "TEST"} <= set(methods)
    risk = next(r for r in results["risks"] if r["title"].startswith("VULN-2"))
    assert (risk["status"], risk["deadline"]) == ("remediating", "2026-12-15T00:00:00Z")
    plan = json.loads(plan_of_action(attestation) or b"")["plan-of-action-and-milestones"]
    assert [entry["title"].split(":")[0] for entry in plan["poam-items"]] == [
        "DATA-4",
        "AUTH-3",
        "VULN-2",
        "SEC-4",
        "ELIG-6",
    ]
    hashes = [
        h["value"] for r in plan["back-matter"]["resources"] for link in r.get("rlinks", ()) for h in link["hashes"]
    ]
    assert hashes == [one.sealed.digest for one in attestation.evidence]


def test_every_reference_inside_oscal_and_cyclonedx_leads_somewhere():
    text = assessment_results(sample()).decode()
    document = json.loads(text)
    defined, used = [], set()

    def walk(value: object, key: str = "") -> None:
        if isinstance(value, dict):
            for name, child in value.items():
                walk(child, name)
        elif isinstance(value, list):
            for child in value:
                walk(child, key)
        elif key == "uuid":
            defined.append(value)
        elif key.endswith(("-uuid", "-uuids", "member-of-organizations")):
            used.add(value)
        elif key == "href" and str(value).startswith("#"):
            used.add(str(value)[1:])

    walk(document)
    assert len(defined) == len(set(defined))
    assert used <= set(defined)
    bom = json.loads(declarations(sample()))["declarations"]
    evidence = {one["bom-ref"] for one in bom["evidence"]}
    claims = {one["bom-ref"] for one in bom["claims"]}
    for claim in bom["claims"]:
        assert set(claim.get("evidence", ())) | set(claim.get("counterEvidence", ())) <= evidence
    assert {ref for one in bom["attestations"][0]["map"] for ref in one["claims"]} == claims


@pytest.mark.slow
def test_nothing_to_plan_means_no_plan(made, little):
    assert plan_of_action(little.attestation) is None
    assert [export.name for export, _data in exports(little.attestation)] == [
        "oscal-assessment-results.json",
        "cyclonedx-declarations.json",
    ]
    assert len(exports(made.attestation)) == len(EXPORTS) == 3


def test_the_attached_forms_are_those_that_the_data_make(made):
    with pikepdf.open(BytesIO(made.pdf)) as pdf:
        attached = {str(file.F): file for file in pdf.Root.AF}
        for export, data in exports(made.attestation):
            file = attached.pop(export.name)
            assert file.EF.F.read_bytes() == data
            assert file.AFRelationship == "/Alternative"
            assert str(file.EF.F.Subtype) == f"/{export.media_type}"
        assert list(attached) == ["attestation.json"]
        names = [str(name) for name in list(pdf.Root.Names.EmbeddedFiles.Names)[0::2]]
        assert names == sorted(names)


def test_the_schemas_are_those_that_the_readme_names():
    listed = dict(
        reversed(line.split()) for line in (SCHEMAS / "README.md").read_text().splitlines() if line[:4] == "    "
    )
    assert listed == {file.name: sha256(file.read_bytes()).hexdigest() for file in SCHEMAS.glob("*.json")}
