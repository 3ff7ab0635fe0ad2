"""Who had seen what when they wrote, and the versions of a field that stand side by side because nobody had.

People write apart and exchange what they wrote later. An entry replaces those that its author had seen; entries that
had not seen each other are versions. Time never decides: entries are put in an order in which each follows what it had
seen, and otherwise by their hashes, so that everyone who holds the same entries sees the same assessment.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from wizard.domain import events as e
from wizard.domain.answers import AnswerState
from wizard.domain.disclosure import LEDGER
from wizard.domain.language import _
from wizard.domain.questionnaire import Questionnaire

#: What an author knew of others, by author: up to which sequence.
Known = Mapping[str, int]
_NOTHING: Known = MappingProxyType({})

#: Fields of which one version must be chosen before anything is signed. The others are joined.
_CHOSEN = (
    "answer",
    "not-applicable",
    "exception",
    "explanation",
    "described",
    "signatory",
    "assignment",
    "member",
    "disposal",
    "secret",
    "weakness",
    "merged",
    "disclosure",
)
#: What a field can be of: such a name before a colon, or alone.
_FIELDS = (*_CHOSEN, "comment", "evidence", "control", "scope")
#: Kinds of entries that name nothing in their envelope, and what they are about: the assessment, or some weakness.
_OF_ALL = {
    e.AssessmentDescribed.TYPE: "described",
    e.SignatoryNamed.TYPE: "signatory",
    e.ScopeConfirmed.TYPE: "scope",
    e.VulnerabilityNoted.TYPE: LEDGER,
    e.VulnerabilityDisposed.TYPE: LEDGER,
    e.VulnerabilityMerged.TYPE: LEDGER,
}


@dataclass(frozen=True, slots=True)
class Version:
    """What one entry says about a field; `said_by` wrote it, `author` may be someone who chose it."""

    hash: str
    author: str
    sequence: int
    at: datetime
    payload: e.Payload
    said_by: str


@dataclass(frozen=True, slots=True)
class History:
    """How an assessment came about: `founder` is the key of who began it ("" until then), `heads` each author's newest
    entry (sequence, hash), `knows` for each author the sequences at which they learned more, and what they knew then,
    `versions` the entries that stand for each field.
    """

    founder: str = ""
    heads: Mapping[str, tuple[int, str]] = field(default_factory=lambda: MappingProxyType({}))
    knows: Mapping[str, tuple[tuple[int, Known], ...]] = field(default_factory=lambda: MappingProxyType({}))
    versions: Mapping[str, tuple[Version, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def conflicts(self) -> dict[str, tuple[Version, ...]]:
        """The fields with several values of which one must be chosen, with one version of each value."""
        found = ((key, differing(key, many)) for key, many in self.versions.items() if len(many) > 1)
        return {key: many for key, many in found if len(many) > 1}


def field_of(payload: e.Payload) -> str:
    """The field that a payload writes, "" for what only adds."""
    match payload:
        case e.AnswerGiven(answer):
            return f"answer:{answer.question}"
        case e.CommentSet(requirement):
            return f"comment:{requirement}"
        case e.NotApplicableClaimed(requirement):
            return f"not-applicable:{requirement}"
        case e.ExceptionSet(requirement):
            return f"exception:{requirement}"
        case e.ContradictionExplained(requirement):
            return f"explanation:{requirement}"
        case e.EvidenceFiled(id) | e.EvidenceRemoved(id) | e.EvidenceRestored(id):
            return f"evidence:{id}"
        case e.AssignmentSet(about):
            return f"assignment:{about}"
        case e.MemberAdded(member):
            return f"member:{member.author}"
        case e.MemberRemoved(author):
            return f"member:{author}"
        case e.VulnerabilityNoted(note):
            return f"weakness:{note.key}"
        case e.VulnerabilityDisposed(key):
            return f"disposal:{key}"
        case e.SecretDisposed(fingerprint):
            return f"secret:{fingerprint}"
        case e.VulnerabilityMerged(key):
            return f"merged:{key}"
        case e.DisclosureSet(about):
            return f"disclosure:{about}"
        case e.AssessmentDescribed():
            return "described"
        case e.SignatoryNamed():
            return "signatory"
        case e.ScopeConfirmed():
            return "scope"
        case e.ControlShown(host):
            return f"control:{host}"
        case e.VersionChosen(name):
            return name
        case _:
            return ""


def item_of(entry: e.Unknown) -> str:
    """What an entry that only a newer app can read is about: a question, requirement, host, evidence …; "" for none.

    By the subject in its envelope, which may be a field (of a choice between versions); else by its kind, where the
    versions of that kind that are known here name nothing.
    """
    kind, colon, id = entry.about.partition(":")
    return (id if colon and kind in _FIELDS else entry.about) or _OF_ALL.get(entry.type, "")


def field_words(questionnaire: Questionnaire, key: str) -> str:
    """A field as people say it: the question's words, or what it is of which requirement."""
    kind, _colon, id = key.partition(":")
    question = questionnaire.question_by_id.get(id) if kind == "answer" else None
    if question is not None:
        return f"{question.requirements[0] if question.requirements else id} · {question.ask}"
    words = {
        "answer": _("Answer to {id}"),
        "not-applicable": _("Why {id} does not apply"),
        "exception": _("The exception for {id}"),
        "explanation": _("The explanation for {id}"),
        "described": _("Who applies"),
        "signatory": _("Who signs"),
        "assignment": _("Who answers {id}"),
        "member": _("A member ({id})"),
        "secret": _("What was decided about the secret {id} in code"),
        "disposal": _("What was decided about the weakness {id}"),
        "weakness": _("What was written about the weakness {id}"),
        "merged": _("Whether the weakness {id} is one with another"),
        "disclosure": _("What the public summary shows of {id}"),
    }
    return words.get(kind, "{id}").format(id=id[:16] if kind == "member" else id)


