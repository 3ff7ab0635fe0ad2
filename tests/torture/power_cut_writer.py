"""A process whose writes are logged: it saves, seals, backs up and changes keys, and tells what was acknowledged."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import figures  # noqa: F401  puts the modules of the checkout within reach
import sqlcipher3.dbapi2 as driver
from vault_place import PASSPHRASE, QUESTIONNAIRE, Place, said

from wizard.vault import database, recovery_key
from wizard.vault.unlocking import WithPassphrase


def weaken(journal_mode: str, synchronous: str) -> None:
    """Another setting of the engine than the vault's own."""

    class Weak(driver.Connection):  # type: ignore[misc]
        def execute(self, statement: str, *values: Any) -> Any:
            statement = statement.replace("journal_mode=DELETE", f"journal_mode={journal_mode}")
            return super().execute(statement.replace("synchronous=EXTRA", f"synchronous={synchronous}"), *values)

    class WeakDriver:
        def __getattr__(self, name: str) -> Any:
            return getattr(driver, name)

        def connect(self, *values: Any, **more: Any) -> Any:
            return driver.connect(*values, factory=Weak, **more)

    database.driver = WeakDriver()


def main() -> None:
    folder, home, deeds, turns = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    if len(sys.argv) > 5:
        weaken(*sys.argv[5].split("+"))
    acknowledged = os.open(folder.parent / "acknowledged", os.O_WRONLY | os.O_CREAT, 0o600)

    def acknowledge(*what: object) -> None:
        os.write(acknowledged, json.dumps(what).encode("ascii"))

    workspace = Place(folder, home).open()
    passphrase = PASSPHRASE
    acknowledge("began")
    for number in range(1, turns + 1):
        match (
            deeds
            if deeds == "append"
            else ("append", "seal", "append", "back_up", "passphrase", "data_key")[
                number % 6 if number % 24 in (4, 5) else number % 4
            ]
        ):
            case "append":
                workspace.journal.append(
                    said(number, f"answer {number} " + "x" * (number * 37 % 900)),
                    said(number, "twin"),
                    questionnaire=QUESTIONNAIRE,
                )
                acknowledge("append", workspace.journal.count)
            case "seal":
                sealed = workspace.box.seal_bytes(f"{number} ".encode() * 1_500)
                acknowledge("seal", sealed.name, sealed.digest, sealed.sealed_digest, sealed.size)
            case "back_up":
                workspace.back_up()
                acknowledge("back_up", workspace.journal.count)
            case "passphrase":
                fresh = f"passphrase number {number}"
                acknowledge("will be", fresh)
                workspace.change_passphrase(fresh, WithPassphrase(passphrase))
                passphrase = fresh
                acknowledge("passphrase", fresh)
            case _:
                workspace.new_data_key(WithPassphrase(passphrase), recovery_key.to_text(recovery_key.make()))
                acknowledge("data_key")


if __name__ == "__main__":
    main()
