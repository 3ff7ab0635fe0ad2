"""A mistake that a person can make or meet, carrying its sentence: what happened, what it means, what to do."""


class Mistake(Exception):
    """The parent of every exception whose text is shown to a person as it is.

    The text never holds a secret and never a traceback.
    """

    @property
    def sentence(self) -> str:
        """What happened, what it means, what you can do."""
        return str(self)
