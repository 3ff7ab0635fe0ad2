"""Several editors of one assessment: who takes part, and how what is new goes between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from wizard.domain.language import _, ngettext
from wizard.domain.members import Member, Role, grouped
from wizard.domain.mistakes import Mistake
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.pages import errand
from wizard.gui.pages.editors_members import MembersCard, card_of
from wizard.gui.pages.editors_ways import ExchangeCard, FileCard, FolderCard, ServerCard
from wizard.gui.pages.form import beside
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import LinkButton
from wizard.gui.widgets.drop_zone import TakesFiles
from wizard.gui.widgets.page import Foot, Page
from wizard.session.changes import Change
from wizard.session.deeds import exchanging, meeting, sharing

_BUNDLE = ".attestry-bundle"
_CARD = ".attestry-member"


class EditorsPage(TakesFiles, Page):
    """`Place.item` is a card or a bundle that was dropped elsewhere. Both may be dropped anywhere on it."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Several editors"), "", parent)
        self.setAcceptDrops(True)
        self.conflicts = LinkButton("")
        self.conflicts.clicked.connect(lambda: self.go.emit(Place("team")))
        self.members = MembersCard()
        self.exchange = ExchangeCard()
        self.file = FileCard()
        self.folder = FolderCard()
        self.server = ServerCard()
        self.members.chosen.connect(self._choose_card)
        self.members.agreed.connect(self._add)
        self.members.removed.connect(self._remove)
        self.exchange.exchange.connect(self._exchange)
        self.exchange.automatic.connect(self._automatic)
        self.file.write.connect(self._write)
        self.file.read.connect(self.take)
        self.folder.choose.connect(self._choose_folder)
        self.folder.leave.connect(lambda: self._set(lambda: meeting.use_folder(self.context.open, None)))
        self.server.authority.connect(self._choose_authority)
        self.server.tried.connect(self._try)
        self.server.used.connect(self._use)
        self.server.forgotten.connect(self._forget)
        self.body.addLayout(beside(self.conflicts))
        for card in (self.members, self.exchange, self.file, self.folder, self.server):
            self.body.addWidget(card)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Draw everything anew, and take what was dropped."""
        self.members.put_away()
        self._draw()
        if place.item:
            self.take(Path(place.item))

    def left(self) -> None:
        """No password stays behind."""
        self.server.password.clear()
        self.server.password.hide_text()

    def redraw(self, change: Change) -> None:
        self._draw()

    def foot(self) -> Foot:
        return Foot(next_shown=False)

    def back_pressed(self) -> bool:
        self.go.emit(Place("team"))
        return True

    def take_files(self, paths: tuple[Path, ...]) -> None:
        self.take(paths[0])

    def take(self, path: Path) -> None:
        """Take a bundle, or show whose card it is."""
        if path.suffix == _CARD:
            self._offer(path)
            return
        session = self.context.open

        def taken(done: exchanging.Exchanged) -> None:
            count = ngettext("{n} entry of {name} was new.", "{n} entries of {name} were new.", done.taken)
            self.message_bar.say(
                count.format(n=done.taken, name=path.name)
                if done.taken
                else _("Everything in {name} is here already.").format(name=path.name)
            )
            self._draw()

        self.start(lambda hear: meeting.take_bundle(session, path, hear), taken)

    # --- members -------------------------------------------------------------------------------------------------

    def _choose_card(self) -> None:
        file = choosing.choose_file(
            self, _("Their card"), _("Cards") + f" (*{_CARD})", errand.preferences_of(self.context).home.documents
        )
        if file is not None:
            self._offer(file)

    def _offer(self, path: Path) -> None:
        assessment, own = self.context.open.assessment, self.context.open.workspace.author
        try:
            member = card_of(path)
        except Mistake as mistake:
            self.say_mistake(mistake)
            return
        if member.author == own:
            self.message_bar.say(_("This is your own card: you take part already."))
        elif assessment.role_of(own) is not Role.LEAD:
            self.message_bar.say(_("Only the lead adds people. Send them this card."))
        else:
            known = assessment.members.get(member.author)
            self.members.offer(member, known.role if known else None)

    def _add(self, member: Member, role: Role) -> None:
        session = self.context.open
        name = re.sub(r"[^\w-]+", "-", member.name).strip("-") or _("bundle")
        target = self._target(_("Write their bundle"), f"{name}{_BUNDLE}")
        if target is None:
            return

        def added(bundled: exchanging.Bundled) -> None:
            self.members.put_away()
            self.message_bar.say(
                _(
                    "{who} takes part. Send them {path} by any channel; they take it at “Join a team”, "
                    "and compare your fingerprint: {key}"
                ).format(who=member.name, path=target, key=grouped(session.workspace.author))
                + (f" {bundled.also}" if bundled.also else "")
            )
            self._draw()

        self.start(lambda hear: meeting.invite(session, member, role, target, hear), added)

    def _remove(self, member: Member) -> None:
        def removed(_change: object) -> None:
            self.members.put_away()
            self.message_bar.say(
                _("{who} no longer takes part. From now on everything is sealed to the others only.").format(
                    who=member.name
                )
            )

        self.when_saved(sharing.remove_member(self.context.open, member.author), removed)

    # --- exchange ------------------------------------------------------------------------------------------------

    def _exchange(self) -> None:
        def done(came: tuple[meeting.Came, ...]) -> None:
            self._draw()
            problems = [one.problem for one in came if one.problem]
            if problems:
                self.message_bar.say_mistake(problems[0])
            else:
                self.message_bar.say(came_words(came))

        self.start(lambda hear: meeting.exchange(self.context.open, hear), done)

    def _automatic(self, on: bool) -> None:
        session = self.context.open
        self._set(lambda: meeting.set_automatic(session, on))

    def _write(self, since_last: bool) -> None:
        session = self.context.open
        name = re.sub(r"[^\w-]+", "-", session.assessment.described.integration).strip("-") or _("bundle")
        target = self._target(_("Write a bundle"), f"{name}{_BUNDLE}")
        if target is None:
            return

        def written(bundled: exchanging.Bundled) -> None:
            words = ngettext(
                "{n} entry is sealed in {path}. Send it to the others by any channel.",
                "{n} entries are sealed in {path}. Send it to the others by any channel.",
                bundled.entries,
            )
            self.message_bar.say(f"{words.format(n=bundled.entries, path=target)} {bundled.also}".strip())

        self.start(
            lambda hear: exchanging.bundle(session, target, since_last=since_last, hear=hear),
            written,
        )

    # --- folder and server -----------------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        start = errand.preferences_of(self.context).home.documents
        folder = choosing.choose_folder(self, _("The folder that your team syncs"), start)
        if folder is not None:
            self._set(lambda: meeting.use_folder(self.context.open, folder))

    def _choose_authority(self) -> None:
        file = choosing.choose_file(
            self,
            _("The certificate authority"),
            _("Certificates") + " (*.pem *.crt *.cer)",
            errand.preferences_of(self.context).home.documents,
        )
        if file is not None:
            self.server.ca.setText(str(file))

    def _try(self) -> None:
        session, server, password = self.context.open, self.server.server(), self.server.password.text()
        self.server.say(_("Trying…"))
        self.start(
            lambda hear: meeting.try_server(session, server, password, hear),
            self.server.say,
            failed=lambda error: self.server.say(sentence_of(error), good=False),
        )

    def _use(self) -> None:
        session, server, password = self.context.open, self.server.server(), self.server.password.text()

        def used(_nothing: object) -> None:
            self.server.password.clear()
            self.server.say(_("This server is used from now on. Nothing was sent yet: exchange when you like."))

        self._set(lambda: meeting.use_server(session, server, password), used)

    def _forget(self) -> None:
        self._set(lambda: meeting.forget_server(self.context.open), lambda _nothing: self.server.clear())

    def _set(self, work: Callable[[], None], then: Callable[[object], object] = lambda _nothing: None) -> None:
        """Keep a setting in the vault; the window does not wait for the disk."""

        def done(nothing: None) -> None:
            then(nothing)
            self._draw()

        def failed(error: Exception) -> None:
            self._draw()
            self.say_mistake(error)

        errand.run(self, _("Saving"), work, done, failed=failed)

    def _target(self, title: str, name: str) -> Path | None:
        target = choosing.choose_target(self, title, errand.preferences_of(self.context).home.documents / name)
        if target is not None and target.suffix != _BUNDLE:
            target = target.with_name(target.name + _BUNDLE)
        return target

    def _draw(self) -> None:
        if self.context.session is None:
            return
        session = self.context.open
        writable = not session.workspace.read_only
        conflicts = len(sharing.conflicts(session))
        self.conflicts.setText(
            ngettext("{n} field has versions to choose", "{n} fields have versions to choose", conflicts).format(
                n=conflicts
            )
        )
        self.conflicts.setVisible(bool(conflicts))
        self.members.show_members(session)
        set_, server = meeting.meeting(session), meeting.server_set(session)
        names = tuple(filter(None, (Path(set_.folder).name if set_.folder else "", server.host if server else "")))
        self.exchange.show_state(set_, names, meeting.arrived(session), self.context.now())
        others = len(sharing.editors(session))
        self.file.show_state(others=bool(others), editable=writable)
        self.folder.show_state(set_.folder)
        self.server.show_state(server)
        for card in (self.exchange, self.folder, self.server):
            card.setEnabled(writable)
        self.set_sentence(
            ngettext("You and {n} other.", "You and {n} others.", others).format(n=others)
            if others
            else _("You work alone until you add someone.")
        )


def came_words(came: tuple[meeting.Came, ...]) -> str:
    """What an exchange brought, in a sentence; "" when it did not happen."""
    happened = [one for one in came if not one.problem]
    if not happened:
        return ""
    taken = sum(one.taken for one in happened)
    missing = any(one.notes for one in happened)
    said = ngettext("{n} entry arrived from the others.", "{n} entries arrived from the others.", taken).format(n=taken)
    if not taken:
        said = _("Nothing new arrived from the others.")
    return f"{said} {_('Something is missing or does not fit: see Exchange.')}" if missing else said
