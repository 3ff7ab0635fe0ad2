"""The permissions that the code asks Apollo for are those that were declared, each for a feature (CHK-SCOPES)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wizard.checks.code.base import CodeCheck, Judgement
from wizard.domain.assessment import Assessment
from wizard.domain.finding import SubjectKind
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Json, Level, Verdict

#: The table in which a person says which permission serves which feature.
TABLE = "PRIV-2-scopes"
#: Apollo adds these to every registration by itself (docs.apollo.io, OAuth 2.0 for partners).
ALWAYS = frozenset({"read_user_profile", "app_scopes"})
_LOOK = "apollo-authorization"
_SEPARATORS = re.compile(r"[\s,;+]+")

CHECK = CodeCheck(
    id="apollo-scopes",
    title=lambda: _("The code asks for the declared permissions only"),
    level=Level.MUST,
    source="Apollo Marketplace: Feature Your Integration, Privacy",
    aliases=("APOLLO-02", "CHK-SCOPES"),
    about=SubjectKind.ASSESSMENT,
)


@dataclass(frozen=True, slots=True)
class Declared:
    """One row of the table: its permissions, and whether it names a feature and endpoints."""

    scopes: tuple[str, ...]
    feature: bool
    endpoints: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What all looked-at repositories ask for, what was declared, and repositories that nobody looked at."""

    asked: tuple[str, ...]
    declared: tuple[Declared, ...]
    unseen: tuple[str, ...]
    #: when the oldest of these looks was; None when there is none
    at: datetime | None = None

    @classmethod
    def of(cls, assessment: Assessment) -> Reading:
        """The reading of an assessment as it is now."""
        asked: dict[str, None] = {}
        unseen, looked = [], []
        for repository in assessment.scope.repositories:
            observation = assessment.observations.get((_LOOK, repository))
            facts: Mapping[str, Json] = observation.result.facts if observation else {}
            looked += [observation.result.at] if observation else []
            found = facts.get("scopes")
            if not isinstance(found, Sequence) or isinstance(found, str) or facts.get("whole") is False:
                unseen.append(repository)
            if isinstance(found, Sequence) and not isinstance(found, str):
                asked |= {str(each).lower(): None for each in found}
        scopes = tuple(scope for scope in asked if scope not in ALWAYS)
        return cls(scopes, _declared(assessment), tuple(unseen), min(looked, default=None))


def _declared(assessment: Assessment) -> tuple[Declared, ...]:
    answer = assessment.answers.get(TABLE)
    if answer is None or not answer.given or not isinstance(answer.value, tuple):
        return ()
    rows = []
    for row in answer.value:
        if isinstance(row, str):
            continue
        scopes = tuple(each.lower() for each in _SEPARATORS.split(row.get("scope")) if each)
        if scopes:
            rows.append(Declared(scopes, bool(row.get("feature").strip()), bool(row.get("endpoints").strip())))
    return tuple(rows)


def judge(reading: Reading) -> Judgement | None:
    """Fail with a permission that is asked for and not declared; None while code and table have nothing to compare."""
    declared = {scope for row in reading.declared for scope in row.scopes} - ALWAYS
    if not reading.asked or not declared:
        return None
    facts: dict[str, Json] = {"asked": list(reading.asked), "declared": sorted(declared)}
    undeclared = [scope for scope in reading.asked if scope not in declared]
    if undeclared:
        return Judgement(
            Verdict.FAIL,
            ngettext(
                "The code asks for a permission that no row declares: {names}.",
                "The code asks for permissions that no row declares: {names}.",
                len(undeclared),
            ).format(names=", ".join(undeclared)),
            next_step=_("Declare the feature that needs it, or stop asking for it."),
            fix=_("Take it out of the registration and out of the code; ask again when a feature needs it."),
            facts=facts,
        )
    if reading.unseen:
        return Judgement(
            Verdict.UNKNOWN,
            _("Nobody has looked at all of the code for permissions: {names}.").format(
                names=", ".join(reading.unseen[:3])
            ),
            next_step=_("Look at the code first."),
            facts=facts,
        )
    notes = []
    if unused := sorted(declared - set(reading.asked)):
        notes.append(_("Declared, and not seen in the code: {names}.").format(names=", ".join(unused)))
    if vague := [row.scopes[0] for row in reading.declared if not (row.feature and row.endpoints)]:
        notes.append(_("Without a feature or endpoint: {names}.").format(names=", ".join(vague)))
    same = _("Every permission that the code asks for is declared: {names}.").format(names=", ".join(reading.asked))
    if notes:
        step = _("Remove first what nothing uses; it can be asked for later.")
        return Judgement(Verdict.WARN, f"{same} {' '.join(notes)}", next_step=step, facts=facts)
    return Judgement(Verdict.PASS, same, facts=facts)
