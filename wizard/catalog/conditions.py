"""Reads and prints the conditions that decide when something is asked.

Grammar, loosest first; there is no other rule, and `and` binds tighter than `or`:

    condition = either
    either    = both { "or" both }
    both      = opposite { "and" opposite }
    opposite  = "not" opposite | "(" either ")" | test
    test      = reference ( "=" text | "!=" text | "in" "(" text { "," text } ")" | "has" text )
    reference = id [ "." column ]
    text      = '"' characters '"'          with \\" and \\\\ for the two that need it
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from wizard.domain.conditions import All, Among, Any, Certainly, Condition, Equals, Has, Not, Reference
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

#: Longest condition and deepest nesting of brackets and `not`; both far above what a person writes.
MAX_LENGTH = 4000
MAX_DEPTH = 40

WORDS = ("and", "or", "not", "in", "has")
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<text>"(?:[^"\\]|\\["\\])*")
      | (?P<sign>!=|=|\(|\)|,)
      | (?P<name>[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z][A-Za-z0-9_-]*)?)""",
    re.VERBOSE,
)


class ConditionMistake(Mistake):
    """A condition that cannot be read; `position` counts characters from 1, `token` is what stands there."""

    def __init__(self, position: int, sentence: str, token: str = "") -> None:
        self.position = position
        self.token = token
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> Condition:
    """The condition that `text` spells. Raises `ConditionMistake` with the position, and nothing else."""
    if len(text) > MAX_LENGTH:
        raise ConditionMistake(
            MAX_LENGTH, _("The condition is longer than {n} characters. Ask a question less.").format(n=MAX_LENGTH)
        )
    reader = _Reader(_tokens(text), len(text) + 1)
    condition = reader.either(0)
    if reader.next is not None:
        raise reader.mistake(_("“and”, “or” or the end"))
    return condition


def show(condition: Condition) -> str:
    """The condition as text; `parse(show(c))` is `c` for every condition that `parse` returned."""
    match condition:
        case Equals(left, value):
            return f"{_reference(left)} = {_quoted(value)}"
        case Among(left, values):
            return f"{_reference(left)} in ({', '.join(_quoted(v) for v in values)})"
        case Has(left, value):
            return f"{_reference(left)} has {_quoted(value)}"
        case Not(Equals(left, value)):
            return f"{_reference(left)} != {_quoted(value)}"
        case Not(inner):
            return f"not {_bracketed(inner, All, Any)}"
        case All(inner):
            return " and ".join(_bracketed(c, All, Any) for c in inner)
        case Any(inner):
            return " or ".join(_bracketed(c, Any) for c in inner)
        case Certainly(inner):
            return show(inner)
    assert_never(condition)


def tests_in(condition: Condition) -> Iterator[Equals | Among | Has]:
    """Every comparison in a condition, left to right."""
    if isinstance(condition, Equals | Among | Has):
        yield condition
        return
    inner = condition.inner
    for each in inner if isinstance(inner, tuple) else (inner,):
        yield from tests_in(each)


def _bracketed(condition: Condition, *kinds: type) -> str:
    return f"({show(condition)})" if isinstance(condition, kinds) else show(condition)


def _reference(reference: Reference) -> str:
    return f"{reference.question}.{reference.column}" if reference.column else reference.question


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            if text[position] == '"':
                raise ConditionMistake(
                    position + 1, _("The text that starts here has no closing quotation mark."), text[position:]
                )
            raise ConditionMistake(
                position + 1, _("“{sign}” is not part of a condition.").format(sign=text[position]), text[position]
            )
        kind = found.lastgroup or ""
        if kind != "space":
            name = found[0]
            out.append(_Token("word" if kind == "name" and name in WORDS else kind, name, position + 1))
        position = found.end()
    return out


class _Reader:
    """Walks the tokens once, left to right."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._at = 0
        self._end = end

    @property
    def next(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def mistake(self, wanted: str) -> ConditionMistake:
        token = self.next
        if token is None:
            return ConditionMistake(
                self._end, _("The condition ends where {wanted} should follow.").format(wanted=wanted)
            )
        sentence = _("“{token}” stands where {wanted} should.").format(token=token.text, wanted=wanted)
        return ConditionMistake(token.position, sentence, token.text)

    def take(self, kind: str, text: str = "") -> _Token | None:
        token = self.next
        if token is None or token.kind != kind or (text and token.text != text):
            return None
        self._at += 1
        return token

    def want(self, kind: str, text: str, wanted: str) -> _Token:
        token = self.take(kind, text)
        if token is None:
            raise self.mistake(wanted)
        return token

    def either(self, depth: int) -> Condition:
        inner = [self.both(depth)]
        while self.take("word", "or"):
            inner.append(self.both(depth))
        return inner[0] if len(inner) == 1 else Any(tuple(inner))

    def both(self, depth: int) -> Condition:
        inner = [self.opposite(depth)]
        while self.take("word", "and"):
            inner.append(self.opposite(depth))
        return inner[0] if len(inner) == 1 else All(tuple(inner))

    def opposite(self, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            position = self.next.position if self.next else self._end
            raise ConditionMistake(position, _("More than {n} brackets inside each other.").format(n=MAX_DEPTH))
        if self.take("word", "not"):
            return Not(self.opposite(depth + 1))
        if self.take("sign", "("):
            inner = self.either(depth + 1)
            self.want("sign", ")", _("a closing bracket"))
            return inner
        return self.test()

    def test(self) -> Condition:
        name = self.want("name", "", _("the id of a question"))
        question, _dot, column = name.text.partition(".")
        left = Reference(question, column)
        if self.take("sign", "="):
            return Equals(left, self.text())
        if self.take("sign", "!="):
            return Not(Equals(left, self.text()))
        if self.take("word", "has"):
            return Has(left, self.text())
        if self.take("word", "in"):
            self.want("sign", "(", _("an opening bracket"))
            values = [self.text()]
            while self.take("sign", ","):
                values.append(self.text())
            self.want("sign", ")", _("a comma or a closing bracket"))
            return Among(left, tuple(values))
        raise self.mistake(_("“=”, “!=”, “in” or “has”"))

    def text(self) -> str:
        token = self.want("text", "", _("a text in double quotation marks"))
        return re.sub(r"\\(.)", r"\1", token.text[1:-1])
