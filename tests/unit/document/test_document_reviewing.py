"""What a reviewer does with a signed file: trust, evidence, remembered keys, their terms, the attestation before it."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from document_reading import bare, whole
from document_samples import Made, evidence, item, make, sample, small

from wizard.document import identity, rules
from wizard.document import verify as verifying
from wizard.document.build import build, build_delta
from wizard.document.canonical import canonical, digest
from wizard.document.delta import OtherPartner, delta
from wizard.document.disclosure import commit, summarise
from wizard.document.handed_over import Match, NotAFolder, compare
from wizard.document.identity import NotACertificate, same_name
from wizard.document.keys import SigningKey
from wizard.document.lines import LineState
from wizard.document.policy import Terms, history, policy
from wizard.document.verify import Outcome, verify
from wizard.document.words import eights
from wizard.domain.assessment import Assessment
from wizard.domain.attestation import Approved, ItemGroup
from wizard.domain.changed import Since, Way
from wizard.domain.evidence import Evidence
from wizard.domain.finding import Mark, judge
from wizard.domain.freeze import freeze
from wizard.domain.questionnaire import Obligation
from wizard.session.deeds import reviewing
from wizard.session.known_keys import CannotRemember, KnownKeys
from wizard.session.opening import shipped_questionnaires
from wizard.session.settings import Home

TODAY = datetime.now(UTC).date()


def issued(
    usable: bool = True, name: str = "Ines Mertens", organisation: str = ""
) -> tuple[SigningKey, x509.Certificate]:
    """A key whose certificate an authority issued, and that authority's certificate."""
    now = datetime.now(UTC)

    def certificate(name, issuer, key, signer, *, authority):
        names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (name, issuer)]
        if organisation and not authority:
            names[0] = x509.Name([*names[0], x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)])
        usage = dict.fromkeys(
            (
                "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
            ),
            False,
        )  # fmt: skip
        usage["key_cert_sign" if authority else "digital_signature" if usable else "key_agreement"] = True
        return (
            x509.CertificateBuilder()
            .subject_name(names[0])
            .issuer_name(names[1])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=400))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .sign(signer, hashes.SHA256())
        )

    root_key, between_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = certificate("Root", "Root", root_key, root_key, authority=True)
    between = certificate("Issuing", "Root", between_key, root_key, authority=True)
    own = certificate(name, "Issuing", key, between_key, authority=False)
    return SigningKey(key, own, (between,)), root


@pytest.fixture(scope="module")
def vouched() -> tuple[Made, x509.Certificate]:
    key, root = issued()
    return make(small(), key), root


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.below(tmp_path / "home")


def put(folder: Path, made: Made, name: str = "a.pdf") -> Path:
    path = folder / name
    path.write_bytes(made.pdf)
    return path


# -- identity ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_trusted_authority_makes_the_identity_good_and_another_one_bad(vouched):
    made, root = vouched
    assert verify(made.pdf).identity.state is LineState.UNKNOWN
    good = verify(made.pdf, roots=[issued()[1], root])
    assert good.identity.state is LineState.GOOD
    assert "CN=Root" in good.identity.sentence
    bad = verify(made.pdf, roots=[issued()[1]])
    assert (bad.outcome, bad.identity.state) == (Outcome.INTACT, LineState.BAD)


def test_the_signers_own_certificate_may_be_trusted(little):
    assert verify(little.pdf, roots=[little.key.certificate]).identity.state is LineState.GOOD
    assert verify(little.pdf, roots=[issued()[1]]).identity.state is LineState.BAD


@pytest.mark.parametrize(
    ("name", "organisation", "state"),
    [
        ("Ines Mertens", "", LineState.GOOD),
        ("Northwind Sync B.V.", "", LineState.GOOD),
        ("Anybody", "Northwind  sync b.v.", LineState.GOOD),
        ("Eve Example", "", LineState.UNKNOWN),
        ("Ines Mertens", "Another Ltd", LineState.UNKNOWN),
    ],
)
def test_a_certificate_of_somebody_else_under_the_same_authority_is_not_good(name, organisation, state):
    """Whoever can buy a certificate where the partner bought theirs could sign in their name otherwise."""
    key, root = issued(name=name, organisation=organisation)
    line = verify(make(small(), key).pdf, roots=[root]).identity
    assert line.state is state
    assert ("Ask Northwind Sync B.V." in line.sentence) is (state is LineState.UNKNOWN)


