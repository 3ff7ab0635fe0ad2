"""SARIF 2.1.0 (OASIS) of any tool: CodeQL, Semgrep, Bandit, Snyk, Trivy, gosec and others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from wizard.domain.language import _, ngettext
from wizard.importers import fields as f
from wizard.importers.base import (
    Entry,
    Package,
    Report,
    Severity,
    Status,
    UnreadableReport,
    Vector,
    of_word,
    vector,
    worst_word,
)
from wizard.importers.draft import Draft, entry
from wizard.importers.forms import Importer, JsonForm
from wizard.importers.outline import Outline

#: Tools whose entries are secrets: they write no level, and SARIF's default would invent one.
_SECRET_TOOLS = ("gitleaks", "trufflehog", "kingfisher", "nosey", "detect-secrets", "betterleaks")
_PACKAGE = re.compile(r"Package: (\S+)\nInstalled Version: (\S*)")
#: How Snyk names a library: lodash@4.17.4, @babel/core@7.0.0.
_NAMED = re.compile(r"(@?[^@\s]{1,200})@([^@\s]{1,100})")
_FIXED = re.compile(r"Fixed Version: (\S+)")
_PLACEHOLDER = re.compile(r"\{(\d{1,2})\}")
#: How SARIF writers name the severity words in the tags of a rule (Trivy).
_TAGS = frozenset({"CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"})
#: Dependency-Check and others put the scores of each CVSS version into the rule's properties.
_SCORES = (
    ("4.0", "cvssv4_baseScore", "cvssV4_baseScore"),
    ("3.1", "cvssv3_baseScore", "cvssV3_baseScore"),
    ("2.0", "cvssv2_score", "cvssV2_score"),
)
#: Words of their own that tools put beside the level; only those that are known here can raise it.
_WORDS = ("severity", "securityRisk", "issue_severity", "cvssv3_severity", "cvssv2_severity", "cvssV3_baseSeverity")
_VECTORS = ("cvssV4_vectorString", "cvssV3_vectorString", "cvssV3_vector", "cvss_vector", "cvssVector", "CVSS")


def _claims(outline: Outline) -> bool:
    if "sarif" in outline.says("$schema").lower():
        return True
    return outline.has("runs") and (outline.has("version") or outline.has("runs[].tool.driver"))


def _read(documents: list[Any]) -> Report:
    root = f.table(documents[0])
    version = f.label(root, "version")
    if len(documents) > 1 or (version and not version.startswith("2.1")):
        raise UnreadableReport(
            _("This is SARIF {version}; only 2.1.0 is read. Export it again in that version.").format(
                version=version or "?"
            )
        )
    runs = f.objects(root, "runs") if f.needed(root, "runs") else []
    if not runs:
        raise UnreadableReport(_("This SARIF file holds no run of a tool, so it says nothing about findings."))
    if any(f.items(piece, "results") for piece in f.objects(root, "inlineExternalProperties")):
        raise UnreadableReport(
            _("This SARIF file keeps results outside of its runs, which is not read. Export it without that.")
        )
    if all(f.get(run, "results") is None for run in runs):
        raise UnreadableReport(
            _("This SARIF file holds no results, not even an empty list: the tool did not look, or it failed.")
        )
    first = f.table(runs[0], "tool", "driver")
    draft = Draft("sarif", f.text(first, "name") or "SARIF", "result")
    draft.tool_version = f.text(first, "semanticVersion") or f.label(first, "version")
    for run in runs:
        _Run(run, draft).read()
    tools = dict.fromkeys(f.text(run, "tool", "driver", "name") for run in runs)
    if len(tools) > 1:
        draft.tool = ", ".join(name for name in tools if name)
    return draft.done()


class _Run:
    """One run of one tool: its rules, and its results made into entries."""

    def __init__(self, run: f.Object, draft: Draft) -> None:
        self.run = run
        self.draft = draft
        components = [f.table(run, "tool", "driver"), *f.objects(run, "tool", "extensions")]
        self.rules = [[_Rule.of(told) for told in f.objects(component, "rules")] for component in components]
        self.by_id = {rule.id: rule for rules in reversed(self.rules) for rule in rules}
        self.artifacts = f.objects(run, "artifacts")
        self.snyk = f.text(components[0], "name").lower().startswith("snyk")
        #: for each invocation: the level that it gives to rules (SARIF 2.1.0, 3.20.5)
        self.overrides = [
            {
                id(self._rule({"rule": f.table(one, "descriptor")})): f.text(one, "configuration", "level")
                for one in f.objects(invocation, "ruleConfigurationOverrides")
            }
            for invocation in f.objects(run, "invocations")
        ]

    def read(self) -> None:
        """Add every result to the draft."""
        run, draft = self.run, self.draft
        driver = f.table(run, "tool", "driver")
        secrets = any(name in f.text(driver, "name").lower() for name in _SECRET_TOOLS)
        results = f.objects(run, "results")
        if run.get("results") is None:
            draft.blind_spot(_("One of the runs in this file holds no results, not even an empty list."))
        if f.get(run, "externalPropertyFileReferences", "results"):
            raise UnreadableReport(_("The results of this SARIF run are in another file. Export them into one file."))
        self._invocations(len(results))
        for provenance in f.objects(run, "versionControlProvenance"):
            draft.targets(f.text(provenance, "repositoryUri"))
            draft.commit(f.text(provenance, "revisionId"))
        if isinstance(image := f.table(run, "properties").get("imageName"), str):  # Trivy
            draft.targets(image)
        for result in results:
            draft.add(self._entry(result, secrets))

    def _invocations(self, results: int) -> None:
        troubles = 0
        for invocation in f.objects(self.run, "invocations"):
            when = f.moment(f.text(invocation, "endTimeUtc") or f.text(invocation, "startTimeUtc"))
            if when and (self.draft.scanned_at is None or when < self.draft.scanned_at):
                self.draft.scanned_at = when
            for kind in ("toolExecutionNotifications", "toolConfigurationNotifications"):
                troubles += sum(f.text(note, "level").lower() == "error" for note in f.objects(invocation, kind))
            if f.flag(invocation, "executionSuccessful") is False:
                if not results:
                    raise UnreadableReport(
                        _("This SARIF file is from a run that failed and lists nothing: that is not zero findings.")
                    )
                self.draft.blind_spot(_("The tool says that its run failed: what it lists may not be all."))
        if troubles:
            self.draft.gap(
                ngettext(
                    "The tool reports {n} error of its own: something may not have been looked at.",
                    "The tool reports {n} errors of its own: something may not have been looked at.",
                    troubles,
                ).format(n=troubles)
            )

    def _rule(self, result: f.Object) -> _Rule:
        id, number = f.label(result, "ruleId"), f.number(result, "ruleIndex")
        if number is None and "rule" not in result:
            return self.by_id.get(id) or self.by_id.get(id.rpartition("/")[0]) or _NO_RULE
        reference = f.table(result, "rule")
        id = id or f.label(reference, "id")
        if number is None:
            number = f.number(reference, "index")
        component = f.number(reference, "toolComponent", "index")
        place = 0 if component is None else int(component) + 1
        if number is not None and number >= 0 and place < len(self.rules) and number < len(self.rules[place]):
            rule = self.rules[place][int(number)]
            if not id or rule.id == id or id.startswith(rule.id + "/"):
                return rule
        return self.by_id.get(id) or self.by_id.get(id.rpartition("/")[0]) or _NO_RULE

    def _entry(self, result: f.Object, secrets: bool) -> Entry:
        found = self._rule(result)
        rule = found.told
        id = f.label(result, "ruleId") or f.label(result, "rule", "id") or found.id
        message = self._message(result, rule)
        own = _facts(result) if "properties" in result or "taxa" in result else _Facts()
        ruled = found.facts
        kind = f.text(result, "kind").lower()
        level = f.text(result, "level")
        levels = (level,) if level else self._levels(result, found)
        word = _word(kind in ("", "fail") or bool(level), kind, levels, own, ruled, secrets)
        vectors = (*own.vectors, *ruled.vectors)
        location = self._location(result)
        package = self._package(result, found, message)
        fixed = _FIXED.search(message) if package else None
        title = found.short or message.partition("\n")[0] or found.full or found.name
        return entry(
            id or title,
            title,
            word,
            vectors,
            aliases=f.names(id, id, title, found.name),
            cwe=tuple(dict.fromkeys((*own.cwe, *ruled.cwe))),
            package=package,
            file=location[0],
            line=location[1],
            url=location[2],
            status=_status(result, kind),
            reported_on=f.day(f.text(result, "provenance", "firstDetectionTimeUtc"))
            if "provenance" in result
            else None,
            fix=fixed[1] if fixed else "",
            confidence=(f.label(result, "properties", "confidence") if "properties" in result else "")
            or found.precision,
            count=f.whole(result, "occurrenceCount") or 1 if "occurrenceCount" in result else 1,
            detail=message,
        )

    def _levels(self, result: f.Object, rule: _Rule) -> tuple[str, ...]:
        """The levels that the run and the rule give to a result without one: an override may not make it less."""
        number = f.number(result, "provenance", "invocationIndex")
        told = (
            self.overrides if number is None else self.overrides[int(number) : int(number) + 1] if number >= 0 else []
        )
        changed = [one.get(id(rule), "") for one in told] if rule is not _NO_RULE else []
        default = f.text(rule.told, "defaultConfiguration", "level")
        return tuple(level for level in (*changed, default) if level)

    def _message(self, result: f.Object, rule: f.Object) -> str:
        told = f.table(result, "message")
        words = f.text(told, "text") or f.text(told, "markdown")
        if not words and (name := f.label(told, "id")):
            words = f.text(rule, "messageStrings", name, "text")
        arguments = f.texts(told, "arguments")
        if arguments:
            words = _PLACEHOLDER.sub(
                lambda found: arguments[int(found[1])] if int(found[1]) < len(arguments) else found[0], words
            )
        return words

    def _package(self, result: f.Object, rule: _Rule, message: str) -> Package | None:
        """The library that a result is about, where its tool says so in a way that is known here."""
        if "Package: " in message and (trivy := _PACKAGE.search(message)):
            return Package("", trivy[1], trivy[2])
        logical = [
            f.text(name, "fullyQualifiedName")
            for location in f.objects(result, "locations")
            if "logicalLocations" in location
            for name in f.objects(location, "logicalLocations")
        ]
        if not logical and not rule.purls:
            return None
        purls = [name for name in (*logical, *rule.purls) if _is_purl(name)]
        if purls and len({name.partition("@")[0] for name in purls}) == 1:
            return f.package("", "", "", purls[0])
        if logical and self.snyk and (named := _NAMED.fullmatch(logical[0])):
            return Package("", named[1], named[2])
        return None

    def _location(self, result: f.Object) -> tuple[str, int, str]:
        for location in f.objects(result, "locations"):
            physical = f.table(location, "physicalLocation")
            artifact = f.table(physical, "artifactLocation")
            uri = f.text(artifact, "uri")
            if not uri and (index := f.number(artifact, "index")) is not None and 0 <= index < len(self.artifacts):
                uri = f.text(self.artifacts[int(index)], "location", "uri")
            line = f.whole(physical, "region", "startLine")
            if uri.lower().startswith(("http://", "https://")):
                return "", line, uri
            if uri or line:
                return uri, line, ""
        return "", 0, ""


def _is_purl(name: Any) -> bool:
    return isinstance(name, str) and name.startswith("pkg:")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the properties of a result or a rule say of severity and weakness."""

    word: str = ""
    vectors: tuple[Vector, ...] = ()
    cwe: tuple[int, ...] = ()


