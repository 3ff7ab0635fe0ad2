"""Lists what a folder's lockfiles and manifests say is used, in the child that reads untrusted bytes."""

from __future__ import annotations

import json
from pathlib import Path

from wizard.checks.dependencies.listing import Listing
from wizard.domain.codec import from_json
from wizard.domain.language import _
from wizard.jobs import worker_process

#: The largest repositories known are gone through in a tenth of it.
_LIMITS = worker_process.Limits(seconds=180, memory=2 * 1024 * 1024 * 1024)


async def listed(path: Path) -> Listing:
    """Everything that a folder, or one file, says is used. Cancelling ends the child.

    A child that ends without an answer gives a list that says so, so that nothing is concluded from it. Raises
    `WorkerRefused` for one file of an unknown kind.
    """
    try:
        answer = await worker_process.ask("libraries", {"path": str(path)}, limits=_LIMITS)
    except worker_process.WorkerFailed as failed:
        why = _("The lockfiles were not read to their end. {why}").format(why=failed.sentence)
        return Listing((), (), gaps=(why,))
    return from_json(Listing, json.loads(answer.data))
