"""A mistake in a questionnaire: which file, which line, what is wrong, and the nearest right spelling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `file` is relative to the questionnaire's folder, `line` counts from 1."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class QuestionnaireMistakes(Mistake):
    """A questionnaire that cannot be opened; `problems` holds every mistake with its place."""

    def __init__(self, folder: str, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        shown = "\n".join(str(problem) for problem in problems[:20])
        more = len(problems) - 20
        if more > 0:
            shown += "\n" + ngettext("… and {n} more.", "… and {n} more.", more).format(n=more)
        super().__init__(
            ngettext(
                "The questionnaire in “{folder}” has {n} mistake, so it was not opened. Put it right, then open it "
                "again.",
                "The questionnaire in “{folder}” has {n} mistakes, so it was not opened. Put them right, then open it "
                "again.",
                len(problems),
            ).format(folder=folder, n=len(problems))
            + "\n"
            + shown
        )


def nearest(wrong: str, right: Iterable[str]) -> str:
    """The words “Did you mean …?” with the nearest right spelling; nothing when none is near."""
    by_folded = {word.casefold(): word for word in sorted(right)}
    found = get_close_matches(wrong.casefold(), list(by_folded), n=1, cutoff=0.6)
    return " " + _("Did you mean “{word}”?").format(word=by_folded[found[0]]) if found else ""