def test_a_certificate_that_has_ended_is_not_saved_by_the_signers_clock(vouched, monkeypatch):
    made, root = vouched
    later = datetime.now(UTC) + timedelta(days=500)

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return later

    monkeypatch.setattr(identity, "datetime", Later)
    line = verify(made.pdf, roots=[root]).identity
    assert line.state is LineState.UNKNOWN
    assert "only the signer’s clock" in line.sentence
    found = rules.signature(made.pdf)
    proved = identity.identity(made.attestation, found, {}, [root], datetime.now(UTC))[1]
    assert proved.state is LineState.GOOD, "a time stamp that the reviewer trusts saw it in time"


def test_a_signature_of_the_future_is_not_in_time(little, monkeypatch):
    earlier = datetime.now(UTC) - timedelta(days=3)

    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return earlier

    monkeypatch.setattr(verifying, "datetime", Earlier)
    line = verify(little.pdf).time
    assert line.state is LineState.BAD
    assert "still to come" in line.sentence


@pytest.mark.slow
def test_a_certificate_that_is_not_for_signing_is_not_vouched_for():
    key, root = issued(usable=False)
    assert verify(make(small(), key).pdf, roots=[root]).identity.state is LineState.BAD


@pytest.mark.slow
def test_trust_is_read_as_pem_or_der_and_anything_else_is_refused(vouched, tmp_path, home):
    made, root = vouched
    path = put(tmp_path, made)
    for name, encoding in (("root.pem", Encoding.PEM), ("root.der", Encoding.DER)):
        (tmp_path / name).write_bytes(root.public_bytes(encoding))
        found = reviewing.review(path, home, reviewing.Asked(trust=(tmp_path / name,)))
        assert found.verification.identity.state is LineState.GOOD
    for junk in (b"", b"junk", b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n", made.pdf):
        (tmp_path / "junk").write_bytes(junk)
        with pytest.raises(NotACertificate, match="junk holds no certificate"):
            reviewing.review(path, home, reviewing.Asked(trust=(tmp_path / "junk",)))


@pytest.mark.slow
def test_a_demonstration_is_never_vouched_for(key):
    made = make(small(demonstration=True), key)
    assert verify(made.pdf, roots=[key.certificate]).identity.state is LineState.UNKNOWN


def test_one_name_written_in_two_ways_is_one_organisation():
    assert same_name("Northwind  Sync B.V.", "NORTHWIND Sync B.V. ")
    assert not same_name("Northwind Sync", "Nothwind Sync")


# -- remembered keys --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_key_is_remembered_only_when_said_and_a_change_is_warned_about(little, tmp_path, home):
    path = put(tmp_path, little)
    assert reviewing.review(path, home).policy.key.state is LineState.UNKNOWN
    first = reviewing.review(path, home)
    assert first.verification.identity.state is LineState.UNKNOWN
    assert not home.data.exists()
    reviewing.remember(first, home)
    again = reviewing.review(path, home)
    assert (again.policy.key.state, again.verification.identity.state) == (LineState.GOOD, LineState.GOOD)
    assert stat.S_IMODE((home.data / "known-keys.json").stat().st_mode) == 0o600
    other = make(small(organisation="NORTHWIND sync  B.V."), SigningKey.make("Eve", "Northwind Sync B.V.", ""))
    changed = reviewing.review(put(tmp_path, other, "b.pdf"), home)
    assert changed.verification.outcome is Outcome.INTACT
    assert (changed.policy.key.state, changed.verification.identity.state) == (LineState.BAD, LineState.BAD)
    with pytest.raises(CannotRemember, match="Another key is remembered"):
        reviewing.remember(changed, home)
    assert reviewing.review(path, home).policy.key.state is LineState.GOOD
    reviewing.remember(changed, home, instead=True)
    assert reviewing.review(path, home).policy.key.state is LineState.BAD
    assert len(KnownKeys(home.data).fingerprints) == 1


@pytest.mark.slow
def test_keys_of_demonstrations_and_of_altered_files_are_not_remembered(little, key, tmp_path, home):
    demonstration = reviewing.review(put(tmp_path, make(small(demonstration=True), key)), home)
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(little.pdf.replace(b" Tj ET", b" Tj EU", 1))
    for found in (demonstration, reviewing.review(altered, home)):
        with pytest.raises(CannotRemember):
            reviewing.remember(found, home)
    assert not home.data.exists()


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"keys": [{}]}', b"[" * 100_000])
def test_remembered_keys_that_cannot_be_read_are_said_and_never_overwritten(little, tmp_path, home, content):
    home.data.mkdir(parents=True)
    (home.data / "known-keys.json").write_bytes(content)
    found = reviewing.review(put(tmp_path, little), home)
    assert "cannot be read" in found.problem
    assert found.policy.key.state is LineState.UNKNOWN
    with pytest.raises(CannotRemember, match="cannot be read"):
        reviewing.remember(found, home)
    assert (home.data / "known-keys.json").read_bytes() == content


