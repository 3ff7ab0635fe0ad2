"""The first page of the PDF as it would be exported, drawn in the limited child while one goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.context import sentence_of
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.picture import Picture
from wizard.gui.widgets.plain import PlainLabel

if TYPE_CHECKING:
    from wizard.jobs.runner import Job, Progress
    from wizard.session.session import Session

#: Where the picture's place is wider than this, it is drawn larger than it is shown.
_WIDE = 520


@dataclass(frozen=True, slots=True)
class FirstPage:
    """Page 1 as a PNG, and how many pages there are."""

    png: bytes
    pages: int


class FirstPageView(QWidget):
    """Shows the page; `draw` begins anew and leaves the old picture, faded words beside it, until the new one is in."""

    def __init__(self, page: Page):
        super().__init__()
        self._page = page
        self._job: Job[FirstPage] | None = None
        self._shown_for = ""
        self.picture = Picture(_("The first page, as it will be exported"))
        self.said = PlainLabel("", "quiet", wrap=True)
        self._where = PlainLabel("", "quiet")
        head = QHBoxLayout()
        head.addWidget(PlainLabel(_("First page, as it will be exported"), "quiet"), 1)
        head.addWidget(self._where)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.picture)
        column.addWidget(self.said)

    def draw(self, session: Session) -> None:
        """Draw the page of the assessment as it stands, unless it is shown already."""
        if self._shown_for == session.assessment.head:
            return
        if self._job is not None:
            self._job.cancel()
        head = session.assessment.head
        self.said.setText(_("Being laid out…"))
        self.said.show()
        width = round(_WIDE * self.devicePixelRatioF() * 1.5)

        async def work(progress: Progress) -> FirstPage:
            import asyncio

            from wizard.jobs import worker_process
            from wizard.session.deeds import attesting

            progress(0, 2, _("Laying out the pages"))
            laying_out = attesting.draft_pages(session)
            try:
                pdf = await asyncio.shield(asyncio.wrap_future(laying_out.result))
            except asyncio.CancelledError:
                laying_out.cancel()
                raise
            progress(1, 2, _("Drawing the first page"))
            ask = {"page": 0, "width": width}
            drawn = await worker_process.ask("preview", ask, pdf, worker_process.Limits(seconds=30))
            pages = drawn.said.get("pages")
            return FirstPage(drawn.data, pages if isinstance(pages, int) else 1)

        def then(first: FirstPage) -> None:
            self._job = None
            self._show(first, head)

        def failed(error: Exception) -> None:
            self._job = None
            self.said.setText(sentence_of(error))
            self.said.show()

        self._job = self._page.start(
            lambda hear: session.runner.start(work, _("Drawing the first page"), hear), then, failed=failed
        )

    def stop(self) -> None:
        """Nobody looks any more."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _show(self, first: FirstPage, head: str) -> None:
        image = QImage.fromData(first.png) if first.png.startswith(b"\x89PNG\r\n") else QImage()
        if image.isNull():
            self.said.setText(_("The page was laid out but could not be drawn here. Signing works all the same."))
            return
        self._shown_for = head
        self._where.setText(_("1 of {n}").format(n=first.pages))
        self.picture.show_picture(QPixmap.fromImage(image), 720)
        self.said.hide()
