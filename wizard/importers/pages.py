"""Web pages that tools write for people: whose page it is, and how the same report is had as data."""

from __future__ import annotations

import re
from collections.abc import Callable

from wizard.domain.language import _

_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,200}?)\s*</title>", re.IGNORECASE)

#: By what the title of the page holds, in small letters: the tool, and what makes it write data.
_PAGES: tuple[tuple[str, str, Callable[[], str]], ...] = (
    (
        "zap",
        "OWASP ZAP",
        lambda: _(
            "In ZAP choose Report, Generate Report, and as the template “Traditional XML Report” or “Traditional JSON "
            "Report”."
        ),
    ),
    ("bandit report", "Bandit", lambda: _("Run bandit with “-f json” or “-f sarif”.")),
    (
        "burp scanner report",
        "Burp Suite",
        lambda: _("In Burp select the issues, choose “Report selected issues”, and XML as the format."),
    ),
    ("dependency-check report", "OWASP Dependency-Check", lambda: _("Run it with “--format XML” or “--format JSON”.")),
    ("snyk test report", "Snyk", lambda: _("Run snyk with “--json”, or “--sarif”.")),
    ("brakeman report", "Brakeman", lambda: _("Run brakeman with “-f json”.")),
    ("trivy report", "Trivy", lambda: _("Run trivy with “--format json”.")),
    ("prowler", "Prowler", lambda: _("Take the CSV or OCSF JSON file that Prowler writes beside it.")),
    ("npm audit report", "npm audit", lambda: _("Run “npm audit --json”.")),
    ("retire.js", "retire.js", lambda: _("Run retire with “--outputformat json”.")),
    ("gitleaks", "gitleaks", lambda: _("Run gitleaks with “--report-format json”.")),
)


def sentence_for(start: str) -> str:
    """What to do instead with the web page that begins so; "" when it is no page of a tool that is known here."""
    title = _TITLE.search(start)
    if title is None:
        return ""
    named = title[1].lower()
    for mark, tool, instead in _PAGES:
        if mark in named:
            return _(
                "This is the web page that {tool} writes for people, so its entries cannot be taken over. {instead}"
            ).format(tool=tool, instead=instead())
    return ""
