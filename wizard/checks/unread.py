"""What is concluded where something that should list endpoints could not be read: nothing."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.checks.base import Judgement
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Verdict


def not_read(unread: Sequence[str], proof: str = "") -> Judgement:
    """Nothing passes on the strength of a list that nobody read: `unread` says which, and why, a sentence each.

    `proof` is what was seen of the endpoints that are known.
    """
    said = _("Could not look at every endpoint. {why}").format(why=unread[0])
    if more := len(unread) - 1:
        said += " " + ngettext("{n} more list is alike.", "{n} more lists are alike.", more).format(n=more)
    step = _("Put it right or remove it, so that every listed endpoint can be called; then look again.")
    return Judgement(Verdict.UNKNOWN, said, "\n".join((*unread, *filter(None, [proof]))), step)
