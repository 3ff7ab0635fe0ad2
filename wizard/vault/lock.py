"""One writer a workspace: an operating-system lock that ends with its process, never a file to delete by hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK = "writer.lock"
_JOURNAL = "journal.db"


def claim(folder: Path) -> tuple[str, BaseFileLock | None]:
    """Become the one writer: "" and the lock, or the sentence why this opening only reads."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, timeout=0, thread_local=False, mode=0o600)
    journal = folder / _JOURNAL
    try:
        lock.acquire()
        if not os.access(folder, os.W_OK) or (journal.exists() and not os.access(journal, os.W_OK)):
            lock.release()
            raise PermissionError
    except Timeout:
        because = _("It is open in another window of Attestry, which can write. Close that one to write here.")
        return because, None
    except OSError:
        because = _("Its folder is write-protected. Make it writable, or copy the workspace elsewhere, to write.")
        return because, None
    return "", lock
