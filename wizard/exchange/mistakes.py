"""What can be wrong with a file that came from someone else, each with the sentence to show."""

from __future__ import annotations

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake


class Refused(Mistake):
    """A file of someone else that is not taken; nothing of it was."""


class NotOurs(Refused):
    """The file is something else."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "{name} is not the kind of file that belongs here. Nothing was added. Choose the file that was sent."
            ).format(name=name)
        )


class NotRead(Refused):
    """There is no such file, or it cannot be read."""

    def __init__(self, name: str, error: OSError) -> None:
        super().__init__(
            _("{name} cannot be read ({reason}). Nothing was added. Choose the file that was sent.").format(
                name=name, reason=error.strerror or type(error).__name__
            )
        )


class Damaged(Refused):
    """The file was cut, or bytes in it were changed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("{name} is damaged: it was cut off, or changed on its way. Nothing was added. Ask for it again.").format(
                name=name
            )
        )


class NotForYou(Refused):
    """The file was sealed to someone else."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "{name} was not sealed for this assessment, so it cannot be opened here. Nothing was added. "
                "Open the assessment that asked for it, or ask the sender whose request they answered."
            ).format(name=name)
        )


class BadSignature(Refused):
    """The file does not bear the signature of the key that it names."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "{name} was not signed by the key that it names, or was changed after that. Nothing was added. "
                "Ask for it again, and compare the key with its owner."
            ).format(name=name)
        )


class TooBig(Refused):
    """The file promises more than is taken."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "{name} holds more than is taken at once ({entries} entries, {files} files). Nothing was added. "
                "Ask the sender for smaller parts."
            ).format(name=name, entries="100,000", files="10,000")
        )


class AsksTooMuch(Refused):
    """The request asks more than a window can show."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "{name} asks more than can be shown at once. Nothing was opened. "
                "Ask whoever sent it for a smaller request."
            ).format(name=name)
        )


class Newer(Refused):
    """The file was made by a newer app."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("{name} was made by a newer Attestry. Nothing was added. Update Attestry, then open it again.").format(
                name=name
            )
        )