def _facts(owner: f.Object) -> _Facts:
    """`security-severity` is a number, or a word with some tools; scores of several versions may stand beside."""
    properties = f.table(owner, "properties")
    word = ""
    vectors: tuple[Vector, ...] = ()
    if written := f.label(properties, "security-severity"):
        try:
            vectors = vector("", float(written))
        except ValueError:
            word = written
    for version, *names in _SCORES:
        for name in names:
            vectors += vector("", f.number(properties, name), version)
    for name in _VECTORS:
        if isinstance(spelt := properties.get(name), str):
            vectors += vector(spelt)
    tags = f.texts(properties, "tags")
    words = [word] if of_word(word) is not Severity.UNKNOWN else []
    words += [tag for tag in tags if tag in _TAGS]
    words += [said for name in _WORDS if of_word(said := _said(properties.get(name))) is not Severity.UNKNOWN]
    word = worst_word(words) or word
    weaknesses: list[object] = [tag for tag in tags if "cwe" in tag.lower()]
    for name in ("cwe", "CWE", "cwes"):
        value = properties.get(name)
        weaknesses += value if isinstance(value, list) else [value]
    for reference in (
        *f.objects(owner, "taxa"),
        *(f.table(related, "target") for related in f.objects(owner, "relationships")),
    ):
        if "cwe" in f.text(reference, "toolComponent", "name").lower():
            weaknesses.append(f.label(reference, "id"))
    return _Facts(word, vectors, f.cwes(*weaknesses))


