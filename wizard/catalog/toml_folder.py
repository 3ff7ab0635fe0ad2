"""Opens a questionnaire: a folder with `questionnaire.toml` and one TOML file a section. Whole, or not at all."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from wizard.catalog.lint import examine
from wizard.catalog.problems import Problem, QuestionnaireMistakes
from wizard.domain.questionnaire import Questionnaire

__all__ = ["Problem", "QuestionnaireMistakes", "load"]


def load(folder: Path, known_checks: Collection[str]) -> Questionnaire:
    """The questionnaire of `folder`. `known_checks` are the ids of the checks that it may name.

    Raises `QuestionnaireMistakes` with every mistake when there is one.
    """
    questionnaire, problems = examine(folder, known_checks)
    if questionnaire is None:
        raise QuestionnaireMistakes(folder.name, problems)
    return questionnaire
