"""The order in which Tab goes: as one reads, from the sidebar over the page to the foot.

Qt goes in the order in which fields were made. Cards and forms are made when they are opened, so that order jumps: to
the foot before the page, to Close before the questions, and to the search field when what had the focus goes away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

#: They look after what is inside them.
_WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit)


class Ground(QWidget):
    """What holds all of it: from here Tab, and a focus whose widget went away, go on in reading order."""

    def focusNextPrevChild(self, next: bool) -> bool:
        to = neighbour(self, next)
        if to is None:
            return False
        to.setFocus(Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason)
        return True


def neighbour(root: QWidget, forward: bool) -> QWidget | None:
    """What gets the focus after (or before) the one that has it, below `root`; None when nothing else can have it."""
    here = root.window().focusWidget()
    around: set[QWidget] = set()
    above: QWidget | None = here
    while above is not None and above is not root:
        around.add(above)
        above = above.parentWidget()
    order: list[QWidget] = []
    at = -1
    for widget in _below(root, around):
        if widget in around:
            # The innermost counts: an editor inside a table stands where the table stands.
            at = len(order)
            if widget is here or not _takes_tab(widget):
                continue
            order.append(widget)
        elif _takes_tab(widget):
            order.append(widget)
    if not order:
        return None
    if at < 0:
        return order[0 if forward else -1]
    if forward and at == len(order) and here is not None and not _takes_tab(here):
        return order[-1]  # the last one went away: what stands before it, not the other end of the window
    own = at < len(order) and order[at] in around
    return order[(at + own if forward else at - 1) % len(order)]


def _takes_tab(widget: QWidget) -> bool:
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.focusProxy() is None
        and widget.isEnabled()
        and widget.isVisible()
    )


def _below(widget: QWidget, around: set[QWidget]) -> Iterator[QWidget]:
    """`widget` and all below it in reading order, without what is hidden; what is in `around` always."""
    if widget.isHidden() and widget not in around:
        return
    yield widget
    if isinstance(widget, _WHOLE):
        return
    late: list[QWidget] = []
    for child in _children(widget):
        if isinstance(child, QLineEdit):  # what lies in a field comes after the form: hands type into the next field
            late += child.findChildren(QPushButton)
        yield from _below(child, around)
    yield from late


def _children(widget: QWidget) -> list[QWidget]:
    if isinstance(widget, QScrollArea):
        inside = widget.widget()
        return [] if inside is None else [inside]
    layout = widget.layout()
    children = [child for child in widget.children() if isinstance(child, QWidget)]
    laid_out = [] if layout is None else list(_laid_out(layout, children))
    others = (child for child in children if child not in laid_out and not child.isWindow())
    return laid_out + sorted(others, key=lambda child: (child.y(), child.x()))


def _laid_out(layout: QLayout, children: Sequence[QWidget]) -> Iterator[QWidget]:
    """Those of `children` that lie in this layout or in one inside it.

    Their items are not asked for: the bindings keep each one that `itemAt` gave, and when Qt has let it go, they take
    whatever lies at its address then for it (a window was a layout's item).
    """
    inside = [
        (layout.indexOf(one), one) for one in (*children, *layout.children()) if isinstance(one, QWidget | QLayout)
    ]
    found = [(number, one) for number, one in inside if number >= 0]
    if isinstance(layout, QGridLayout):
        found.sort(key=lambda each: layout.getItemPosition(each[0])[:2])  # type: ignore[index]
    else:
        found.sort(key=lambda each: each[0])
    for _number, one in found:
        if isinstance(one, QLayout):
            yield from _laid_out(one, children)
        else:
            yield one
