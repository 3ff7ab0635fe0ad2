"""The questionnaire that ships: whole, in our own words, with every id of the specification."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from wizard.catalog.lint import lint
from wizard.catalog.toml_folder import load
from wizard.domain.questionnaire import AnswerKind, Obligation, Questionnaire
from wizard.domain.scope import HOSTS_QUESTION, REPOSITORIES_QUESTION

HERE = Path(__file__).parent

GROUPS = {"ELIG": 6, "PROG": 2, "AUTH": 2, "DATA": 4, "SEC": 6, "APP": 13, "PRIV": 2, "INC": 7, "SUB": 2}
IDS = {f"{group}-{n}" for group, count in GROUPS.items() for n in range(1, count + 1)} | {f"VULN-{n}" for n in range(5)}


def test_nothing_is_wrong(shipped_folder: Path, known_checks: frozenset[str]) -> None:
    assert lint(shipped_folder, known_checks) == ()


def test_all_ids_and_no_other(shipped: Questionnaire) -> None:
    duties = [r.id for r in shipped.requirements]
    scoping = [r.id for r in shipped.by_id.values() if r.scoping]
    assert len(duties) == 49
    assert set(duties) == IDS
    assert scoping == [f"SCOPE-{n}" for n in range(1, 10)]
    assert {p.id for r in shipped.requirements for p in r.parts} == {"AUTH-1a", "AUTH-1b", "INC-7a", "INC-7b"}
    assert shipped.version == "2025.1"


def test_sections_are_those_of_the_home_page(shipped: Questionnaire) -> None:
    assert [(s.title, len(s.requirements)) for s in shipped.sections] == [
        ("Scope", 9),
        ("Eligibility", 8),
        ("Authentication", 2),
        ("Data Protection", 10),
        ("Application Security", 13),
        ("Privacy", 2),
        ("Vulnerabilities", 5),
        ("Incident Response", 7),
        ("Submission", 2),
    ]
    assert shipped.sections[0].scoping


def test_obligations(shipped: Questionnaire) -> None:
    others = {r.id: r.obligation for r in shipped.requirements if r.obligation is not Obligation.MUST}
    assert others == {
        "PROG-2": Obligation.INFO,
        "APP-2": Obligation.RECOMMENDED,
        "SUB-1": Obligation.INFO,
        "SUB-2": Obligation.INFO,
    }
    words = {r.id: r.source.word for r in shipped.requirements if r.source and r.source.word == "should"}
    assert set(words) == {"DATA-2", "APP-1"}


def test_the_scope_is_asked_as_the_domain_reads_it(shipped: Questionnaire) -> None:
    hosts = shipped.question_by_id[HOSTS_QUESTION]
    assert {c.id for c in hosts.columns} >= {"host", "purpose", "environment", "public", "private_network", "owner"}
    assert shipped.question_by_id[REPOSITORIES_QUESTION].column("repository")


def test_the_checks_that_decide(shipped: Questionnaire) -> None:
    deciding = {r.id: set(r.deciding) for r in shipped.requirements if r.deciding}
    assert deciding == {
        "AUTH-1": {"authentication"},
        "SEC-2": {"repository-secrets"},
        "DATA-3": {"tls-versions", "certificate", "https-redirect"},
        "DATA-4": {"hsts"},
        "SEC-4": {"referrer-policy"},
        "APP-4": {"csp", "content-type-options", "framing"},
        "APP-5": {"cookies"},
        "APP-8": {"dependencies"},
        "VULN-1": {"deadline-critical"},
        "VULN-2": {"deadline-high"},
        "VULN-3": {"deadline-medium"},
        "VULN-4": {"deadline-low"},
    }


def test_every_check_that_reads_answers_is_used(shipped: Questionnaire, known_checks: frozenset[str]) -> None:
    named = {check for r in shipped.requirements for check in r.checks}
    # consent is shown to the program, not to Apollo
    assert named == known_checks - {"host-control"}


def test_every_answer_kind_but_none_invented(shipped: Questionnaire) -> None:
    assert {q.kind for q in shipped.questions} == set(AnswerKind)


def test_checks_read_questions_and_columns_that_exist(shipped: Questionnaire) -> None:
    from wizard.checks.answers import ANSWER_CHECKS

    asked = set(shipped.question_by_id)
    assert {id for check in ANSWER_CHECKS for id in check.reads} <= asked


def test_sources_are_blocks_of_the_page(shipped: Questionnaire) -> None:
    """Each digest is that of a paragraph or bullet of the page, as it was read."""
    blocks = set((HERE / "page_blocks.txt").read_text().split())
    for requirement in shipped.requirements:
        assert requirement.source is not None
        assert requirement.source.digest in blocks, requirement.id
        assert requirement.source.page == "Apollo Marketplace: Feature Your Integration"
        assert requirement.source.read_on.isoformat() == "2025-10-02"


def words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "").replace("'", "")
    return re.findall(r"[a-z0-9]+", plain)


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_in_our_own_words(shipped_folder: Path) -> None:
    """No six words in a row stand on the page too. The page is here only as digests of its six-word runs."""
    page = set((HERE / "page_shingles.txt").read_text().split())
    assert len(page) > 900
    for file in sorted(shipped_folder.glob("*.toml")):
        for text in texts(tomllib.loads(file.read_text(encoding="utf-8"))):
            said = words(text)
            for i in range(len(said) - 5):
                run = " ".join(said[i : i + 6])
                assert hashlib.sha256(run.encode()).hexdigest()[:16] not in page, f"{file.name}: {run}"


def test_no_mail_address_is_invented(shipped_folder: Path) -> None:
    for file in shipped_folder.glob("*.toml"):
        assert "@" not in file.read_text(encoding="utf-8"), file.name


def test_questions_stay_humane(shipped: Questionnaire) -> None:
    """At most four required questions for one duty, fewer than two on average; why it matters is one sentence."""
    required = {r.id: [q for q in shipped.questions_for(r.id) if q.required] for r in shipped.requirements}
    assert max(map(len, required.values())) <= 4
    assert sum(map(len, required.values())) / len(required) < 2
    for requirement in shipped.by_id.values():
        assert len(requirement.title) <= 60
        assert requirement.why.count(". ") == 0, requirement.id


def test_fixed_rows(shipped: Questionnaire) -> None:
    assert shipped.question_by_id["VULN-any"].requirements == ("VULN-1", "VULN-2", "VULN-3", "VULN-4")
    assert len(shipped.question_by_id["INC-3-template"].rows) == 5
    assert len(shipped.question_by_id["INC-5-privilege"].rows) == 1
    assert len(shipped.question_by_id["INC-5-rules"].rows) == 1
    assert len(shipped.question_by_id["APP-13-coverage"].rows) == 10
    assert shipped.question_by_id["ELIG-3-teams"].private
    assert shipped.question_by_id["SEC-1-inventory"].refuses_secrets


def test_contradictions_of_the_page_are_said(shipped: Questionnaire) -> None:
    for id in ("ELIG-2", "APP-1", "VULN-0", "INC-2", "DATA-4", "DATA-1", "APP-8", "SEC-6", "APP-2", "SEC-1", "APP-10"):
        assert shipped.by_id[id].notes, id
    for id in ("APP-10", "APP-11", "APP-13", "INC-6", "INC-7", "PROG-1"):
        assert any("our default, not Apollo's" in note for note in shipped.by_id[id].notes), id
    assert shipped.notes


def test_the_digest_names_the_content(
    shipped: Questionnaire, shipped_folder: Path, known_checks: frozenset[str], tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in shipped_folder.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        (copy / file.name).write_bytes((text + "\n# another comment\n").replace("\n", "\r\n").encode())
    assert load(copy, known_checks) == shipped
    changed = (copy / "60-privacy.toml").read_text(encoding="utf-8").replace("Do you ever see", "Do you at times see")
    (copy / "60-privacy.toml").write_text(changed, encoding="utf-8")
    other = load(copy, known_checks)
    assert other.digest != shipped.digest
    assert replace(other, digest="", questions=()) == replace(shipped, digest="", questions=())