# -- the reviewer's own terms -----------------------------------------------------------------------------------------


def asked_in_full(little):
    """An attestation over the questionnaire that comes with this version, as if it had been verified."""
    (questionnaire, *_others), nothing = shipped_questionnaires(), Assessment()
    at = datetime.now(UTC)
    frozen = freeze(
        questionnaire,
        nothing,
        judge(questionnaire, nothing, at, {}),
        signed_at=at,
        valid_until=TODAY,
        fingerprint=little.key.fingerprint,
        journal=little.attestation.journal,
        generator="Attestry",
    )
    found = replace(verify(little.pdf), attestation=replace(frozen, reference="R-1"))
    return found, {questionnaire.digest: questionnaire}


def without(items, id):
    return tuple(item for item in items if item.id != id)


def reworded(items, id, **changes):
    return tuple(replace(item, **changes) if item.id == id else item for item in items)


@pytest.mark.parametrize(
    ("id", "change"),
    [
        ("DATA-3", lambda items: without(items, "DATA-3")),
        ("DATA-3", lambda items: reworded(items, "DATA-3", title="Traffic is encrypted where possible")),
        ("DATA-3", lambda items: reworded(items, "DATA-3", obligation=Obligation.RECOMMENDED)),
        ("DATA-3", lambda items: reworded(items, "DATA-3", source=None)),
        ("DATA-3", lambda items: tuple(replace(i, said=i.said[1:]) if i.id == "DATA-3" else i for i in items)),
        ("AUTH-1", lambda items: tuple(replace(i, parts=i.parts[:-1]) if i.id == "AUTH-1" else i for i in items)),
        ("DATA-3", lambda items: (*items, *(i for i in items if i.id == "DATA-3"))),
        ("NEW-1", lambda items: (*items, *(replace(i, id="NEW-1") for i in items if i.id == "DATA-3"))),
    ],
)
def test_a_questionnaire_that_was_weakened_under_its_old_digest_is_named(little, id, change):
    """A7: the digest is only what the signer says, so what the reviewer has is compared one by one."""
    found, known = asked_in_full(little)
    groups = tuple(replace(group, items=change(group.items)) for group in found.attestation.groups)
    assert groups != found.attestation.groups
    line = policy(replace(found, attestation=replace(found.attestation, groups=groups)), {}, Terms(known), TODAY).terms
    assert line.state is LineState.BAD
    assert f": {id} differ" in line.sentence


def test_a_summary_of_the_same_questionnaire_is_the_same_questionnaire(little):
    found, known = asked_in_full(little)
    summary = summarise(commit(found.attestation, lambda n: b"s" * n), {})
    line = policy(replace(found, attestation=summary), {}, Terms(known, "R-1", 30), TODAY).terms
    assert line.state is LineState.GOOD


