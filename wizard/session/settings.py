"""What this person prefers on this computer; never anything of an assessment."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.language import _

_RECENT = 12
T = TypeVar("T")
#: The file inside a workspace folder that opens it by double click, as `wizard/vault/header.py` names it; the first
#: window does not wait for the vault.
KEY_FILE = "open.attestry"


@dataclass(frozen=True, slots=True)
class Home:
    """The folders outside a workspace: settings, and data such as the remembered heads of journals."""

    config: Path
    data: Path
    documents: Path

    @classmethod
    def default(cls) -> Home:
        """Where this system keeps such things."""
        import platformdirs

        return cls(
            platformdirs.user_config_path("attestry", appauthor=False),
            platformdirs.user_data_path("attestry", appauthor=False),
            platformdirs.user_documents_path(),
        )

    @classmethod
    def below(cls, folder: Path) -> Home:
        """Everything below one folder (`--home DIR`)."""
        folder = folder.absolute()
        return cls(folder / "config", folder / "data", folder)


@dataclass(frozen=True, slots=True)
class Recent:
    """A workspace that was open: its folder, the title it had, and when it was opened last."""

    folder: str
    title: str
    opened_at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Preferences, applied at once. `theme` is system, light, dark or contrast; `editor` opens places in code;
    `authority` is the file of a certificate authority that looks trust beside the public ones, "" for none. `proxy` is
    the way to servers that are no host of a scope, "" for the direct one; `timeout_seconds`: how long answers may take.
    """

    theme: str = "system"
    language: str = ""
    lock_after_minutes: int = 4
    careful: bool = False
    timeout_seconds: int = 10
    paper: str = "A4"
    editor: str = ""
    authority: str = ""
    proxy: str = ""
    recent: tuple[Recent, ...] = field(default_factory=tuple)
    window: tuple[int, ...] = ()

    @property
    def patience(self) -> float:
        """How many times as long as usual an answer is waited for."""
        return max(1.0, self.timeout_seconds / Settings().timeout_seconds)

    def through(self, server: T) -> T:
        """How a server that is no host of a scope is asked: settings with `proxy`, `read` and `whole` (seconds)."""
        seconds = {name: getattr(server, name) * self.patience for name in ("read", "whole")}
        return replace(server, proxy=self.proxy, **seconds)  # type: ignore[type-var]

    def way(self, place: str) -> str:
        """A server with the proxy that is between, for whoever agrees to asking it."""
        return _("{place} (through the proxy {proxy})").format(place=place, proxy=self.proxy) if self.proxy else place

    @property
    def changed(self) -> tuple[str, ...]:
        """The preferences that are not what they were at first."""
        first = Settings()
        names = ("theme", "language", "lock_after_minutes", "careful", "timeout_seconds", "paper", "editor", "proxy")
        return tuple(name for name in names if getattr(self, name) != getattr(first, name))


class Preferences:
    """The settings file of one home: loaded once, written at every change, never the reason why nothing opens."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._file = home.config / "settings.json"
        self.settings = self._load()

    def change(self, **values: object) -> Settings:
        """Change some preferences and keep them."""
        self.settings = replace(self.settings, **values)  # type: ignore[arg-type]
        self._save()
        return self.settings

    def remember(self, folder: Path, title: str, place: str = "") -> None:
        """Put a workspace first in the list of recent ones; `place` is the page that was shown last."""
        key = str(folder)
        before = next((r for r in self.settings.recent if r.folder == key), None)
        first = Recent(key, title, datetime.now(UTC), place or (before.place if before else ""))
        others = tuple(r for r in self.settings.recent if r.folder != key)
        self.change(recent=(first, *others)[:_RECENT])

    def forget(self, folder: Path) -> None:
        """Take a workspace off the list; the workspace itself stays where it is."""
        self.change(recent=tuple(r for r in self.settings.recent if r.folder != str(folder)))

    def _load(self) -> Settings:
        try:
            return from_json(Settings, json.loads(self._file.read_text("utf-8")))
        except (OSError, ValueError, Unreadable):
            return Settings()  # a settings file that cannot be read costs preferences, nothing else

    def _save(self) -> None:
        text = json.dumps(to_json(self.settings), indent=2, ensure_ascii=False)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent, prefix="settings-", suffix=".tmp")
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(text)
            Path(name).replace(self._file)
        except OSError:
            return  # preferences that cannot be kept still hold for this run
