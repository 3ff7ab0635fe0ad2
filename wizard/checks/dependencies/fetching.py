"""Fetches OSV's archives for the offline database: only the names of ecosystems leave this computer."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from wizard.checks.dependencies.dependency import WITHOUT_DATA, Ecosystem
from wizard.checks.dependencies.offline import Database, Held, NoDatabase
from wizard.checks.dependencies.osv import OsvSettings, client
from wizard.domain.language import _

ARCHIVES = "https://osv-vulnerabilities.storage.googleapis.com"
_MAX_ARCHIVE = 4 * 1024 * 1024 * 1024


async def fetch(
    ecosystems: Iterable[Ecosystem],
    database: Database,
    now: datetime,
    settings: OsvSettings | None = None,
    progress: Callable[[str, int, int], None] = lambda ecosystem, done, total: None,
) -> tuple[Held, ...]:
    """Download and take in the archives of these ecosystems, one after another. Raises `NoDatabase`; what is already
    in the database stays there."""
    settings = settings or OsvSettings(url=ARCHIVES)
    taken = []
    async with client(settings) as web:
        for ecosystem in dict.fromkeys(each for each in ecosystems if each not in WITHOUT_DATA):
            with tempfile.TemporaryDirectory(prefix="attestry-") as folder:
                archive = Path(folder) / "all.zip"
                await _download(web, ecosystem, archive, settings, progress)
                stop = threading.Event()
                try:
                    taken.append(await asyncio.to_thread(database.take_in, ecosystem, archive, now, now, stop.is_set))
                except asyncio.CancelledError:
                    stop.set()
                    raise
    return tuple(taken)


async def _download(
    web: object,
    ecosystem: Ecosystem,
    archive: Path,
    settings: OsvSettings,
    progress: Callable[[str, int, int], None],
) -> None:
    import httpx

    assert isinstance(web, httpx.AsyncClient)
    failed = _("The data about {ecosystem} could not be fetched ({why}). The old data are kept.")
    try:
        async with web.stream("GET", f"/{quote(ecosystem.value)}/all.zip") as answer:
            if answer.status_code != 200:
                raise NoDatabase(failed.format(ecosystem=ecosystem.value, why=answer.status_code))
            said = answer.headers.get("Content-Length", "")
            total, size = int(said) if said.isdecimal() else 0, 0
            with archive.open("wb") as file:
                pieces = answer.aiter_bytes(1024 * 1024)
                while True:
                    async with asyncio.timeout(settings.whole):  # a server that drips ends too
                        piece = await anext(pieces, b"")
                    if not piece:
                        break
                    size += len(piece)
                    if size > _MAX_ARCHIVE:
                        raise NoDatabase(failed.format(ecosystem=ecosystem.value, why=_("far too large")))
                    file.write(piece)
                    progress(ecosystem.value, size, total)
    except TimeoutError as error:
        raise NoDatabase(failed.format(ecosystem=ecosystem.value, why=_("it took too long"))) from error
    except (httpx.HTTPError, OSError) as error:
        raise NoDatabase(failed.format(ecosystem=ecosystem.value, why=type(error).__name__)) from error
