"""GitHub's REST interface (docs.github.com/rest, version 2022-11-28): what it shows of a repository's protection."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from wizard.checks.dependencies import yaml_text
from wizard.checks.dependencies.source import table, tables, text
from wizard.checks.hosting.asking import Answer, Answers, Call, Missing, next_link
from wizard.checks.hosting.posture import (
    AlertKind,
    Alerts,
    NotShown,
    Pipeline,
    Posture,
    Protection,
    Run,
    Update,
    scanners_in,
)
from wizard.domain.language import _
from wizard.domain.vulnerability import Rating
from wizard.formats.malformed import Malformed

_MOST_PIPELINES = 30
_WORDS = {
    "critical": Rating.CRITICAL,
    "high": Rating.HIGH,
    "error": Rating.HIGH,
    "medium": Rating.MEDIUM,
    "moderate": Rating.MEDIUM,
    "warning": Rating.MEDIUM,
    "low": Rating.LOW,
    "note": Rating.LOW,
}
_ALERTS = (
    (AlertKind.DEPENDENCIES, "dependabot-alerts"),
    (AlertKind.CODE, "code-scanning-alerts"),
    (AlertKind.SECRETS, "secret-scanning-alerts"),
)


class GitHub:
    """The adapter. A fine-grained token with read access to contents, administration, actions and alerts is enough."""

    id = "github"
    api = "https://api.github.com"
    accept = "application/vnd.github+json"

    def following(self, repository: str, answers: Answers) -> tuple[Call, ...]:
        """The repository first; then everything about its default branch; then each workflow."""
        base = f"/repos/{repository}"
        calls = [Call("repository", base)]
        branch = text(_data(answers, "repository"), "default_branch")
        if not branch:
            return tuple(calls)
        named = quote(branch, safe="")
        calls += [
            Call("dependabot-alerts", f"{base}/dependabot/alerts?state=open&per_page=100"),
            Call("code-scanning-alerts", f"{base}/code-scanning/alerts?state=open&per_page=100"),
            # the secrets themselves are neither wanted nor kept
            Call("secret-scanning-alerts", f"{base}/secret-scanning/alerts?state=open&per_page=100&hide_secret=true"),
            Call("branch-protection", f"{base}/branches/{named}/protection"),
            Call("branch-rules", f"{base}/rules/branches/{named}?per_page=100"),
            Call("dependabot-config", f"{base}/contents/.github/dependabot.yml"),
            Call("workflows", f"{base}/contents/.github/workflows"),
            Call("analyses", f"{base}/code-scanning/analyses?per_page=100"),
            Call("runs", f"{base}/actions/runs?status=completed&per_page=100&branch={named}"),
        ]
        calls += [Call(f"workflow {path}", f"{base}/contents/{quote(path)}") for path in _workflows(answers)]
        return tuple(calls)

    def page(self, data: Any, link: str) -> tuple[list[Any] | None, str]:
        """Lists come page by page; of runs the newest page is enough."""
        return (data, next_link(link)) if isinstance(data, list) else (None, "")

    def read(self, repository: str, answers: Answers) -> Posture:
        """What the answers say; nothing is concluded from an answer that is missing."""
        about = _data(answers, "repository")
        security = table(about, "security_and_analysis")
        private = about.get("private") if isinstance(about, dict) else None
        return Posture(
            host=self.id,
            repository=repository,
            branch=text(about, "default_branch"),
            private=private if isinstance(private, bool) else None,
            alerts=tuple(_alerts(kind, answers.get(name, answers.get("repository"))) for kind, name in _ALERTS),
            secret_scanning=_switched(security, "secret_scanning"),
            push_protection=_switched(security, "secret_scanning_push_protection"),
            protection=_protection(answers),
            updates=_updates(_content(answers, "dependabot-config")),
            pipelines=tuple(_pipelines(answers)),
            runs=tuple(_runs(answers)),
            not_shown=tuple(_not_shown(answers)),
        )


def _data(answers: Answers, name: str) -> Any:
    answer = answers.get(name)
    return answer.data if isinstance(answer, Answer) else None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())


def _not_shown(answers: Answers) -> Iterator[NotShown]:
    for name, answer in answers.items():
        if isinstance(answer, Missing) and not (answer.absent and name in ("dependabot-config", "workflows")):
            yield NotShown(name, answer.because)
    if isinstance(_data(answers, "repository"), dict) and not table(
        _data(answers, "repository"), "security_and_analysis"
    ):
        yield NotShown("repository", _("Only an administrator's token shows push protection."))


def _alerts(kind: AlertKind, answer: Answer | Missing | None) -> Alerts:
    """`answer` is the one about the repository where nothing further was asked."""
    if not isinstance(answer, Answer):
        return Alerts(kind, None, because=answer.because if answer else _("Nobody asked for these alerts."))
    if not isinstance(answer.data, list):
        return Alerts(kind, None, because=_("What came back is no list of alerts."))
    listed = list(_objects(answer.data))
    if len(listed) != len(answer.data) or any(not text(each, "state") for each in listed):  # cut down before it came
        return Alerts(kind, None, because=_("It does not say of every alert whether it is open."))
    open_ = [each for each in listed if text(each, "state") == "open"]
    ratings: dict[Rating, int] = {}
    for each in open_:
        rating = _rating(kind, each)
        ratings[rating] = ratings.get(rating, 0) + 1
    days = [moment for each in open_ if (moment := _moment(text(each, "created_at")))]
    return Alerts(kind, len(open_), tuple(sorted(ratings.items())), min(days, default=None), answer.whole)


def _rating(kind: AlertKind, alert: Mapping[str, Any]) -> Rating:
    if kind is AlertKind.SECRETS:
        return Rating.CRITICAL
    if kind is AlertKind.CODE:
        rule = table(alert, "rule")
        word = text(rule, "security_severity_level") or text(rule, "severity")
    else:
        word = text(table(alert, "security_vulnerability"), "severity") or text(
            table(alert, "security_advisory"), "severity"
        )
    return _WORDS.get(word.lower(), Rating.UNKNOWN)


def _switched(security: Mapping[str, Any], name: str) -> bool | None:
    status = text(table(security, name), "status")
    return {"enabled": True, "disabled": False}.get(status)


def _protection(answers: Answers) -> Protection:
    """Classic protection and rulesets together: either protects."""
    classic, rules = answers.get("branch-protection"), answers.get("branch-rules")
    reviews: int | None = None
    checks: list[str] = []
    if isinstance(classic, Answer) and isinstance(classic.data, dict):
        asked = classic.data.get("required_pull_request_reviews")
        if isinstance(asked, dict):
            count = asked.get("required_approving_review_count")
            reviews = count if isinstance(count, int) else 0
        required = table(classic.data, "required_status_checks").get("contexts")
        checks += [each for each in required if isinstance(each, str)] if isinstance(required, list) else []
    kinds = set()
    for rule in _objects(_data(answers, "branch-rules")):
        kinds.add(text(rule, "type"))
        parameters = table(rule, "parameters")
        count = parameters.get("required_approving_review_count")
        if isinstance(count, int):
            reviews = max(reviews or 0, count)
        checks += [text(each, "context") for each in _objects(parameters.get("required_status_checks"))]
    admins = forced = None
    if isinstance(classic, Answer):
        admins = table(classic.data, "enforce_admins").get("enabled") is True
        forced = table(classic.data, "allow_force_pushes").get("enabled") is False
    if "non_fast_forward" in kinds:
        forced = True
    if isinstance(classic, Answer) or kinds:
        return Protection(True, reviews, tuple(dict.fromkeys(filter(None, checks))), admins, forced)
    if isinstance(classic, Missing) and classic.absent and isinstance(rules, Answer):
        return Protection(False)
    because = next((each.because for each in (classic, rules) if isinstance(each, Missing)), "")
    return Protection(None, because=because)


def _content(answers: Answers, name: str) -> str | None:
    """The text of a file in the repository (base64 in an answer of `contents`); None when there is none."""
    data = _data(answers, name)
    if text(data, "encoding") != "base64":
        return None
    try:
        return base64.b64decode(text(data, "content"), validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


def _updates(content: str | None) -> tuple[Update, ...] | None:
    if content is None:
        return None
    try:
        config = yaml_text.parse(content)
        return tuple(
            Update(
                str(text(each, "package-ecosystem")),
                str(text(each, "directory") or ", ".join(map(str, each.get("directories", ())))),
                str(text(table(each, "schedule"), "interval")),
            )
            for each in tables(config, "updates")
        )
    except (Malformed, TypeError):
        return None


def _workflows(answers: Answers) -> list[str]:
    found = [text(each, "path") for each in _objects(_data(answers, "workflows")) if text(each, "type") == "file"]
    return [path for path in found if path.endswith((".yml", ".yaml"))][:_MOST_PIPELINES]


def _pipelines(answers: Answers) -> Iterator[Pipeline]:
    for path in _workflows(answers):
        content = _content(answers, f"workflow {path}")
        if content is None:
            continue
        try:
            workflow = yaml_text.parse(content)
        except Malformed:
            continue
        on = workflow.get("on") if isinstance(workflow, dict) else None
        triggers = [on] if isinstance(on, str) else on if isinstance(on, list) else list(on or ())
        yield Pipeline(path, tuple(str(each) for each in triggers if isinstance(each, str)), scanners_in(content))


def _runs(answers: Answers) -> Iterator[Run]:
    """Completed runs of workflows, and the analyses that code scanning received."""
    for each in _objects(
        _data(answers, "runs").get("workflow_runs") if isinstance(_data(answers, "runs"), dict) else None
    ):
        if at := _moment(text(each, "created_at")):
            file = text(each, "path").partition("@")[0]
            yield Run(text(each, "name") or file, at, text(each, "conclusion") == "success", file)
    for each in _objects(_data(answers, "analyses")):
        if at := _moment(text(each, "created_at")):
            yield Run(text(table(each, "tool"), "name"), at, not text(each, "error"))


def _moment(written: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