def deed_words(questionnaire: Questionnaire, payload: e.Payload) -> str:
    """What a payload does, for a sentence that refuses it."""
    match payload:
        case e.ScopeConfirmed(hosts):
            return _("the agreement to look at {hosts}").format(hosts=", ".join(host.subject for host in hosts))
        case e.AssessmentStarted() | e.Renewed():
            return _("the beginning of the assessment")
        case e.Attested():
            return _("that it was signed")
        case e.EvidenceRequested() | e.RequestClosed() | e.ReplyAdded():
            return _("who is asked for evidence")
        case e.MemberAdded(member):
            return _("that {who} takes part").format(who=member.name)
        case e.MemberRemoved():
            return _("that someone no longer takes part")
        case e.VersionChosen():
            return _("which version counts")
        case e.DisclosureSet():
            return _("what the public summary shows")
        case _:
            return field_words(questionnaire, field_of(payload)) or payload.TYPE


def is_blank(payload: e.Payload) -> bool:
    """True for what empties a field: it never beats something that was written meanwhile."""
    match payload:
        case e.AnswerGiven(answer):
            return answer.state is AnswerState.GIVEN and not answer.given
        case e.CommentSet(_, text) | e.NotApplicableClaimed(_, text) | e.ContradictionExplained(_, text):
            return not text.strip()
        case e.ExceptionSet(_, gap, owner, control, until):
            return until is None and not "".join((gap, owner, control)).strip()
        case e.SignatoryNamed(name, role, authority, email):
            return not "".join((name, role, authority, email)).strip()
        case e.ScopeConfirmed(hosts):
            return not hosts
        case e.ControlShown(_, how):
            return not how
        case e.AssignmentSet(_, owner):
            return not owner.strip()
        case e.VulnerabilityDisposed(_, disposal):
            return disposal is None
        case e.VulnerabilityNoted(note):
            return note == type(note)(note.key)
        case e.VulnerabilityMerged(_, into):
            return not into
        case e.DisclosureSet(_, level):
            return level is None
        case e.SecretDisposed():
            return payload == e.SecretDisposed(payload.fingerprint)
        case e.EvidenceRemoved():
            return True
        case _:
            return False


def differing(key: str, versions: Sequence[Version]) -> tuple[Version, ...]:
    """One version of each value to choose from: what was emptied does not count beside what was written."""
    if key.partition(":")[0] not in _CHOSEN:
        return tuple(versions[-1:])
    written = [v for v in versions if not is_blank(v.payload)] or list(versions[-1:])
    out: list[Version] = []
    for version in written:
        if all(version.payload != other.payload for other in out):
            out.append(version)
    return tuple(out)


