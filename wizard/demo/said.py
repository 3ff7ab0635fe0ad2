"""The answers that the partner of the demonstration writes by hand; everything else it merely claims."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from wizard.domain.answers import Row, Value

#: So many days from today, as ISO 8601.
_Day = Callable[[int], str]

LEAD = "Dana Ortiz"
OPERATIONS = "Jonas Weil"


def row(**cells: str) -> Row:
    """One row; cells by column."""
    return Row(tuple(cells.items()))


def person(name: str) -> Row:
    """A contact."""
    return row(name=name, email=f"{name.split()[0].lower()}@northwindsync.example", phone="+31 30 000 0000")


def by_hand(today: date) -> dict[str, Value]:
    """Answers by question id, as of that day."""

    def ago(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    def ahead(days: int) -> str:
        return (today + timedelta(days=days)).isoformat()

    return _eligibility(ago, ahead) | _data(ago) | _application(ago, ahead) | _lasting(ago)


def _eligibility(ago: _Day, ahead: _Day) -> dict[str, Value]:
    return {
        "ELIG-1-endpoints": (
            row(method="POST", path="/api/v1/mixed_people/search", purpose="Finds people", scope="people_search"),
            row(method="POST", path="/api/v1/contacts", purpose="Saves a contact", scope="contacts_write"),
        ),
        "ELIG-2-flow": (
            row(
                app="Northwind Sync",
                grant="code",
                pkce="yes",
                state="yes",
                redirects="https://app.partner.localhost/oauth/callback",
                lifetime="P30D",
                stored="crm-main, encrypted",
                revoked="yes",
            ),
        ),
        "ELIG-3-count": "4",
        "ELIG-3-teams": tuple(
            row(alias=f"Team {letter}", account=letter * 12, first=ago(300 - n * 20), last_call=ago(n), own_test="no")
            for n, letter in enumerate("abcd")
        ),
        "ELIG-4-read": ago(20),
        "ELIG-4-places": (row(place="Pricing page", shows="Apollo's logo beside ours", approved="yes"),),
        "ELIG-5-version": "The terms as they stood on the page when API access was set up.",
        "PROG-1-next": ahead(300),
        "PROG-1-owner": person(LEAD),
        "PROG-1-triggers": ("scope", "store", "release", "incident"),
        "AUTH-1-endpoints": (
            row(
                method="GET",
                path="/api/contacts",
                who="Customers",
                authenticated="Bearer token",
                authorised="By tenant and role",
                anonymous="no",
            ),
            row(
                method="GET",
                path="/api/me",
                who="The signed-in person",
                authenticated="Bearer token",
                authorised="Own record only",
                anonymous="no",
            ),
        ),
        "AUTH-2-any": "some",
        "AUTH-2-register": (
            row(
                endpoint="GET /login",
                why="Nobody is signed in before the login page",
                returns="The form",
                apollo_data="no",
                owner=LEAD,
                review=ahead(120),
            ),
        ),
    }


def _data(ago: _Day) -> dict[str, Value]:
    return {
        "DATA-1-stores": (
            row(
                store="crm-main",
                service="Managed PostgreSQL",
                layer="service",
                key_owner="Northwind, in the key service",
                rotation="P365D",
                backups="yes",
                replicas="yes",
                verified_on=ago(12),
            ),
            row(store="imports", service="Object storage", layer="service", backups="yes", verified_on=ago(12)),
        ),
        "DATA-2-readers": (
            row(reader="api-service", store="crm-main", rights="Read and write", reviewed_on=ago(40)),
            row(reader="support", store="crm-main", rights="Masked read", mfa="yes", reviewed_on=ago(40)),
        ),
        "DATA-3-other": (row(traffic="PostgreSQL replication", encryption="TLS 1.3"),),
        "DATA-4-hosts": (),
        "SEC-1-inventory": (
            row(
                name="Apollo OAuth client",
                kind="oauth-client",
                stored="Secret manager",
                readers="api-service",
                created=ago(200),
                rotated=ago(35),
                period="P90D",
                method="automatic",
                revoked=ago(35),
                owner=LEAD,
            ),
            row(
                name="Column encryption",
                kind="encryption-key",
                stored="Key service",
                readers="api-service",
                created=ago(600),
                rotated=ago(120),
                period="P365D",
                method="automatic",
                owner=OPERATIONS,
            ),
        ),
        "SEC-2-findings": (
            row(
                place="api, old deployment script",
                verdict="real",
                because="",
                revoked_on=ago(410),
                rotated_on=ago(410),
            ),
        ),
        "SEC-3-exceptions": (row(address="Download of one import file", lifetime="PT15M"),),
        "SEC-5-logs": (
            row(
                source="api",
                destination="Log store",
                retention="P30D",
                redaction="Tokens are cut out before a line leaves the process",
                readers="Platform team",
                holds_apollo="no",
            ),
        ),
    }


def _application(ago: _Day, ahead: _Day) -> dict[str, Value]:
    return {
        "APP-3-domains": (
            row(
                domain="northwindsync.example",
                registrar="Sample Registrar",
                expires=ahead(400),
                renews="yes",
                locked="yes",
                mfa="yes",
                dns="Sample DNS",
                changes="Platform team",
            ),
        ),
        "APP-4-reasons": (),
        "APP-5-cookies": (row(name="session", purpose="Keeps people signed in", session="yes", third_party="no"),),
        "APP-6-entries": (
            row(input="API bodies", checked="JSON schema", sanitised="Parameterised queries"),
            row(input="Contact names from Apollo", checked="Length and characters", sanitised="Encoded on output"),
        ),
        "APP-7-hatches": (),
        "APP-8-findings": (
            row(component="imagesize 1.4.0", weakness="Endless loop", result="fixed", because="Release 4.1.3"),
        ),
        "APP-9-how": "The bot opens a change the same day; the platform team merges it within the week.",
        "APP-10-tools": (
            row(
                ecosystem="npm",
                tool="Dependabot",
                trigger="Daily",
                period="P1D",
                last_run=ago(1),
                reader="Platform team",
            ),
            row(
                ecosystem="PyPI",
                tool="Dependabot",
                trigger="Daily",
                period="P1D",
                last_run=ago(1),
                reader="Platform team",
            ),
        ),
        "APP-11-date": ago(90),
        "APP-11-changed": ago(150),
        "APP-11-period": "P365D",
        "APP-11-how": "Sixty minutes with four people over the data flow of release 4.",
        "APP-11-threats": (
            row(
                threat="A stolen refresh token",
                apollo="yes",
                impact="Somebody else reads contacts",
                treatment="Short life, bound to the client, revoked on sign-out",
                status="treated",
            ),
        ),
        "APP-12-tools": (
            row(
                tool="Semgrep",
                languages="TypeScript, Python",
                rules="Default and own",
                runs="Every change",
                blocks="yes",
            ),
        ),
        "APP-13-runs": (
            row(
                tool="ZAP 2.16",
                date=ago(45),
                target="Copy of production",
                active="yes",
                signed_in="yes",
                tester="Platform team",
                result="No high, two medium, both fixed",
            ),
        ),
        "PRIV-1-password": "no",
        "PRIV-1-tokens": (
            row(
                kind="Refresh token",
                store="database",
                encrypted="yes",
                readers="api-service",
                lifetime="P30D",
                deleted="yes",
                shared="Nobody",
            ),
        ),
        "PRIV-2-scopes": (
            row(
                scope="contacts_write",
                feature="Two-way sync",
                endpoints="POST /api/v1/contacts",
                kept="Contact id and time",
            ),
        ),
    }


def _lasting(ago: _Day) -> dict[str, Value]:
    limits = (("critical", "7"), ("high", "30"), ("medium", "56"), ("low", "175"))
    template = (
        ("type", "What kind of incident it is, in one line."),
        ("status", "Open, contained or closed, with the time."),
        ("information", "Which data of which customers, and how much of it."),
        ("tasks", "What was done, what is being done, and until when."),
        ("contact", "Name and telephone number of the incident lead."),
    )
    return {
        "VULN-0-limits": tuple(row(severity=severity, days=days) for severity, days in limits),
        "VULN-0-clock": "earlier",
        "VULN-0-published": "https://northwindsync.example/security; reports to security@northwindsync.example",
        "VULN-0-owner": person(LEAD),
        "VULN-any": "some",
        "INC-1-people": (
            row(role="decides", name="Ines Mertens", reach="+31 30 000 0001"),
            row(role="sends", name=LEAD, reach="+31 30 000 0002"),
            row(role="deputy", name=OPERATIONS, reach="+31 30 000 0003"),
        ),
        "INC-1-drills": (
            row(
                what="A lost laptop",
                detected=f"{ago(100)}T09:00+00:00",
                notified=f"{ago(100)}T15:30+00:00",
                drill="yes",
            ),
        ),
        "INC-2-address": "copied-from-the-live-page@apollo-address.example",
        "INC-2-verified": ago(15),
        "INC-3-template": tuple(row(field=field, text=text) for field, text in template),
        "INC-5-privilege": (
            row(
                rule="Somebody with few rights does what needs many",
                source="api",
                destination="On-call",
                tested=ago(60),
            ),
        ),
        "INC-5-rules": (
            row(
                rule="Hostile traffic from an address known to be bad",
                source="Proxy",
                destination="On-call",
                tested=ago(60),
            ),
        ),
        "INC-6-approved": ago(120),
        "INC-6-exercised": ago(100),
        "INC-6-owner": person(LEAD),
        "INC-6-version": "3",
        "INC-6-period": "P365D",
        "INC-7-stateless": "data",
        "INC-7-rto": "PT8H",
        "INC-7-rpo": "PT1H",
        "INC-7-backups": (
            row(
                what="crm-main",
                holds_apollo="yes",
                frequency="P1D",
                place="Second region",
                encrypted="yes",
                restored=ago(430),
                result="yes",
            ),
        ),
        "INC-7-continuity": ago(200),
        "INC-7-owner": person(OPERATIONS),
        "SUB-1-submitted": "",
        "SUB-1-reference": "DEMO-1",
    }
