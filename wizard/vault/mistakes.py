"""What can go wrong between a person and their workspace, each with the sentence to show."""

from __future__ import annotations

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake


class NotAWorkspace(Mistake):
    """The chosen folder or file is something else."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "There is no Attestry workspace in {name}: it has no open.attestry file. "
                "Nothing was changed. Choose the folder that holds open.attestry, or make a new workspace."
            ).format(name=name)
        )


class AlreadyThere(Mistake):
    """A new workspace was to be made where something already is."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "{name} already exists and is not empty, so no workspace was made there and nothing was changed. "
                "Choose another name, or open what is there."
            ).format(name=name)
        )


class CannotCreate(Mistake):
    """The place for a new workspace cannot be written."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            _(
                "No workspace could be made at {name} ({reason}). Nothing was left behind. "
                "Choose a folder that you may write to, with some free space."
            ).format(name=name, reason=reason)
        )


class DamagedKeyFile(Mistake):
    """open.attestry is there but is not what this app wrote."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The file open.attestry is damaged, so the workspace cannot be unlocked. "
                "Your answers and evidence were not touched. "
                "Put back open.attestry from a backup of this workspace and open it again."
            )
        )


class WeakenedKeyFile(Mistake):
    """open.attestry asks for key derivation that is too cheap to be safe or too costly to be meant."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The file open.attestry asks for key settings that this app never writes, so someone or something "
                "changed it. It was not used, and your answers were not touched. "
                "Put back open.attestry from a backup of this workspace."
            )
        )


class AlteredKeyFile(Mistake):
    """The secret was right, but open.attestry was changed afterwards by something that did not know it."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The file open.attestry was changed outside this app: its seal does not match. "
                "The workspace was not opened and nothing was changed. "
                "Put back open.attestry from a backup of this workspace."
            )
        )


class NewerWorkspace(Mistake):
    """Made by a later version of the app."""

    def __init__(self, theirs: int, ours: int) -> None:
        super().__init__(
            _(
                "This workspace has format {theirs}, and this version of Attestry knows formats up to {ours}. "
                "Nothing was changed. Install the newer Attestry to open it."
            ).format(theirs=theirs, ours=ours)
        )


class WrongPassphrase(Mistake):
    """The passphrase does not open the workspace."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "That passphrase does not open this workspace. Nothing was changed. "
                "Check capitals and keyboard layout and try again, or use the recovery key."
            )
        )


class NotEnoughMemory(Mistake):
    """Stretching a passphrase did not get the memory that it is meant to cost."""

    def __init__(self, mib: int) -> None:
        super().__init__(
            _(
                "A passphrase needs {mib} MB of free memory to be tried, and this computer did not have them. "
                "Nothing was changed. Close other programs and try again."
            ).format(mib=mib)
        )


class UnusablePassphrase(Mistake):
    """A new passphrase that cannot be taken."""


class MistypedRecoveryKey(Mistake):
    """The recovery key has a typing mistake: its own check sum says so, nothing was tried."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "That is not a whole recovery key: it has six groups of six letters and digits, and one of them is "
                "missing or mistyped. Compare it with your printed sheet and try again."
            )
        )


class WrongRecoveryKey(Mistake):
    """A well-formed recovery key of another workspace, or an older one."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "That recovery key is complete, but it does not open this workspace: it belongs to another one, "
                "or a newer key replaced it. Nothing was changed. Use the newest sheet, or the passphrase."
            )
        )


class KeyringDoesNotOpen(Mistake):
    """The computer's keyring was to open the workspace and did not; `why` is the keyring's own sentence.

    `together`: the workspace asks for passphrase and keyring together, so that the passphrase is no way out.
    """

    def __init__(self, why: str, *, together: bool = False) -> None:
        way_out = (
            _(
                "{why} This workspace opens with the passphrase and this computer's keyring together, so the "
                "passphrase alone does not open it. Use the recovery key; a new passphrase can be set then."
            )
            if together
            else _("{why} Type your passphrase to open the workspace.")
        )
        self.why = why
        super().__init__(way_out.format(why=why))


class MissingJournal(Mistake):
    """journal.db is gone or empty: never silently begun anew."""

    def __init__(self, empty: bool) -> None:
        what = _("The file journal.db is empty.") if empty else _("The file journal.db is missing.")
        super().__init__(
            what
            + " "
            + _(
                "Your answers are kept in it, so this workspace cannot be opened, and no empty one was made instead. "
                "Put back journal.db from a backup of this workspace."
            )
        )


class DamagedJournal(Mistake):
    """journal.db cannot be read with the right key."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The file journal.db is damaged: some of it is not what this app wrote. "
                "Nothing was changed. Keep the damaged file, and put back journal.db from a backup of this workspace."
            )
        )


