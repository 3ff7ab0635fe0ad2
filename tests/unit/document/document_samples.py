"""A realistic attestation with every state, long names, tables, and scripts other than Latin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from wizard.document.build import build
from wizard.document.keys import SigningKey
from wizard.document.sign import sign
from wizard.domain.attestation import (
    FORMAT,
    LAYOUT,
    Attestation,
    Consent,
    Gap,
    Item,
    ItemGroup,
    Journal,
    Said,
    Seen,
    ShownControl,
    Signatory,
    Weakness,
)
from wizard.domain.evidence import Evidence, Sealed
from wizard.domain.finding import Basis, Mark, State
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.questionnaire import Obligation, Source
from wizard.domain.scope import Host
from wizard.domain.vulnerability import LedgerState, Rating

SIGNED_AT = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
PAGE = "https://docs.apollo.example/marketplace/security-requirements"
FINGERPRINT = sha256(b"a key of a test").hexdigest()


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def source(heading: str, word: str = "must") -> Source:
    return Source(PAGE, heading, date(2026, 10, 2), digest(heading + word), word)


def said(ask: str, *lines: str, author: str = "Ines Mertens", day: int = 14, **more: object) -> Said:
    at = datetime(2026, 11, day, 11, 20, tzinfo=UTC)
    return Said(question=digest(ask)[:8], ask=ask, lines=lines, author=author, at=at, **more)  # type: ignore[arg-type]


def seen(check: str, subject: str, verdict: Verdict, summary: str, proof: str = "", **more: object) -> Seen:
    level = more.pop("level", Level.MUST)
    result = Result(
        check=check,
        subject=subject,
        verdict=verdict,
        level=level,  # type: ignore[arg-type]
        summary=summary,
        rule=f"{check}/1",
        source="RFC 6797, 6.1.1",
        method=more.pop("method", Method.TEST),  # type: ignore[arg-type]
        at=datetime(2026, 11, 23, 9, 12, tzinfo=UTC),
        proof=proof,
        facts={"max_age": 86400},
        addresses=("192.0.2.41", "2001:db8:20::41"),
        fix="Send the header with at least one year." if verdict is Verdict.FAIL else "",
        next_step="Look again after the next release." if verdict is Verdict.FAIL else "",
    )
    return Seen(
        result,
        runs=2 if verdict is Verdict.FAIL else 1,
        failed_runs=1 if verdict is Verdict.FAIL else 0,
        record=digest(summary),
    )


def item(id: str, title: str, mark: Mark, because: str = "", **more: object) -> Item:
    state, basis = {
        Mark.CONTRADICTED: (State.FAIL, Basis.SEEN),
        Mark.NOT_MET: (State.FAIL, Basis.SAID),
        Mark.RECOMMENDATION_NOT_MET: (State.FAIL, Basis.SEEN),
        Mark.EXCEPTION: (State.EXC, Basis.SAID),
        Mark.COULD_NOT_LOOK: (State.INC, Basis.NOTHING),
        Mark.SAID: (State.ATT, Basis.SAID),
        Mark.SHOWN: (State.ATT, Basis.SHOWN),
        Mark.SEEN: (State.PASS, Basis.SEEN),
        Mark.DOES_NOT_APPLY: (State.NA, Basis.SAID),
    }[mark]
    more.setdefault("obligation", Obligation.MUST)
    more.setdefault("source", source(title))
    because = because or "Said, and nothing contradicts it."
    return Item(id=id, title=title, state=state, basis=basis, mark=mark, because=because, **more)  # type: ignore[arg-type]


def evidence(number: int, name: str, requirements: tuple[str, ...], who: str, expires: date | None) -> Evidence:
    at = datetime(2026, 11, 4 + number % 16, 9, 0, tzinfo=UTC)
    return Evidence(
        id=f"ev-{number}",
        name=name,
        media_type="application/pdf",
        sealed=Sealed(digest(name)[:32], digest(name), digest(name + "sealed"), 18_000 + number),
        requirements=requirements,
        added_at=at,
        added_by=who,
        expires=expires,
        note="exported from the console" if number % 3 == 0 else "",
    )


def _data_protection() -> ItemGroup:
    return ItemGroup(
        "data",
        "Data protection",
        (
            item(
                "DATA-1",
                "Stored Apollo data rests on encrypted disks",
                Mark.SHOWN,
                "Said and shown; nothing contradicts. Evidence was examined by Ines Mertens on 18 Nov.",
                said=(
                    said(
                        "Are all data stores encrypted at rest?",
                        "Yes: 3 of 3 stores, replicas and backups included. Keys held by the provider, rotated yearly.",
                        author="Dana Ortiz",
                        day=16,
                    ),
                    said(
                        "Which stores hold data from Apollo?",
                        heads=("Store", "Kind", "Encryption", "Region", "Since"),
                        rows=(
                            ("sync-primary", "PostgreSQL", "AES-256, provider keys", "eu-west", "2024-02-01"),
                            ("sync-exports", "Object store", "AES-256, own keys", "eu-west", "2024-06-17"),
                            ("sync-queue 消息队列", "Queue", "AES-256", "eu-central", "2025-01-08"),
                        ),
                    ),
                ),
                evidence=("ev-4", "ev-5", "ev-6"),
            ),
            item(
                "DATA-2",
                "Access to Apollo data is reviewed",
                Mark.SAID,
                said=(said("Is access reviewed every quarter?", "Yes"),),
            ),
            item(
                "DATA-3",
                "All traffic uses TLS 1.2 or newer",
                Mark.SEEN,
                "Looks support the answer on every host in scope. Traffic that a machine cannot reach rests on E-03.",
                said=(
                    said(
                        "Do all connections use TLS 1.2 or newer?",
                        "Yes, everywhere. Not HTTPS: database and queue, both TLS 1.3 inside the private network.",
                    ),
                ),
                seen=(
                    seen(
                        "tls-versions",
                        "api.northwindsync.example",
                        Verdict.PASS,
                        "1.2 and 1.3 accepted; 1.0 and 1.1 refused",
                    ),
                    seen(
                        "certificate",
                        "api.northwindsync.example",
                        Verdict.WARN,
                        "Chain complete; expires on 9 Feb 2027",
                    ),
                ),
                evidence=("ev-3",),
            ),
            item(
                "DATA-4",
                "Browsers are told for a year to come only over HTTPS",
                Mark.CONTRADICTED,
                "A machine look contradicts the answer on 1 of 3 hosts. No exception covers it.",
                contradicted=True,
                said=(
                    said(
                        "Does every host send HSTS for at least one year?",
                        "Yes, browsers are told for one year to use HTTPS only, on every host.",
                    ),
                ),
                seen=(
                    seen(
                        "hsts",
                        "api.northwindsync.example",
                        Verdict.FAIL,
                        "one day instead of one year: 86,400 of 31,536,000 seconds",
                        "strict-transport-security: max-age=86400",
                    ),
                    seen(
                        "hsts",
                        "app.northwindsync.example",
                        Verdict.PASS,
                        "as required",
                        "strict-transport-security: max-age=63072000",
                    ),
                ),
                evidence=("ev-2",),
                explanation="The header of api was changed by a proxy update on 20 Nov; the fix is planned for 4.2.1.",
                comment="Talked about with the proxy team on 21 Nov.",
            ),
        ),
    )


def _authentication() -> ItemGroup:
    parts = (
        item(
            "AUTH-1a",
            "Endpoints refuse anonymous requests",
            Mark.SEEN,
            seen=(
                seen("anonymous-access", "api.northwindsync.example", Verdict.PASS, "12 of 12 endpoints answered 401"),
            ),
            source=None,
        ),
        item(
            "AUTH-1b",
            "A customer cannot read another’s records",
            Mark.COULD_NOT_LOOK,
            "No second test tenant was available.",
            said=(said("Is every request checked against its tenant?", "Yes"),),
            source=None,
        ),
    )
    return ItemGroup(
        "auth",
        "Authentication",
        (
            item(
                "AUTH-1",
                "Customers are separated",
                Mark.COULD_NOT_LOOK,
                "Separation of customers: no second test tenant was available.",
                parts=parts,
            ),
            item(
                "AUTH-2",
                "Passwords are never stored in clear",
                Mark.SHOWN,
                said=(said("How are passwords stored?", "Argon2id, 64 MiB, t=3"),),
                evidence=("ev-7",),
            ),
            item(
                "AUTH-3",
                "Multi-factor sign-in is offered to people with administrative rights, whichever way they come in",
                Mark.RECOMMENDATION_NOT_MET,
                "The answer says no.",
                obligation=Obligation.RECOMMENDED,
                source=source("Authentication", "should"),
                said=(said("Is a second factor offered?", "No"),),
            ),
        ),
    )


def _others() -> tuple[ItemGroup, ...]:
    until = date(2026, 12, 15)
    return (
        ItemGroup(
            "vuln",
            "Vulnerabilities",
            (
                item(
                    "VULN-2",
                    "Weaknesses are fixed within the page’s limits",
                    Mark.EXCEPTION,
                    "One is past its limit; a valid exception covers it.",
                    exception=Gap(
                        "One high vulnerability is 17 days past its 42-day limit.",
                        "Jonas Weil",
                        "5 tries an hour at the proxy, alert on the sixth.",
                        until,
                        "Ines Mertens",
                    ),
                    said=(said("Are all fixed in time?", "No"),),
                    evidence=("ev-2",),
                ),
                item(
                    "VULN-1",
                    "A ledger of weaknesses is kept",
                    Mark.SHOWN,
                    said=(said("Where is it kept?", "Tracker, board SEC"),),
                    evidence=("ev-8",),
                ),
                item(
                    "INC-5",
                    "Refused requests raise an alert",
                    Mark.COULD_NOT_LOOK,
                    "Alert on refused requests: the alert store refused to be read; no export given.",
                ),
            ),
        ),
        ItemGroup(
            "app",
            "Application",
            (
                item(
                    "APP-1",
                    "Customer keys are rotated",
                    Mark.DOES_NOT_APPLY,
                    "Does not apply.",
                    not_applicable_reason="No customer API key exists; customers authorise by OAuth 2.0 only (ELIG-2).",
                ),
                item(
                    "APP-2",
                    "Customer keys are shown once",
                    Mark.DOES_NOT_APPLY,
                    "Does not apply.",
                    not_applicable_reason="No customer API key exists; customers authorise by OAuth 2.0 only (ELIG-2).",
                    said=(said("How are keys shown?", not_asked="Not asked: there are no customer keys."),),
                ),
                item(
                    "SEC-4",
                    "No secret can reach a Referer header",
                    Mark.CONTRADICTED,
                    "app sends the code on.",
                    contradicted=True,
                    said=(said("Is a referrer policy set?", "Yes"),),
                    seen=(
                        seen(
                            "referrer",
                            "app.northwindsync.example",
                            Verdict.FAIL,
                            "OAuth code sent on to a font host.",
                            "referrer-policy: absent",
                        ),
                    ),
                ),
                item(
                    "ELIG-6",
                    "The officer declares that all of it is true",
                    Mark.NOT_MET,
                    "Follows from others: DATA-4, SEC-4.",
                ),
            ),
        ),
        ItemGroup(
            "many",
            "Programme",
            tuple(
                item(
                    f"PROG-{n}",
                    f"Duty number {n} of the programme, with a title that is rather ordinary",
                    (Mark.SEEN, Mark.SHOWN, Mark.SAID, Mark.SEEN)[n % 4],
                    said=(said(f"Is duty {n} kept?", "Yes"),),
                    seen=(seen("plan-age", "", Verdict.PASS, "the plan is 3 months old", method=Method.INTERVIEW),)
                    if n % 2
                    else (),
                )
                for n in range(1, 31)
            ),
        ),
    )


def _ledger() -> tuple[Weakness, ...]:
    def row(
        number: int, title: str, rating: Rating, score: str, used: int, state: LedgerState, **more: object
    ) -> Weakness:
        limit = {Rating.CRITICAL: 28, Rating.HIGH: 42, Rating.MEDIUM: 56, Rating.LOW: 175}[rating]
        began = SIGNED_AT.date() - timedelta(days=used)
        due = began + timedelta(days=limit)
        return Weakness(
            f"V-{number:03}",
            title,
            rating,
            state,
            score,
            "ZAP 2.17",
            began=began,
            due=due,
            used=used,
            limit=limit,
            **more,
        )  # type: ignore[arg-type]

    fixed = SIGNED_AT.date() - timedelta(days=2)
    return (
        row(
            31,
            "Password reset has no limit on tries",
            Rating.HIGH,
            "7.5",
            59,
            LedgerState.OPEN,
            remark="Fix needs 4.3.0.",
        ),
        row(29, "Version banner on status page", Rating.LOW, "2.6", 146, LedgerState.OPEN),
        row(
            34,
            "Session outlives password change",
            Rating.MEDIUM,
            "5.3",
            42,
            LedgerState.OPEN,
            place="https://app.example/x",
        ),
        row(
            33,
            "Unsafe deserialisation, library",
            Rating.CRITICAL,
            "9.1",
            11,
            LedgerState.FIXED,
            closed=fixed,
            names=("CVE-2026-1",),
        ),
        row(
            30,
            "Export link outlives the user",
            Rating.HIGH,
            "7.0",
            34,
            LedgerState.FALSE_POSITIVE,
            closed=fixed,
            decided_by="Jonas Weil",
        ),
    )


def sample(**changes: object) -> Attestation:
    """The whole attestation; `changes` replace fields."""
    api, app, status = "api.northwindsync.example", "app.northwindsync.example", "status.northwindsync.example"
    made = Attestation(
        format=FORMAT,
        layout=LAYOUT,
        generator="Attestry 0.1.0",
        organisation="Northwind Sync B.V.",
        integration="Northwind Sync",
        place="Utrecht, the Netherlands",
        registration="KvK 00000000 (sample)",
        reference="NWS-2026-11",
        release="4.2.0",
        demonstration=False,
        questionnaire="apollo-marketplace",
        questionnaire_version="2026.10",
        questionnaire_title="the Apollo Marketplace",
        questionnaire_digest=digest("questionnaire"),
        questionnaire_page=PAGE,
        questionnaire_read_on=date(2026, 10, 2),
        custom_questionnaire=False,
        assessed_from=date(2026, 11, 3),
        assessed_to=date(2026, 11, 23),
        signed_at=SIGNED_AT,
        valid_until=date(2027, 11, 20),
        declaration=(
            "I declare for Northwind Sync B.V. that, to my knowledge, what is said here is true and complete for "
            "release 4.2.0, and that every duty we know to be unmet is on this page."
        ),
        signatory=Signatory(
            "Ines Mertens",
            "Chief Technology Officer",
            "board resolution, 3 Mar 2026",
            FINGERPRINT,
            "ines@northwindsync.example",
        ),
        hosts=(
            Host(api, purpose="REST interface, webhooks in", environment="production"),
            Host(app, purpose="Web application, OAuth callback", environment="production"),
            Host(
                status,
                8443,
                purpose="Status page",
                environment="production",
                public=False,
                private_network=True,
                owner="a contractor",
            ),
        ),
        addresses=(
            (api, ("192.0.2.41", "2001:db8:20::41")),
            (app, ("192.0.2.42", "2001:db8:20::42")),
            (f"{status}:8443", ("10.0.0.7",)),
        ),
        repositories=("northwind/sync-server", "northwind/sync-web"),
        scope_statement="Staging holds no Apollo data and is left out. The office network stores none of it.",
        scope_confirmed_by="Ines Mertens",
        scope_confirmed_at=datetime(2026, 11, 12, 14, 2, tzinfo=UTC),
        runs=(("5f2c", (f"{api}:443", f"{app}:443", f"{status}:8443")), ("77aa", (f"{api}:443",))),
        consents=(
            Consent("77aa", (api,), (api, app), (api,), "Ines Mertens", datetime(2026, 11, 12, 15, 40, tzinfo=UTC)),
        ),
        controls=(
            ShownControl(api, "dns", f"_attestry.{api}", "Bo Lindqvist", datetime(2026, 11, 12, 15, 2, tzinfo=UTC)),
        ),
        scoping=(
            item(
                "SCOPE-1",
                "Which hosts take part?",
                Mark.SAID,
                said=(
                    said(
                        "Which hosts take part?",
                        heads=("Host", "Purpose"),
                        rows=((api, "REST interface"), (app, "Web application")),
                    ),
                ),
            ),
        ),
        groups=(_data_protection(), _authentication(), *_others()),
        evidence=tuple(
            evidence(n, name, reqs, who, SIGNED_AT.date() + timedelta(days=days) if days else None)
            for n, (name, reqs, who, days) in enumerate(
                (
                    ("scopes-registration.png", ("ELIG-2", "PRIV-2"), "Dana Ortiz", 350),
                    ("nginx-edge.conf", ("DATA-4", "APP-4"), "Jonas Weil", 170),
                    ("db-tls-settings.txt", ("DATA-3",), "Dana Ortiz", 171),
                    ("rds-encryption.json", ("DATA-1",), "Dana Ortiz", 27),
                    ("backup-policy.pdf", ("DATA-1", "INC-7"), "Dana Ortiz", 0),
                    (
                        "laptop-disks-of-everybody-in-the-whole-company-including-contractors-2026-11.csv",
                        ("DATA-1",),
                        "Jonas Weil",
                        20,
                    ),
                    ("暗号化設定.pdf", ("AUTH-2",), "山田太郎", 90),
                    ("تقرير الثغرات.pdf", ("VULN-1",), "דנה אורטיז", 90),
                ),
                1,
            )
        ),
        journal=Journal(
            "ws-1",
            1412,
            digest("head"),
            (("Ines Mertens", digest("a")), ("Dana Ortiz", digest("b"))),
            datetime(2026, 11, 3, 8, 0, tzinfo=UTC),
        ),
        ledger=_ledger(),
        notes=("The page names no incident address; the partner copied it from the live page.",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def small(**changes: object) -> Attestation:
    """One requirement, no evidence: quick to build."""
    one = item("DATA-4", "Browsers come only over HTTPS", Mark.SAID, said=(said("Is HSTS sent?", "Yes"),))
    changes.setdefault("groups", (ItemGroup("data", "Data protection", (one,)),))
    changes.setdefault("scoping", ())
    changes.setdefault("evidence", ())
    changes.setdefault("ledger", ())
    return sample(**changes)


def hard(**changes: object) -> Attestation:
    """The sample with what is hard to lay out: long words and tables, no white space, scripts of four directions."""
    word = "".join(chr(97 + i % 26) for i in range(300))
    rows = tuple((f"host-{i}.example", "目的" * 9, word if i == 7 else "x", str(i)) for i in range(150))
    one = item(
        "T-1",
        "長い" * 40,
        Mark.SAID,
        comment=word * 3,
        said=(
            said("Long?", " ".join(f"word{i}" for i in range(900)), word, author="אינס מרטנס"),
            said("Table?", heads=("Host", "الغرض", "Word", "No."), rows=rows),
            said("Wide?", heads=tuple(f"Head {c}" for c in range(12)), rows=(tuple("abcdefghijkl"),) * 3),
        ),
    )
    group = replace(sample().groups[0], items=(*sample().groups[0].items, one))
    wanted: dict[str, object] = {
        "organisation": "株式会社ノースウインド同期技術研究所",
        "integration": "노스윈드 싱크",
        "place": "מרכז תל אביב",
        "groups": (group, *sample().groups[1:]),
        "paper": "Letter",
    }
    return sample(**wanted | changes)


def for_key(attestation: Attestation, key: SigningKey) -> Attestation:
    """The attestation as frozen for this key."""
    now = datetime.now(UTC).replace(microsecond=0)
    signatory = replace(attestation.signatory, fingerprint=key.fingerprint)
    return replace(attestation, signatory=signatory, signed_at=now, valid_until=now.date() + timedelta(days=365))


@dataclass(frozen=True)
class Made:
    attestation: Attestation
    unsigned: bytes
    pdf: bytes
    key: SigningKey


def make(attestation: Attestation, key: SigningKey) -> Made:
    attestation = for_key(attestation, key)
    unsigned = build(attestation)
    return Made(attestation, unsigned, sign(unsigned, key, attestation), key)
