"""What the window does for safety right after an assessment was opened: check it, doubt it, look after it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.gui.context import Place
from wizard.gui.pages import errand
from wizard.session.changes import Change
from wizard.session.deeds import attesting, keeping

if TYPE_CHECKING:
    from wizard.gui.shell import Shell


def begin(shell: Shell) -> None:
    """Check the whole journal (signing waits for it), then keep backing up; an older copy gets a page of its own."""
    session = shell.context.open
    if session.workspace.doubts:
        shell.go(Place("older_copy"))
    if said_before := errand.said_before.pop(session.workspace.folder, ""):
        shell.page.message_bar.say(said_before)

    def checked(verification: object) -> None:
        if shell.context.session is not session:
            return
        problems = getattr(verification, "problems", ())
        if problems and not session.workspace.doubts:
            shell.page.message_bar.say_mistake(" ".join(problems))
        elif not session.read_only:
            ask_for_the_sheet()
        shell.page.redraw(Change(frozenset(session.questionnaire.by_id), (), None, session.clock()))
        keeping.look_after(session, shell.mailbox.carry(said), lambda: shell.mailbox.post(scrub))
        _meet(shell)

    def said(sentence: str) -> None:
        if sentence and shell.context.session is session:
            shell.page.message_bar.say_mistake(sentence)

    def scrub() -> None:
        if shell.context.session is session:
            shell.context.work.start(
                lambda hear: keeping.scrub(session, hear),
                then=lambda found: said(" ".join(found.problems)),
                failed=shell.say_fault,
            )

    def ask_for_the_sheet() -> None:
        """Whoever left the first run before typing the recovery key back is asked once each time it is opened."""
        if session.workspace.folder in errand.typed_back:
            errand.typed_back.discard(session.workspace.folder)
            shell.mailbox.when_done(
                session.runner.start(note, _("Noting that it is written down")).result,
                lambda _none: None,
                shell.say_fault,
            )
        elif not (
            shell.page.message_bar.text  # what was just said to the person comes first
            or session.assessment.demonstration
            or session.request is not None
            or keeping.written_down(session)
        ):
            shell.page.message_bar.say_mistake(
                _(
                    "The recovery key of this vault was never typed back. Without its sheet, a forgotten passphrase "
                    "is the end."
                ),
                _("Try it out, or make a new one"),
                lambda: shell.go(Place("preferences", "recovery")),
            )

    async def note(progress: object) -> None:
        await asyncio.to_thread(keeping.note_written_down, session)

    shell.context.work.start(
        lambda hear: attesting.verify_workspace(session, hear, every=False), then=checked, failed=shell.say_fault
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
