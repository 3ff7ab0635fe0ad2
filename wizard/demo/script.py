"""What the partner of the demonstration says and shows: invented people, an invented company, imperfect on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from wizard.demo.partner import Partner
from wizard.demo.said import LEAD, OPERATIONS, by_hand, person, row
from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.conditions import holds
from wizard.domain.language import _
from wizard.domain.questionnaire import AnswerKind, Column, Question, Questionnaire
from wizard.domain.vulnerability import Decision, Disposal, Note

SIGNATORY = e.SignatoryNamed(
    "Ines Mertens", "Chief Technology Officer", "Board resolution of 3 March", "ines@northwindsync.example"
)

#: The partner's repositories as addresses: nobody can look at them.
ADDRESSES = ("github.com/northwind-sync/app", "github.com/northwind-sync/api")

#: Notes beside requirements.
COMMENTS = (
    ("DATA-4", "The operations team has the change for the API host on its list for the next release."),
    ("AUTH-1", "The contacts endpoint was opened for a customer pilot and never closed again."),
)

#: The partner's description of its API, as evidence: name, requirements, note. Its endpoints are called.
DESCRIPTION: tuple[str, tuple[str, ...], str] = ("openapi.json", ("AUTH-1",), "As it is published")

#: Why an answer stands although a look says otherwise.
EXPLANATIONS = {
    "AUTH-1": "The contacts endpoint was opened for a customer pilot. It is closed with the next release.",
    "DATA-4": "The header was shortened while we moved the API host to a new proxy. The full year comes back soon.",
    "DATA-3": "One legacy host still serves an old customer device. It is switched off this quarter.",
}


def explanation() -> str:
    """Why any other answer stands although a look says otherwise."""
    return _("We saw this in the demonstration and leave it as it is, so that page 1 shows it.")


def described() -> e.AssessmentDescribed:
    """Who applies."""
    return e.AssessmentDescribed(
        organisation="Northwind Sync B.V.",
        integration="Northwind Sync",
        place="Utrecht, the Netherlands",
        registration="KvK 00000000 (sample)",
        reference="DEMO-1",
    )


def weaknesses(today: date) -> tuple[tuple[Note, Disposal | None], ...]:
    """What the ledger holds: one fixed in time, one that is late on a host which nobody wants to touch."""
    library = Note(
        "hand:demonstration-1",
        title="Endless loop in imagesize",
        source="Dependabot",
        package="imagesize",
        vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
        reported=today - timedelta(days=70),
        triaged=today - timedelta(days=69),
    )
    session = Note(
        "hand:demonstration-2",
        title="Session fixation on the legacy host",
        source="Outside report",
        place="the legacy host",
        score=5.4,
        reported=today - timedelta(days=80),
        triaged=today - timedelta(days=78),
        remark="The host is switched off this quarter.",
    )
    fixed = Disposal(Decision.FIXED, on=today - timedelta(days=52), release="4.1.3")
    return ((library, fixed), (session, None))


def scope(partner: Partner, today: date, repositories: tuple[str, str] = ADDRESSES) -> Iterator[Answer]:
    """The scoping answers: the partner's hosts on loopback, its repositories, and a small company around them."""
    app, api = repositories
    hosts = tuple(
        row(
            host=f"{host.name}:{host.port}",
            purpose="api" if "api" in host.name else "website",
            environment="production",
            public="yes",
            private_network="yes",
            owner=LEAD,
        )
        for host in partner.hosts
    )
    yield _given("SCOPE-1", hosts)
    yield _given("SCOPE-2-rests", "stored")
    yield _given(
        "SCOPE-2",
        (
            row(data="Contacts and e-mail addresses", store="database", name="crm-main", kept_for="P365D"),
            row(data="Contacts and e-mail addresses", store="backup", name="crm-main nightly", kept_for="P35D"),
            row(data="Import files", store="object-store", name="imports", kept_for="P7D"),
        ),
    )
    yield _given("SCOPE-3", "pages")
    yield _given("SCOPE-4", ("accounts", "admin-roles", "workers"))
    yield _given("SCOPE-5", "oauth-only")
    yield _given(
        "SCOPE-6",
        (
            row(repository=app, host="github", ecosystems="npm", images="app"),
            row(repository=api, host="github", ecosystems="PyPI", images="api"),
        ),
    )
    yield _given("SCOPE-7", ("none",))
    yield _given("SCOPE-8-any", "some")
    yield _given(
        "SCOPE-8",
        (row(name="Sample Hosting", data="Everything at rest, encrypted", country="Germany", contract="DPA"),),
    )
    yield _given("SCOPE-9", "4.2.0")
    yield _given("SCOPE-9-date", (today - timedelta(days=6)).isoformat())
    yield _given("SCOPE-9-environment", "production")


