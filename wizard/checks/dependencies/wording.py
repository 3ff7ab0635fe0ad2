"""The words for states, obstacles and vulnerabilities of dependencies, for the shell and the window."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.checks.dependencies.advisory import Vulnerability
from wizard.checks.dependencies.dependency import Manifest, Obstacle, Reach
from wizard.checks.dependencies.states import Checked, State
from wizard.domain.language import _, ngettext


def state(value: State) -> str:
    """A state for people."""
    match value:
        case State.VULNERABLE:
            return _("vulnerable")
        case State.NONE_KNOWN:
            return _("none known")
        case State.CANNOT_BE_CHECKED:
            return _("cannot be checked")
        case State.NOT_CHECKED:
            return _("not checked")


def because(row: Checked) -> str:
    """Why nothing is known about a dependency; "" when something is."""
    if row.because or row.obstacle is None:
        return row.because
    match row.obstacle:
        case Obstacle.NO_VERSION:
            return _("The file does not say which version.")
        case Obstacle.NOT_PINNED:
            return _("The file allows several versions, or names a moving tag or branch.")
        case Obstacle.OTHER_SOURCE:
            return _("It comes from Git, a file or an address of its own; lists of vulnerabilities do not cover that.")
        case Obstacle.OTHER_REGISTRY:
            return _(
                "It comes from {host}, not from where the public packages of its file come from; a list of public "
                "packages says nothing about it. Have its own code looked at (add its repository to the scope)."
            ).format(host=row.dependency.origin or _("another registry"))
        case Obstacle.NO_DATA:
            return _("There is no list of vulnerabilities for this kind of package.")
        case Obstacle.IMAGE:
            return _("What is inside an image is not looked at here. Scan the image, and add that report.")
        case Obstacle.VERSION:
            return _("Its version cannot be compared with those of an advisory about it.")
        case Obstacle.RECORD:
            return _("An advisory about it cannot be read.")


def flaw(one: Vulnerability) -> str:
    """A vulnerability in one line: name, how bad, since which version fixed."""
    if one.malicious:
        bad = _("malicious package")
    elif one.severity.score is not None:
        bad = f"{one.severity.rating.value} {one.severity.score:.1f}"
    else:
        bad = one.severity.word.lower() or _("severity unknown")
    fixed = _("fixed in {versions}").format(versions=", ".join(one.fixed)) if one.fixed else _("no fix known")
    return f"{one.id} ({bad}; {fixed})"


def manifest(one: Manifest) -> str:
    """A manifest whose list is not whole, and why; "" for a whole one."""
    return "" if one.reach is Reach.COMPLETE else f"{one.file}: {one.because}"


def counted(rows: Iterable[Checked], manifests: int) -> str:
    """What was looked at, in numbers."""
    rows = tuple(rows)
    count = {each: sum(row.state is each for row in rows) for each in State}
    listed = ", ".join(f"{count[each]} {state(each)}" for each in State if count[each]) or _("no dependency")
    return ngettext("{listed}, in {n} file", "{listed}, in {n} files", manifests).format(listed=listed, n=manifests)
