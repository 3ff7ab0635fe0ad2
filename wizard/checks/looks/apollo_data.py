"""Tells by its form that a text holds what Apollo's API says of people and companies. Kept are the signs, no value.

Names of fields, forms of ids and words of a mail address's status after Apollo's public API documents
(docs.apollo.io: people enrichment and search, contacts, accounts, organization enrichment), in JSON or inside a page.
"""

from __future__ import annotations

import re

#: Kinds of signs, independent of each other.
FIELDS, IDS, MAIL_STATUS, ADDRESSES = "fields", "ids", "mail-status", "addresses"

#: A name and its value, in JSON and in JSON inside a string; what describes a field (JSON Schema) opens a bracket.
_PAIR = re.compile(r'\\?"([A-Za-z][A-Za-z0-9_-]{1,60})\\?"\s{0,20}:\s{0,20}(\{|\\?"[^"\\]{0,80}|)')
_ID = re.compile(r"[0-9a-f]{24}")
#: Names that nobody else gives these things, without underscores, so that a program's own spelling counts too.
_OWN_NAMES = frozenset(
    {
        "accountplaybookstatuses",
        "accountstageid",
        "contactcampaignstatuses",
        "contactstageid",
        "directdialenrichmentfailedat",
        "directdialstatus",
        "emaildomaincatchall",
        "emailercampaignids",
        "emailneedstickling",
        "emailstatusunavailablereason",
        "emailtruestatus",
        "extrapolatedemailconfidence",
        "lastnameobfuscated",
        "organizationheadcountsixmonthgrowth",
        "organizationheadcounttwelvemonthgrowth",
        "queuedforcrmpush",
        "revealedforcurrentteam",
        "sanitizedphone",
        "suggestedfromruleengineconfigid",
        "typedcustomfields",
    }
)
#: Names that others use too: beside one of them a form of id, or a status, is a sign.
_COMMON_NAMES = frozenset(
    {"employmenthistory", "headline", "linkedinurl", "organizationname", "photourl", "primarydomain", "websiteurl"}
)
_ID_NAMES = frozenset({"accountid", "contactid", "organizationid", "personid"})
_OF_APOLLO = re.compile(r"apollo[a-z]{0,20}id")
_STATUSES = frozenset({"extrapolated", "unavailable", "verified"})
#: A record in Apollo's app, where Apollo keeps pictures, and the address that stands for one that is not shown.
_ADDRESS = re.compile(
    r"app\.apollo\.io/[^\s\"'<>#]{0,80}#/(?:accounts|companies|contacts|organizations|people)/[0-9a-f]{24}"
    r"|//zenprospect-production\.s3\.amazonaws\.com/|\bemail_not_unlocked@",
    re.I,
)


def signs_in(text: str) -> tuple[str, ...]:
    """The kinds of signs in a text, sorted: each of `FIELDS`, `IDS`, `MAIL_STATUS`, `ADDRESSES` at most once."""
    text = text.replace("\\/", "/")
    names: set[str] = set()
    found: set[str] = set()
    ids = status = False
    for name, value in _PAIR.findall(text):
        if value == "{":
            continue
        name, value = re.sub("[_-]", "", name).lower(), value.lstrip('\\"').lower()
        names.add(name)
        if _ID.fullmatch(value):
            ids = ids or name in _ID_NAMES
            if _OF_APOLLO.fullmatch(name):
                found.add(IDS)
        status = status or (name == "emailstatus" and value in _STATUSES)
    if names & _OWN_NAMES:
        found.add(FIELDS)
    if names & _COMMON_NAMES:
        found |= {kind for kind, there in ((IDS, ids), (MAIL_STATUS, status)) if there}
    if _ADDRESS.search(text):
        found.add(ADDRESSES)
    return tuple(sorted(found))
