"""Bitbucket Cloud's REST interface (developer.atlassian.com, 2.0): what it shows of a repository's protection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from wizard.checks.dependencies import yaml_text
from wizard.checks.dependencies.source import table, text
from wizard.checks.hosting.asking import Answer, Answers, Call, Missing
from wizard.checks.hosting.posture import AlertKind, Alerts, NotShown, Pipeline, Posture, Protection, Run, scanners_in
from wizard.domain.language import _
from wizard.domain.vulnerability import Rating
from wizard.formats.malformed import Malformed

_WORDS = {"CRITICAL": Rating.CRITICAL, "HIGH": Rating.HIGH, "MEDIUM": Rating.MEDIUM, "LOW": Rating.LOW}
_MOST_REPORTS = 20
#: The one file with pipelines.
_FILE = "bitbucket-pipelines.yml"
_TRIGGERS = ("default", "branches", "tags", "pull-requests", "custom")


class Bitbucket:
    """The adapter. A repository access token that may read repositories and pipelines is enough."""

    id = "bitbucket"
    api = "https://api.bitbucket.org/2.0"
    accept = "application/json"

    def following(self, repository: str, answers: Answers) -> tuple[Call, ...]:
        """The repository first; then its main branch, pipelines and rules; then the reports of the newest commit."""
        base = f"/repositories/{repository}"
        calls = [Call("repository", base)]
        branch = text(table(_data(answers, "repository"), "mainbranch"), "name")
        if not branch:
            return tuple(calls)
        named = quote(branch, safe="")
        calls += [
            Call("branch", f"{base}/refs/branches/{named}"),
            Call("branch-restrictions", f"{base}/branch-restrictions?pagelen=100"),
            Call("pipelines-config", f"{base}/pipelines_config"),
            Call("pipelines", f"{base}/pipelines/?sort=-created_on&pagelen=100&page=1"),
        ]
        commit = text(table(_data(answers, "branch"), "target"), "hash")
        if commit:
            calls += [
                Call("pipelines-file", f"{base}/src/{quote(commit)}/bitbucket-pipelines.yml", text=True),
                Call("reports", f"{base}/commit/{quote(commit)}/reports?pagelen=100"),
            ]
            for report in _reports(answers)[:_MOST_REPORTS]:
                id = quote(text(report, "uuid") or text(report, "external_id"))
                calls.append(
                    Call(f"annotations {id}", f"{base}/commit/{quote(commit)}/reports/{id}/annotations?pagelen=100")
                )
        return tuple(calls)

    def page(self, data: Any, link: str) -> tuple[list[Any] | None, str]:
        """Lists stand in `values`; of pipelines, which come newest first, one page is enough."""
        if not isinstance(data, dict) or not isinstance(data.get("values"), list):
            return None, ""
        following = text(data, "next")
        return data["values"], "" if "/pipelines/?" in following else following

    def read(self, repository: str, answers: Answers) -> Posture:
        """What the answers say; nothing is concluded from an answer that is missing."""
        about = _data(answers, "repository")
        private = about.get("is_private") if isinstance(about, dict) else None
        absent = _("Bitbucket shows this only in its pages, so it cannot be asked.")
        return Posture(
            host=self.id,
            repository=repository,
            branch=text(table(about, "mainbranch"), "name"),
            private=private if isinstance(private, bool) else None,
            alerts=(*_alerts(answers), Alerts(AlertKind.SECRETS, None, because=absent)),
            secret_scanning=None,
            push_protection=None,
            protection=_protection(answers, text(table(about, "mainbranch"), "name")),
            updates=None,
            pipelines=tuple(_pipelines(answers)),
            runs=tuple(_runs(answers)),
            not_shown=(
                *(
                    NotShown(name, answer.because)
                    for name, answer in answers.items()
                    if isinstance(answer, Missing) and not (answer.absent and name == "pipelines-file")
                ),
                NotShown("secret scanning", absent),
            ),
        )


def _data(answers: Answers, name: str) -> Any:
    answer = answers.get(name)
    return answer.data if isinstance(answer, Answer) else None


def _values(answers: Answers, name: str) -> Iterator[Mapping[str, Any]]:
    """The items of a list: joined pages, or one exported page."""
    data = _data(answers, name)
    listed = data.get("values") if isinstance(data, dict) else data
    return (each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else iter(())


def _reports(answers: Answers) -> list[Mapping[str, Any]]:
    """Reports of security scanners on the newest commit (Code Insights)."""
    return [each for each in _values(answers, "reports") if text(each, "report_type") == "SECURITY"]


def _alerts(answers: Answers) -> Iterator[Alerts]:
    reports = answers.get("reports")
    if not isinstance(reports, Answer):
        because = reports.because if reports else _("The newest commit was not shown.")
        yield Alerts(AlertKind.CODE, None, because=because)
        return
    found = _reports(answers)
    if not found:
        yield Alerts(AlertKind.CODE, None, because=_("No security report is attached to the newest commit."))
        return
    ratings: dict[Rating, int] = {}
    whole = reports.whole and len(found) <= _MOST_REPORTS
    for report in found[:_MOST_REPORTS]:
        name = f"annotations {quote(text(report, 'uuid') or text(report, 'external_id'))}"
        answer = answers.get(name)
        if not isinstance(answer, Answer):
            yield Alerts(AlertKind.CODE, None, because=answer.because if answer else "")
            return
        whole = whole and answer.whole
        said = list(_values(answers, name))
        if not said and text(report, "result") in ("FAILED", "PENDING"):  # bad, or not done, without saying what
            ratings[Rating.UNKNOWN] = ratings.get(Rating.UNKNOWN, 0) + 1
        for each in said:
            rating = _WORDS.get(text(each, "severity"), Rating.UNKNOWN)
            ratings[rating] = ratings.get(rating, 0) + 1
    yield Alerts(AlertKind.CODE, sum(ratings.values()), tuple(sorted(ratings.items())), whole=whole)


def _protection(answers: Answers, branch: str) -> Protection:
    answer = answers.get("branch-restrictions")
    if not isinstance(answer, Answer):
        return Protection(None, because=answer.because if answer else "")
    kinds: dict[str, int] = {}
    for rule in _values(answers, "branch-restrictions"):
        if _covers(rule, branch):
            value = rule.get("value")
            kinds[text(rule, "kind")] = value if isinstance(value, int) else 0
    checks = ("passing builds",) if "require_passing_builds_to_merge" in kinds else ()
    return Protection(
        protected=bool(kinds),
        reviews=kinds.get("require_approvals_to_merge"),
        checks=checks,
        force_push_blocked="force" in kinds,
    )


def _covers(rule: Mapping[str, Any], branch: str) -> bool:
    """Whether a rule is about this branch: by a pattern with `*`, or by its kind in the branching model."""
    if text(rule, "branch_match_kind") == "branching_model":
        return text(rule, "branch_type") in ("production", "development")
    first, star, last = text(rule, "pattern").partition("*")
    return branch.startswith(first) and branch.endswith(last) if star else branch == first


def _pipelines(answers: Answers) -> Iterator[Pipeline]:
    content = _data(answers, "pipelines-file")
    if not isinstance(content, str):
        return
    try:
        told = table(yaml_text.parse(content), "pipelines")
    except Malformed:
        told = {}  # Bitbucket's files may refer back to themselves; what they name is read anyway
    triggers = tuple(each for each in _TRIGGERS if each in told)
    yield Pipeline(_FILE, triggers, scanners_in(content))


def _runs(answers: Answers) -> Iterator[Run]:
    for each in _values(answers, "pipelines"):
        state = table(each, "state")
        if text(state, "name") != "COMPLETED":
            continue
        target = table(each, "target")
        name = text(table(target, "selector"), "pattern") or text(table(target, "selector"), "type") or "default"
        try:
            at = datetime.fromisoformat(text(each, "created_on"))
        except ValueError:
            continue
        succeeded = text(table(state, "result"), "name") == "SUCCESSFUL"
        yield Run(name, at if at.tzinfo else at.replace(tzinfo=UTC), succeeded, _FILE)
