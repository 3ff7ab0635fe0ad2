"""Breaks text into lines that fit: untrusted text is only characters, never markup, and no part of it is dropped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from wizard.document.direction import has_right_to_left, levels, visual_order
from wizard.document.fonts import Fonts, Run, Weight, invisible

#: Red, green and blue from 0 to 1.
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks: hand, size and line height in points, colour."""

    weight: Weight
    size: float
    leading: float
    colour: Colour

    def coloured(self, colour: Colour) -> Style:
        """The same in another colour."""
        return replace(self, colour=colour)


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one style. `link` is an anchor of this document ("#DATA-4") or an http(s) address made by us."""

    text: str
    style: Style
    link: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of glyphs on a line: x from the line's left edge, in points."""

    x: float
    run: Run
    style: Style
    link: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its fragments in reading order, its width, and the distance to the next line, in points."""

    fragments: tuple[Fragment, ...]
    width: float
    leading: float
    right_to_left: bool = False


@dataclass(frozen=True, slots=True)
class _Atom:
    """What is never broken: a word, a part of one, or the spaces between words."""

    text: str
    style: Style
    link: str
    level: int
    space: bool
    breaks_before: bool
    runs: tuple[Run, ...]
    width: float


_BIDI_CONTROLS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NEWLINES = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
#: A word with the spaces after it, or spaces alone.
_WORDS = re.compile(r"[^ ]+| +")
_BREAKS_AFTER = "-/–—?&=;,|\\"
#: where a host name or an address may end a line, because it is too long to stay whole
_BREAKS_IN_NAMES, _LONG_NAME = ".:_@", 24
_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
#: longer words are set in parts, so that a word of a million letters costs what its letters cost
_LONGEST_PART = 48
_NOT_FIRST = "、。，．：；！？）」』】〕》〉ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々"


def plain(text: str) -> str:
    """`text` as it is drawn: NFC, every white space a space or a new line, controls shown by their number.

    A control that could reorder or hide text (C0, C1, bidirectional) is written out as [U+202E].
    """
    if text.isascii() and text.isprintable():
        return text
    text = _NEWLINES.sub("\n", unicodedata.normalize("NFC", text))
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    kind = unicodedata.category(character)
    if kind == "Zs" or character == "\t":
        return " "
    if kind == "Cc" or character in _BIDI_CONTROLS:
        return f"[U+{ord(character):04X}]"
    return character  # the fonts decide, and name what they cannot draw


def wrap(fonts: Fonts, spans: Sequence[Span], width: float) -> list[Line]:
    """The lines of a paragraph no wider than `width` points; a word wider than that is broken anywhere."""
    lines: list[Line] = []
    for paragraph in _paragraphs(spans):
        base, atoms = _atoms(fonts, paragraph)
        leading = max((span.style.leading for span in paragraph), default=spans[0].style.leading if spans else 12.0)
        filled = _fill(fonts, atoms, width, leading, base)
        # A name alone stays at the edge where its neighbours stand; a text of several lines is flush right.
        lines += filled if len(filled) > 1 else [replace(line, right_to_left=False) for line in filled]
    return lines


def measure(fonts: Fonts, spans: Iterable[Span]) -> float:
    """The width in points of spans set on one line."""
    return sum(
        run.width * span.style.size / 1000
        for span in spans
        for word in _WORDS.findall(plain(span.text).replace("\n", " "))
        for run in fonts.set(word, span.style.weight)
    )


def _paragraphs(spans: Sequence[Span]) -> list[list[Span]]:
    paragraphs: list[list[Span]] = [[]]
    for span in spans:
        first, *more = plain(span.text).split("\n")
        paragraphs[-1].append(replace(span, text=first))
        paragraphs += [[replace(span, text=part)] for part in more]
    return paragraphs


def _atoms(fonts: Fonts, spans: Sequence[Span]) -> tuple[int, list[_Atom]]:
    whole = "".join(span.text for span in spans)
    turned = has_right_to_left(whole)
    base, level_of = levels(whole) if turned else (0, [])
    atoms: list[_Atom] = []
    start = 0
    breakable = False
    for span in spans:
        for word in _WORDS.findall(span.text):
            for part in _parts(word):
                pieces = _by_level(part, level_of[start : start + len(part)]) if turned else [(part, 0)]
                start += len(part)
                for number, (piece, level) in enumerate(pieces):
                    space = piece[0] == " "
                    atoms.append(
                        _atom(fonts, piece, span.style, span.link, level, space, breakable and not space and not number)
                    )
                    breakable = True if not number else breakable
            breakable = word[-1] == " " or word[-1] in _BREAKS_AFTER or bool(_WIDE.match(word[-1]))
    return base, atoms


def _atom(fonts: Fonts, text: str, style: Style, link: str, level: int, space: bool, breaks: bool) -> _Atom:
    runs = fonts.set(text, style.weight, right_to_left=level % 2 == 1)
    return _Atom(text, style, link, level, space, breaks, runs, sum(r.width for r in runs) * style.size / 1000)


def _parts(word: str) -> list[str]:
    """A word at the places where a line may end inside it: after hyphens and slashes, between ideographs."""
    if len(word) <= _LONGEST_PART and word.isascii() and word.isalnum():
        return [word]
    breaks = _BREAKS_AFTER + (_BREAKS_IN_NAMES if len(word) > _LONG_NAME else "")
    cuts = [0]
    for i, (left, right) in enumerate(pairwise(word), 1):
        if (
            (left in breaks and right.isalnum() and i > 1)
            or (
                (_WIDE.match(left) or _WIDE.match(right))
                and right not in _NOT_FIRST
                and not invisible(right)
                and not unicodedata.combining(right)
            )
            or (i - cuts[-1] >= _LONGEST_PART and _may_cut(left, right))
        ):
            cuts.append(i)
    return [word[a:b] for a, b in pairwise([*cuts, len(word)])]


def _by_level(text: str, level_of: Sequence[int]) -> list[tuple[str, int]]:
    pieces: list[tuple[str, int]] = []
    for character, level in zip(text, level_of, strict=True):
        if pieces and pieces[-1][1] == level:
            pieces[-1] = (pieces[-1][0] + character, level)
        else:
            pieces.append((character, level))
    return pieces


def _fill(fonts: Fonts, atoms: Sequence[_Atom], width: float, leading: float, base: int) -> list[Line]:
    lines: list[Line] = []
    line: list[_Atom] = []
    used = 0.0
    queue = list(reversed(atoms))
    while queue:
        atom = queue.pop()
        if atom.space:
            line.append(atom)
            used += atom.width
            continue
        if used + atom.width <= width + 0.01:
            line.append(atom)
            used += atom.width
            continue
        at = next((i for i in range(len(line), 0, -1) if (line[i] if i < len(line) else atom).breaks_before), 0)
        if at and any(not a.space for a in line[:at]):
            queue.append(atom)
            queue.extend(reversed(line[at:]))
            lines.append(_line(line[:at], leading, base))
            line, used = [], 0.0
            continue
        head, tail = _cut(fonts, atom, width - used)
        if head is None and line:
            queue.append(atom)
            lines.append(_line(line, leading, base))
            line, used = [], 0.0
            continue
        line.append(head or atom)
        lines.append(_line(line, leading, base))
        line, used = [], 0.0
        if head is not None and tail is not None:
            queue.append(tail)
    lines.append(_line(line, leading, base))
    return lines


def _cut(fonts: Fonts, atom: _Atom, room: float) -> tuple[_Atom | None, _Atom | None]:
    """The longest beginning of a word that fits, and the rest; no beginning when not one letter fits."""
    ends = [i for i in range(1, len(atom.text)) if _may_cut(atom.text[i - 1], atom.text[i])]
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        if _with_text(fonts, atom, atom.text[: ends[middle - 1]]).width <= room + 0.01:
            low = middle
        else:
            high = middle - 1
    if low == 0:
        return None, None
    rest = replace(_with_text(fonts, atom, atom.text[ends[low - 1] :]), breaks_before=True)
    return _with_text(fonts, atom, atom.text[: ends[low - 1]]), rest


def _may_cut(left: str, right: str) -> bool:
    return not unicodedata.combining(right) and not invisible(right) and left != "\u200d"


def _with_text(fonts: Fonts, atom: _Atom, text: str) -> _Atom:
    return _atom(fonts, text, atom.style, atom.link, atom.level, atom.space, atom.breaks_before)


def _line(atoms: Sequence[_Atom], leading: float, base: int) -> Line:
    end = len(atoms)
    while end and atoms[end - 1].space:
        end -= 1
    kept = atoms[:end]
    x_of = [0.0] * len(kept)
    x = 0.0
    for position in visual_order([atom.level for atom in kept]):
        x_of[position] = x
        x += kept[position].width
    fragments: list[Fragment] = []
    for atom, left in zip(kept, x_of, strict=True):
        placed = []
        for run in atom.runs:
            placed.append(Fragment(left, run, atom.style, atom.link, atom.level))
            left += run.width * atom.style.size / 1000
        for fragment in reversed(placed) if atom.level % 2 else placed:
            if fragment.run.glyphs:
                _join(fragments, fragment)
    return Line(tuple(fragments), x, leading, base == 1)


def _join(fragments: list[Fragment], more: Fragment) -> None:
    """Append, or lengthen the last fragment where both are one simple left-to-right run."""
    last = fragments[-1] if fragments else None
    if (
        last is not None
        and last.run.simple
        and more.run.simple
        and last.level % 2 == more.level % 2 == 0
        and (last.run.font is more.run.font and last.style == more.style and last.link == more.link)
        and abs(last.x + last.run.width * last.style.size / 1000 - more.x) < 0.01
    ):
        a, b = last.run, more.run
        joined = Run(a.font, a.glyphs + b.glyphs, a.text + b.text, a.width + b.width, simple=True)
        fragments[-1] = replace(last, run=joined)
    else:
        fragments.append(more)