def _said(value: Any) -> str:
    return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule as the file tells it, its id, and what it says of severity and weakness, worked out once."""

    id: str
    told: f.Object
    facts: _Facts
    precision: str = ""
    short: str = ""
    full: str = ""
    name: str = ""
    purls: tuple[Any, ...] = ()  # Grype: the libraries that the rule is about

    @classmethod
    def of(cls, told: f.Object) -> _Rule:
        """The rule that the file tells."""
        return cls(
            f.label(told, "id"),
            told,
            _facts(told),
            precision=f.label(told, "properties", "precision"),
            short=f.text(told, "shortDescription", "text"),
            full=f.text(told, "fullDescription", "text"),
            name=f.label(told, "name"),
            purls=tuple(listed) if isinstance(listed := f.table(told, "properties").get("purls"), list) else (),
        )


_NO_RULE = _Rule("", {}, _Facts())


def _word(judged: bool, kind: str, levels: tuple[str, ...], own: _Facts, ruled: _Facts, secrets: bool) -> str:
    """The worst word that stands there: of the properties, and the level of the result, the run or the rule.

    What a level that is not there means: SARIF 2.1.0, 3.27.10. A result that a person has to look at (`open`, `review`)
    is not known to be harmless, so it stays unknown.
    """
    word = own.word or ruled.word
    if not judged:
        return word or ("none" if kind not in ("open", "review") else "")
    if not levels and not word and not own.vectors and not ruled.vectors and not secrets:
        return "warning"
    told = worst_word((*levels, word))
    if word.upper() == "UNKNOWN" and of_word(told) in (Severity.LOW, Severity.INFO):
        return word  # Trivy has no level for what nobody has rated and writes its lowest
    return told


def _status(result: f.Object, kind: str) -> Status:
    """SARIF 2.1.0, 3.27.9 (kind), 3.27.23 (suppressions), 3.27.24 (baselineState)."""
    suppressions = f.objects(result, "suppressions") if "suppressions" in result else []
    if suppressions and all(f.text(s, "status").lower() in ("", "accepted") for s in suppressions):
        return Status.SUPPRESSED
    if f.text(result, "baselineState").lower() == "absent":
        return Status.FIXED
    return {"pass": Status.PASSED, "notapplicable": Status.NOT_AFFECTED}.get(kind, Status.OPEN)


IMPORTER = Importer("sarif", "SARIF", (JsonForm(_claims, _read),))