def test_who_approved_a_section_is_printed_with_it_and_left_out_of_a_summary():
    at = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
    whole_one = small()
    groups = tuple(replace(g, approved=(Approved("Dana Ortiz", at, "ab" * 32),)) for g in whole_one.groups)
    approved = commit(replace(whole_one, groups=groups), lambda n: b"s" * n)
    said = bare("Approved inside the app by Dana Ortiz on 20 Nov 2026, 09:12 UTC")
    assert said in whole(build(approved))
    summary = summarise(approved, {})
    assert not any(group.approved for group in summary.groups)
    assert said not in whole(build(summary))


def test_terms_name_exactly_what_is_not_as_agreed(little):
    found, known = asked_in_full(little)
    reference = found.attestation.reference
    good = policy(found, {}, Terms(known, reference, 30), TODAY).terms
    assert good.state is LineState.GOOD
    assert policy(found, {}, Terms(known), TODAY).terms.state is LineState.UNKNOWN
    assert "Not asked: reference, age" in policy(found, {}, Terms(known), TODAY).terms.sentence
    strange = policy(found, {}, Terms({}, reference, 30), TODAY).terms
    assert (strange.state, "not one that this version knows" in strange.sentence) == (LineState.UNKNOWN, True)
    other = policy(found, {}, Terms(known, "another", 30), TODAY).terms
    assert (other.state, "you issued another" in other.sentence) == (LineState.BAD, True)
    old = policy(found, {}, Terms(known, reference, 30), TODAY + timedelta(days=31)).terms
    assert (old.state, "31 days ago" in old.sentence) == (LineState.BAD, True)


@pytest.mark.slow
def test_the_journal_must_go_on_from_the_attestation_before(little, key):
    before = verify(little.pdf)
    journal = little.attestation.journal

    def after(**changes: object) -> LineState:
        changed = replace(before.attestation, journal=replace(journal, **changes))
        return history(replace(before, attestation=changed), (little.pdf, before)).state

    named = (sha256(little.pdf).hexdigest(),)
    assert after(events=journal.events + 9, head="0" * 64, earlier_attestations=named) is LineState.GOOD
    assert after(events=journal.events + 9, head="0" * 64) is LineState.BAD
    assert after(events=journal.events - 1, earlier_attestations=named) is LineState.BAD
    assert after(head="0" * 64, earlier_attestations=named) is LineState.BAD
    assert after(workspace="another", earlier_attestations=named) is LineState.UNKNOWN
    same = history(before, (little.pdf, before))
    assert same.state is LineState.UNKNOWN
    assert "one attestation" in same.sentence
    assert history(before, None).state is LineState.UNKNOWN
    other = make(small(organisation="Tailwind Ltd"), key)
    assert history(before, (other.pdf, verify(other.pdf))).state is LineState.BAD
    broken = little.pdf[:-9]
    assert history(before, (broken, verify(broken))).state is LineState.BAD


def test_two_workspaces_of_one_partner_are_not_one_history_and_the_line_says_what_to_do(little):
    before = verify(little.pdf)
    own = replace(before.attestation, journal=replace(before.attestation.journal, workspace="another"))
    digest = sha256(canonical(before.attestation)).hexdigest()
    begun = replace(own, since=Since(digest, TODAY, delta(before.attestation, own)))
    other = replace(own, since=Since("0" * 64, TODAY, delta(before.attestation, own)))
    for new, said in ((own, "ask why"), (other, "ask why"), (begun, "begun from the earlier attestation")):
        line = history(replace(before, attestation=new), (little.pdf, before))
        assert line.state is LineState.UNKNOWN
        assert said in line.sentence
        assert "compare the two documents" in line.sentence


def test_days_of_a_delta_are_written_for_people(little):
    old = verify(little.pdf).attestation
    new = replace(old, valid_until=date(2031, 2, 3))
    (fact,) = delta(old, new).facts
    assert (fact.what, fact.after) == ("Valid until", "3 Feb 2031")


def test_the_printed_delta_names_both_files_and_what_their_journals_show(little):
    old = verify(little.pdf).attestation
    new = replace(old, release="9.9.9")
    read = whole(build_delta(old, new, "The journal went on."))
    for part in (old.organisation, "9.9.9", eights(digest(canonical(new))), "The journal went on."):
        assert bare(part) in read