class UnsafeEngine(Mistake):
    """The database engine at hand must not be trusted with answers."""

    def __init__(self, version: str) -> None:
        super().__init__(
            _(
                "The database engine on this computer (SQLite {version}) can lose saved answers, "
                "so Attestry does not use it. Nothing was changed. Install Attestry again to get the right one."
            ).format(version=version)
        )


class NoEncryption(Mistake):
    """The database engine at hand would write clear text."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The database engine on this computer cannot encrypt, so Attestry does not use it. "
                "Nothing was written. Install Attestry again to get the right one."
            )
        )


class ReadOnly(Mistake):
    """Something was to be written into a workspace that is open for reading; `why` says why it is."""

    def __init__(self, why: str) -> None:
        super().__init__(_("This workspace is open for reading only, so nothing was saved. {why}").format(why=why))


class NotSaved(Mistake):
    """The disk did not take it; nothing of it is in the journal, everything before it is."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            _(
                "That was not saved: {reason}. Everything saved before is still there. "
                "Put this right and save again; what you typed stays here meanwhile."
            ).format(reason=reason)
        )


class NotRead(Mistake):
    """The disk did not give it, for a reason that may pass."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            _("The workspace could not be read just now: {reason}. Nothing was changed. Try again.").format(
                reason=reason
            )
        )


class CannotRecord(Mistake):
    """Text or a number that has no exact form in the journal."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "That was not saved: it holds a character or a number that cannot be written down exactly. "
                "Take out unusual signs, or shorten the number, and save again."
            )
        )


class UnusableExport(Mistake):
    """A file that is no portable workspace, or a damaged one."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "That file is not a whole portable workspace: it is damaged, cut short, or something else. "
                "Nothing was made from it. Copy it again from where it came from, or export it again."
            )
        )


class WrongExportPassphrase(Mistake):
    """The passphrase of a portable workspace is another one."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "That passphrase does not open this portable workspace. Nothing was made from it. "
                "Use the passphrase that was typed when it was exported."
            )
        )


class UnusableBackup(Mistake):
    """A backup that is damaged itself, or of another workspace."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "That backup is damaged or belongs to another workspace, so it was not put back and nothing was "
                "changed. Choose an earlier one."
            )
        )


class DamagedEvidence(Mistake):
    """Sealed evidence is gone or is not what was sealed."""


class NotAFile(Mistake):
    """A folder, a pipe or a device was offered as evidence."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("{name} is not a file, so it was not added. Choose a file; pack a folder into a zip first.").format(
                name=name
            )
        )


class UnreadableFile(Mistake):
    """A file offered as evidence cannot be read."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            _("{name} could not be read ({reason}), so it was not added. Check that you may open it.").format(
                name=name, reason=reason
            )
        )


class Changed(Mistake):
    """A file became another one between two readings."""

    def __init__(self) -> None:
        super().__init__(
            _("A file changed while it was being added, so it was not. Close the program that writes it, then add it.")
        )


class TooBig(Mistake):
    """More bytes than the caller is willing to hold."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            _(
                "That file has {size} bytes, more than the {limit} that can be shown or kept here. "
                "Nothing was lost; use a smaller file, or export a copy."
            ).format(size=size, limit=limit)
        )


class Cancelled(Exception):
    """The person stopped it; nothing is left behind."""
