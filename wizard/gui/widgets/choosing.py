"""Asks the system's own chooser for files and folders: the one place, so that tests can answer instead."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def choose_files(parent: QWidget, title: str, patterns: str = "", start: Path | None = None) -> tuple[Path, ...]:
    """The files that the person picked; none when they changed their mind."""
    names, _pattern = QFileDialog.getOpenFileNames(parent, title, str(start or ""), patterns)
    return tuple(Path(name) for name in names)


def choose_file(parent: QWidget, title: str, patterns: str = "", start: Path | None = None) -> Path | None:
    """One existing file, or None."""
    name, _pattern = QFileDialog.getOpenFileName(parent, title, str(start or ""), patterns)
    return Path(name) if name else None


def choose_folder(parent: QWidget, title: str, start: Path | None = None) -> Path | None:
    """One folder, or None."""
    name = QFileDialog.getExistingDirectory(parent, title, str(start or ""))
    return Path(name) if name else None


def choose_target(parent: QWidget, title: str, start: Path, patterns: str = "") -> Path | None:
    """Where to write a file (the system asks before one is replaced), or None."""
    name, _pattern = QFileDialog.getSaveFileName(parent, title, str(start), patterns)
    return Path(name) if name else None