def standing(key: str, versions: Sequence[Version]) -> Version:
    """The version that is shown: the last that says something. Notes and filings are joined, the earlier day counts."""
    written = [v for v in versions if not is_blank(v.payload)]
    last = (written or list(versions))[-1]
    if len(written) < 2:
        return last
    payloads = [v.payload for v in written]
    joined: e.Payload = last.payload
    if key.startswith("comment:"):
        texts = dict.fromkeys(p.text for p in payloads if isinstance(p, e.CommentSet))
        joined = e.CommentSet(key.partition(":")[2], "\n\n".join(texts))
    elif key.startswith("evidence:"):
        filed = [p for p in payloads if isinstance(p, e.EvidenceFiled)]
        if filed:
            under = tuple(dict.fromkeys(id for p in filed for id in p.requirements))
            notes = "\n\n".join(dict.fromkeys(p.note for p in filed if p.note))
            expires = min((p.expires for p in filed if p.expires), default=None)
            joined = e.EvidenceFiled(filed[-1].evidence, under, notes, expires)
    elif key == "scope" and any(p != payloads[0] for p in payloads):
        joined = e.ScopeConfirmed((), "")  # two people agreed to different lists: nobody agreed to this one
    return replace(last, payload=joined)


class Learning:
    """Follows who knows what, entry by entry, in an order in which each entry comes after what it names."""

    def __init__(self, start: History) -> None:
        self._places: dict[str, tuple[str, int]] = {hash_: (a, s) for a, (s, hash_) in start.heads.items()}
        self.heads = dict(start.heads)
        self._knows: dict[str, list[tuple[int, Known]]] = {a: list(steps) for a, steps in start.knows.items()}

    def take(self, event: e.Event) -> None:
        """One more entry."""
        envelope = event.envelope
        author, place = envelope.author, (envelope.author, envelope.sequence)
        self._places[event.hash] = place
        self.heads[author] = (envelope.sequence, event.hash)
        if len(envelope.parents) > 1 or (envelope.parents and envelope.parents[0] != envelope.previous):
            self._learn(place, envelope.parents)

    def _learn(self, place: tuple[str, int], parents: Iterable[str]) -> None:
        author, sequence = place
        before = self.known_at(author, sequence)
        now = dict(before)
        for parent in parents:
            other, seen = self._places.get(parent, (author, 0))
            if other == author:
                continue
            for third, theirs in ((other, seen), *self.known_at(other, seen).items()):
                if third != author:
                    now[third] = max(now.get(third, 0), theirs)
        if now != before:
            self._knows.setdefault(author, []).append((sequence, MappingProxyType(now)))

    def known_at(self, author: str, sequence: int) -> Known:
        """What that author knew of others when writing the entry with that sequence."""
        steps = self._knows.get(author)
        if not steps:
            return _NOTHING
        at = bisect_right(steps, sequence, key=lambda step: step[0])
        return steps[at - 1][1] if at else _NOTHING

    def knew(self, event: e.Event, author: str, sequence: int) -> bool:
        """Had the author of this entry seen that entry?"""
        envelope = event.envelope
        if author == envelope.author:
            return sequence <= envelope.sequence
        return sequence <= self.known_at(envelope.author, envelope.sequence).get(author, 0)

    @property
    def steps(self) -> dict[str, tuple[tuple[int, Known], ...]]:
        """For each author the sequences at which they learned more."""
        return {author: tuple(steps) for author, steps in self._knows.items()}


def arrange(events: Iterable[e.Event]) -> tuple[e.Event, ...]:
    """Entries in the one order that everyone who holds them finds: each after what it names, otherwise by hash."""
    found = tuple(events)
    if len({event.envelope.author for event in found}) < 2:
        return found
    by_hash = {event.hash: event for event in found}
    waits: dict[str, int] = {}
    follow: dict[str, list[str]] = {}
    for event in by_hash.values():
        before = {*event.envelope.parents, event.envelope.previous} & by_hash.keys()
        waits[event.hash] = len(before)
        for hash_ in before:
            follow.setdefault(hash_, []).append(event.hash)
    ready = [hash_ for hash_, count in waits.items() if not count]
    heapq.heapify(ready)
    out = []
    while ready:
        hash_ = heapq.heappop(ready)
        out.append(by_hash[hash_])
        for next_ in follow.get(hash_, ()):
            waits[next_] -= 1
            if not waits[next_]:
                heapq.heappush(ready, next_)
    return tuple(out)
