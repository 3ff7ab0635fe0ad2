"""Finds what ships with the program: questionnaires, icons, fonts, licence texts."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    """The folder that holds `questionnaires` and `assets`: in the wheel, in the frozen program, or the checkout."""
    here = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen)] if frozen else [here / "_data", here.parent]
    for candidate in candidates:
        if (candidate / "questionnaires").is_dir() and (candidate / "assets").is_dir():
            return candidate
    raise FileNotFoundError("Attestry's own files are missing: install it again.")


def questionnaires() -> Path:
    """The folder with one folder a questionnaire."""
    return _root() / "questionnaires"


def asset(*parts: str) -> Path:
    """A file or folder below `assets`."""
    return _root().joinpath("assets", *parts)
