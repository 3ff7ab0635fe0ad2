"""Making many small values at once."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def many_values() -> Iterator[None]:
    """Make a million values of which none forms a cycle: the collector looks through all of them again and again, and
    its part grows faster than their number (a third of the time at 40,000 entries).
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