def test_nothing_is_said_of_a_file_that_does_not_hold(little):
    found = policy(verify(little.pdf[:-9]), {}, Terms(), TODAY)
    assert {found.key.state, found.terms.state, found.history.state} == {LineState.UNKNOWN}


# -- evidence ---------------------------------------------------------------------------------------------------------


def piece(n: int, name: str, content: bytes) -> Evidence:
    made = evidence(n, name, ("DATA-1",), "Dana", None)
    sealed = replace(made.sealed, digest=sha256(content).hexdigest(), size=len(content))
    return replace(made, sealed=sealed)


def test_evidence_is_matched_by_digest_and_named_when_different_or_missing(tmp_path):
    folder = tmp_path / "evidence"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "renamed.txt").write_bytes(b"the policy")
    (folder / "plan.txt").write_bytes(b"another plan")
    (folder / "holiday.jpg").write_bytes(b"x")
    (folder / "gone.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "secret.txt").write_bytes(b"gone")
    asked = (piece(1, "policy.txt", b"the policy"), piece(2, "plan.txt", b"the plan"), piece(3, "gone.txt", b"gone"))
    found = compare(asked, folder)
    assert [(p.name, p.match, p.file) for p in found.pieces] == [
        ("policy.txt", Match.MATCHED, "below/renamed.txt"),
        ("plan.txt", Match.DIFFERENT, "plan.txt"),
        ("gone.txt", Match.MISSING, ""),
    ]
    assert found.others == ("holiday.jpg",)
    assert [found.count(match) for match in Match] == [1, 1, 1]


def test_a_folder_that_is_none_or_holds_far_too_much_is_refused(tmp_path, monkeypatch):
    with pytest.raises(NotAFolder, match="is not a folder"):
        compare((), tmp_path / "nowhere")
    monkeypatch.setattr("wizard.document.handed_over.MOST_FILES", 2)
    for n in range(3):
        (tmp_path / str(n)).touch()
    with pytest.raises(NotAFolder, match="more than 2 files"):
        compare((), tmp_path)


def test_evidence_is_not_compared_with_digests_that_nobody_signed(little, tmp_path, home):
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(little.pdf.replace(b" Tj ET", b" Tj EU", 1))
    assert reviewing.review(altered, home, reviewing.Asked(evidence=tmp_path)).evidence is None
    with pytest.raises(reviewing.CannotRead, match="could not be read"):
        reviewing.review(tmp_path / "nowhere.pdf", home)
    with pytest.raises(reviewing.CannotRead):
        reviewing.review(tmp_path, home)


# -- two attestations -------------------------------------------------------------------------------------------------


def with_marks(**marks: Mark):
    items = tuple(item(id.replace("_", "-"), f"About {id}", mark) for id, mark in marks.items())
    return small(groups=(ItemGroup("data", "Data protection", items),))


def test_the_delta_says_what_got_worse_first_and_what_is_the_same():
    old = with_marks(DATA_1=Mark.SEEN, DATA_2=Mark.NOT_MET, DATA_3=Mark.SAID, DATA_4=Mark.SAID, DATA_5=Mark.SAID)
    new = with_marks(DATA_1=Mark.NOT_MET, DATA_2=Mark.SHOWN, DATA_3=Mark.SAID, DATA_4=Mark.DOES_NOT_APPLY)
    new = replace(new, release="5.0.0", hosts=new.hosts[1:], valid_until=date(2028, 1, 1))
    found = delta(old, new)
    assert [(m.id, m.way) for m in found.moved] == [
        ("DATA-1", Way.WORSE),
        ("DATA-2", Way.BETTER),
        ("DATA-4", Way.OTHER),
        ("DATA-5", Way.OTHER),
    ]
    assert found.same == 1
    assert found.moved[-1].after is None
    assert found.hosts_gone == (old.hosts[0].subject,)
    assert [(f.what, f.before, f.after) for f in found.facts if f.what == "Release"] == [("Release", "4.2.0", "5.0.0")]
    assert delta(old, old).moved == delta(old, old).facts == ()


def test_every_mark_has_its_step():
    old = with_marks(A=Mark.SAID)
    for mark in set(Mark) - {Mark.SAID}:
        group = old.groups[0]
        new = replace(old, groups=(replace(group, items=(replace(group.items[0], mark=mark),)),))
        way = {Mark.SHOWN: Way.BETTER, Mark.SEEN: Way.BETTER, Mark.DOES_NOT_APPLY: Way.OTHER}.get(mark, Way.WORSE)
        assert [(m.after, m.way) for m in delta(old, new).moved] == [(mark, way)]


@pytest.mark.parametrize(
    ("field", "value"), [("organisation", "Tailwind"), ("integration", "Bridge"), ("demonstration", True)]
)
def test_attestations_of_two_partners_are_refused_by_the_field_that_differs(field, value):
    with pytest.raises(OtherPartner, match=field):
        delta(small(), small(**{field: value}))


def test_evidence_that_stayed_is_counted_by_its_digest():
    old = sample()
    new = replace(old, evidence=(piece(1, "new.txt", b"new"), *old.evidence[1:]), ledger=())
    found = delta(old, new)
    assert found.evidence_added == ("new.txt",)
    assert found.evidence_gone == (old.evidence[0].name,)
    assert found.evidence_kept == len(old.evidence) - 1
    assert found.ledger_before > found.ledger_after == 0


# -- the shell --------------------------------------------------------------------------------------------------------


def shell(*arguments: object) -> int:
    from wizard.cli import main

    return main.run(main.parse([str(a) for a in arguments]))


@pytest.fixture(autouse=True)
def _no_log_is_set_up(monkeypatch):
    monkeypatch.setattr("wizard.session.redact.start", lambda as_json: None)


@pytest.mark.slow
def test_verify_prints_one_object_with_every_line(little, tmp_path, capsys):
    path = put(tmp_path, little)
    home = ("--home", tmp_path / "home", "--json")
    assert shell("verify", path, "--evidence", tmp_path, "--remember", *home) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["outcome"] == "intact"
    for line in ("integrity", "identity", "time", "content", "key", "terms", "history"):
        assert set(row[line]) == {"state", "sentence"}
    assert row["remembered"] is True
    assert row["evidence_not_named"] == ["a.pdf"]
    assert shell("verify", path, *home) == 0
    assert json.loads(capsys.readouterr().out)["key"]["state"] == "good"
    (tmp_path / "junk.pem").write_bytes(b"junk")
    assert shell("verify", path, "--trust", tmp_path / "junk.pem", *home) == 2
    out = capsys.readouterr()
    assert (out.out, "holds no certificate" in out.err) == ("", True)


@pytest.mark.slow
def test_verify_keeps_its_exit_codes(little, tmp_path, capsys):
    home = ("--home", tmp_path / "home")
    altered, foreign = tmp_path / "altered.pdf", tmp_path / "foreign.pdf"
    altered.write_bytes(little.pdf.replace(b" Tj ET", b" Tj EU", 1))
    foreign.write_bytes(b"%PDF-1.7\nnot really")
    assert shell("verify", altered, "--evidence", tmp_path, *home) == 1
    assert shell("verify", foreign, *home) == 2
    assert shell("verify", tmp_path / "none.pdf", *home) == 2
    assert "not compared" in capsys.readouterr().err


@pytest.mark.slow
def test_compare_prints_the_delta_and_refuses_two_partners(little, key, tmp_path, capsys):
    home = ("--home", tmp_path / "home")
    old = put(tmp_path, little, "old.pdf")
    new = put(tmp_path, make(replace(small(), release="5.0.0"), key), "new.pdf")
    assert shell("compare", old, new, "--json", *home) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["delta"]["same"] == 1
    assert shell("compare", old, new, *home) == 0
    assert "Release: 4.2.0 → 5.0.0" in capsys.readouterr().out
    other = put(tmp_path, make(small(organisation="Tailwind"), key), "other.pdf")
    assert shell("compare", old, other, *home) == 2
    assert "organisation" in capsys.readouterr().err
    (tmp_path / "cut.pdf").write_bytes(little.pdf[:-9])
    assert shell("compare", old, tmp_path / "cut.pdf", *home) == 1
    assert "Nothing was compared" in capsys.readouterr().out