def answers(questionnaire: Questionnaire, today: date) -> Iterator[Answer]:
    """An answer to every other question, written by hand where it matters and plausible everywhere else."""
    written = by_hand(today)
    for question in questionnaire.questions:
        if question.id.startswith("SCOPE-"):
            continue
        value = written[question.id] if question.id in written else _plausible(question, today)
        if value:
            yield _given(question.id, value)


def exceptions(today: date) -> Iterator[e.ExceptionSet]:
    """The known gaps, each with owner, compensating control and date."""
    yield e.ExceptionSet(
        "INC-7",
        gap="The last restore test is older than a year.",
        owner=OPERATIONS,
        control="Nightly snapshots are checked by digest; a full restore is booked.",
        until=today + timedelta(days=25),
    )


def evidence(today: date) -> Iterator[tuple[str, tuple[str, ...], str, bytes]]:
    """Small files that show something: name, requirements, note, content."""
    day = today.isoformat()
    yield (
        "rds-encryption.json",
        ("DATA-1",),
        "Export of the provider's console",
        b'{"databases": [{"name": "crm-main", "storage_encrypted": true, "key": "alias/crm", "checked": "%s"}]}\n'
        % day.encode(),
    )
    plan = (
        "Incident response plan, version 3\n\n"
        "Roles: incident lead, scribe, spokesperson and their deputies.\n"
        "Severity: four levels with examples.\n"
        "Contacts: on-call list, legal, hosting, Apollo within 24 hours.\n"
        "Evidence handling: copies are sealed before anything is changed.\n"
        "Communication: who tells customers, Apollo and authorities, and when.\n"
        "Lessons: a review within ten working days.\n"
    )
    yield "incident-response-plan.txt", ("INC-6", "INC-1"), "Approved by the board", plan.encode()
    yield (
        "access-review.csv",
        ("DATA-2",),
        "Quarterly review of who can read the data",
        f"account,role,reviewed\napi-service,read,{day}\nsupport,masked read,{day}\n".encode(),
    )
    yield (
        "threat-model-minutes.txt",
        ("APP-11",),
        "Sixty minutes with four people",
        b"Top threats: stolen refresh token, over-broad scope, injection through contact notes.\n",
    )


def _plausible(question: Question, today: date) -> Value:
    """A value of the right kind that says that things are fine."""
    match question.kind:
        case AnswerKind.YES_NO:
            return _good(question, ("yes", "no"))
        case AnswerKind.CHOICE:
            return _good(question, tuple(option.id for option in question.options))
        case AnswerKind.CHOICES:
            return (question.options[0].id,)
        case AnswerKind.TABLE:
            fixed = [dict(row) for row in question.rows] or [{}]
            return tuple(
                Row(tuple((c.id, row.get(c.id) or _cell(c, today)) for c in question.columns)) for row in fixed
            )
        case AnswerKind.LIST:
            return ("Northwind Sync",)
        case AnswerKind.FILES:
            return ()
        case AnswerKind.CONTACT:
            return person(LEAD)
        case AnswerKind.DECLARATION:
            return row(name=SIGNATORY.name, role=SIGNATORY.role, date=today.isoformat(), accepted="yes")
        case AnswerKind.DATE:
            return (today - timedelta(days=30)).isoformat()
        case AnswerKind.NUMBER:
            return question.minimum or "3"
        case AnswerKind.DURATION:
            return "P30D"
        case AnswerKind.TEXT:
            return "Done by the platform team, reviewed every quarter."


def _good(question: Question, values: tuple[str, ...]) -> str:
    """The first value that does not say that the duty is unmet."""
    for value in values:
        given = {question.id: Answer(question.id, AnswerState.GIVEN, value)}
        if question.unmet is None or holds(question.unmet, given) is not True:
            return value
    return values[0]


def _cell(column: Column, today: date) -> str:
    match column.kind:
        case AnswerKind.YES_NO:
            return "yes"
        case AnswerKind.DATE:
            return (today - timedelta(days=30)).isoformat()
        case AnswerKind.DURATION:
            return "P90D"
        case AnswerKind.NUMBER:
            return "1"
        case AnswerKind.CHOICE:
            return column.options[0].id
        case _:
            return _WORDS.get(column.id, "Platform team")


_WORDS = {
    "name": "crm-main",
    "owner": LEAD,
    "who": LEAD,
    "store": "crm-main",
    "service": "Managed PostgreSQL",
    "place": "Secret manager",
    "stored": "Secret manager",
    "readers": "Platform team",
    "reader": "api-service",
    "rights": "Read",
    "traffic": "PostgreSQL replication",
    "encryption": "TLS 1.3",
    "host": "api",
    "path": "/api/contacts",
    "method": "GET",
    "purpose": "Shows contacts",
}


def _given(question: str, value: Value) -> Answer:
    return Answer(question, AnswerState.GIVEN, value)
