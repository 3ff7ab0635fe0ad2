"""The keys that this person chose to remember, one an organisation, in the data folder of their home."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from wizard.document.identity import same_name
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.session.writing import write

_FILE = "known-keys.json"


class CannotRemember(Mistake):
    """The key was not remembered; the text says why."""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key (SHA-256 hex of its SubjectPublicKeyInfo) that was remembered for an organisation, and when."""

    organisation: str
    fingerprint: str
    signer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: tuple[KnownKey, ...] = ()


class KnownKeys:
    """What is remembered below one data folder; `problem` says why nothing could be read, "" when all is well."""

    def __init__(self, data: Path) -> None:
        self._file = data / _FILE
        self.problem = ""
        self._keys = self._load()

    @property
    def fingerprints(self) -> Mapping[str, str]:
        """The fingerprint by organisation, as `verify` wants it."""
        return {key.organisation: key.fingerprint for key in self._keys}

    def of(self, organisation: str) -> KnownKey | None:
        """The key remembered for an organisation."""
        return next((key for key in self._keys if same_name(key.organisation, organisation)), None)

    def remember(self, key: KnownKey, *, replace: bool = False) -> None:
        """Keep a key. Raises `CannotRemember`, also when another one is remembered and `replace` is not said."""
        if self.problem:
            raise CannotRemember(self.problem)
        before = self.of(key.organisation)
        if before is not None and before.fingerprint == key.fingerprint:
            return
        if before is not None and not replace:
            raise CannotRemember(
                _(
                    "Another key is remembered for {organisation} since {day}. Nothing was changed. Ask them over a "
                    "channel you trust; when they confirm the new key, say that it replaces the earlier one."
                ).format(organisation=key.organisation, day=before.at.date().isoformat())
            )
        keys = (*(k for k in self._keys if k is not before), key)
        self._save(keys)
        self._keys = keys

    def _load(self) -> tuple[KnownKey, ...]:
        try:
            return from_json(_Kept, json.loads(self._file.read_text("utf-8"))).keys
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, RecursionError, Unreadable):
            self.problem = _(
                "The remembered keys in {file} cannot be read, so no key counts as known. Put the file back from a "
                "backup, or take it away to begin anew."
            ).format(file=self._file)
            return ()

    def _save(self, keys: tuple[KnownKey, ...]) -> None:
        text = json.dumps(to_json(_Kept(keys)), indent=2, ensure_ascii=False)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(self._file, text.encode(), private=True)
        except OSError as error:
            raise CannotRemember(
                _("The key could not be remembered in {folder} ({why}). Nothing was changed.").format(
                    folder=self._file.parent, why=error.strerror or type(error).__name__
                )
            ) from error
