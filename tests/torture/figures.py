"""What every torture gives back: how much was done to the vault, and how often it did not stand it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
VAULT_TESTS = CHECKOUT / "tests" / "unit" / "vault"
for folder in (CHECKOUT, VAULT_TESTS, HERE):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
# the keyring of the person who runs this is never touched
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


@dataclass(frozen=True)
class Figure:
    """One line of the report: the number of the row it answers, what was done, how often, and how often it failed.

    `expected` is how many failures are right: 0, or "some" where a weaker setting must fail so that the harness is
    known to bite.
    """

    row: str
    what: str
    done: int
    failed: int
    expected: str = "0"
    more: str = ""

    @property
    def held(self) -> bool:
        """True when it is as it must be."""
        return self.failed > 0 if self.expected == "some" else self.failed == 0


def child_environment(**more: str) -> dict[str, str]:
    """The environment of a process of ours: our modules, no keyring, nothing of the person's."""
    path = os.pathsep.join(map(str, (CHECKOUT, VAULT_TESTS, HERE)))
    return {
        "PYTHONPATH": path,
        "PATH": "/usr/bin:/bin",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
