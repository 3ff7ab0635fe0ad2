"""What the window does for safety right after an assessment was opened: check it, doubt it, look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.gui.context import Place
from wizard.session.changes import Change
from wizard.session.deeds import attesting, keeping

if TYPE_CHECKING:
    from wizard.gui.shell import Shell


def begin(shell: Shell) -> None:
    """Check the whole journal (signing waits for it), then keep backing up; an older copy gets a page of its own."""
    session = shell.context.open
    if session.workspace.doubts:
        shell.go(Place("older_copy"))

    def checked(verification: object) -> None:
        if shell.context.session is not session:
            return
        problems = getattr(verification, "problems", ())
        if problems and not session.workspace.doubts:
            shell.page.message_bar.say_mistake(" ".join(problems))
        shell.page.redraw(Change(frozenset(session.questionnaire.by_id), (), None, session.clock()))
        keeping.look_after(session, shell.mailbox.carry(said))
        _meet(shell)

    def said(sentence: str) -> None:
        if shell.context.session is session:
            shell.page.message_bar.say_mistake(sentence)

    shell.context.work.start(
        lambda hear: attesting.verify_workspace(session, hear), then=checked, failed=shell.say_fault
    )


def _meet(shell: Shell) -> None:
    """Exchange with the team where that is to happen by itself, and say what arrived."""
    from wizard.session.deeds import meeting

    session = shell.context.open
    if session.request is not None or session.workspace.read_only or not meeting.meeting(session).automatic:
        return
    if not meeting.ways(session):
        return

    def done(came: tuple[meeting.Came, ...]) -> None:
        from wizard.gui.pages.editors import came_words

        if shell.context.session is not session:
            return
        if problem := next((one.problem for one in came if one.problem), ""):
            shell.page.message_bar.say_mistake(problem)
        elif any(one.taken or one.notes for one in came):
            shell.page.message_bar.say(came_words(came))

    shell.context.work.start(lambda hear: meeting.exchange(session, hear), then=done, failed=shell.say_fault)
