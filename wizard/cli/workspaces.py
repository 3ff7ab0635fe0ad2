"""Opens a workspace for a command: by the keyring where that was chosen, else by its passphrase."""

from __future__ import annotations

import argparse
from pathlib import Path

from wizard.cli.secret_input import secret
from wizard.domain.language import _
from wizard.session import opening
from wizard.session.session import Session
from wizard.session.settings import Home, Preferences
from wizard.vault.unlocking import WithKeyring, WithPassphrase
from wizard.vault.workspace import keyring_opens


def preferences(asked: argparse.Namespace) -> Preferences:
    """The preferences of the home that was asked for."""
    return Preferences(Home.below(asked.home) if asked.home else Home.default())


def opened(asked: argparse.Namespace, folder: Path, *, read_only: bool) -> Session:
    """An open session. Raises the mistakes of the vault."""
    if asked.passphrase_fd is None and keyring_opens(folder):
        return opening.open_(folder, WithKeyring(), preferences(asked), read_only=read_only)
    typed = secret(asked.passphrase_fd, _("Passphrase of {name}: ").format(name=folder.name))
    return opening.open_(folder, WithPassphrase(typed), preferences(asked), read_only=read_only)
