"""The sentences that people read about a scan for secrets: gaps, kinds of places, reasons."""

from __future__ import annotations

from wizard.checks.code import tiers
from wizard.checks.code.coverage import Coverage, Gap, GapKind, History
from wizard.checks.code.leak import Leak, Tier, Where
from wizard.domain.language import _, ngettext


def gap(gap: Gap) -> str:
    """What was not looked at, and what to do."""
    places = ", ".join(place for place in gap.places[:3] if place)
    more = gap.count - min(3, len(gap.places))
    if more > 0:
        places += ngettext(" and {n} more", " and {n} more", more).format(n=more)
    match gap.kind:
        case GapKind.SHALLOW:
            return _("The clone is shallow: older commits are not here. Run `git fetch --unshallow`, then look again.")
        case GapKind.PARTIAL_CLONE:
            return _("The clone is partial: some objects are only on the server. Clone again without a filter.")
        case GapKind.SUBMODULE:
            return _("Submodules are repositories of their own: {places}. Clone each and list it in the scope.").format(
                places=places
            )
        case GapKind.LFS:
            return _("Files on a Git LFS server are not in the history here. Look at them separately.")
        case GapKind.GIT_CRYPT:
            return _("Files encrypted with git-crypt cannot be read. Unlock a clone and look at that.")
        case GapKind.TOO_SLOW:
            return _("Not fully looked at, because it took too long: {places}. Look at it by hand.").format(
                places=places or _("an object of the history")
            )
        case GapKind.TOO_LARGE:
            return _("Too deeply nested to look at: {places}.").format(places=places)
        case GapKind.LARGE_FILE:
            return _("Too large to be read as a program: {places}. Look at it by hand.").format(places=places)
        case GapKind.UNREADABLE:
            return _("Could not be read: {places}. Look again as someone who may read it.").format(places=places)
        case GapKind.NOT_UNFOLDED:
            return _("Could not be unpacked: {places}. Unpack it and look at the folder.").format(
                places=places or _("an object of the history")
            )
        case GapKind.ENCRYPTED:
            return _("A password locks what is in {places}: archives, or stores of keys. Look at it yourself.").format(
                places=places or _("an object of the history")
            )
        case GapKind.PDF:
            return _("Not all of the words of a PDF could be read: {places}. Look at it yourself.").format(
                places=places or _("one that lies in the history or is this one")
            )
        case GapKind.TOO_MANY:
            return _("So many findings that not all are listed: {places}.").format(places=places or _("the history"))
        case GapKind.INSIDE_REPOSITORY:
            return _("The folder is part of the repository {places}: its history was not looked at. Name that.").format(
                places=places
            )
        case GapKind.GIT_REFUSED:
            if places == "dubious ownership":
                return _(
                    "Git does not read this repository because it belongs to another user. "
                    "Add it to safe.directory, or look as its owner."
                )
            return _("Git could not read this repository, so its history was not looked at. Try `git fsck` there.")
        case GapKind.NO_GIT:
            return _("Git is not installed: messages of tags and names of branches and files were not looked at.")
        case GapKind.DAMAGED:
            return _("The repository is damaged: some objects could not be read. Try `git fsck`, or clone it again.")
        case GapKind.STOPPED:
            return _("The scan was stopped.")
        case GapKind.SPARSE:
            return _("Only a part of the files is checked out. Run `git sparse-checkout disable`, then look again.")
        case GapKind.NO_FILES:
            return _("There is no file of a program here. Check the repository out, or give the folder of the code.")


def where(leak: Leak) -> str:
    """What kind of place it is."""
    match leak.where:
        case Where.FILE:
            return _("file")
        case Where.IGNORED_FILE:
            return _("file that Git ignores: on this computer only")
        case Where.HISTORY:
            return _("history")
        case Where.UNREACHABLE:
            return _("removed or staged object, still stored")
        case Where.COMMIT_MESSAGE:
            return _("commit message")
        case Where.TAG_MESSAGE:
            return _("tag message")
        case Where.REF_NAME:
            return _("name of a branch or tag")
        case Where.PATH_NAME:
            return _("name of a file")
        case Where.GIT_FOLDER:
            return _("Git's own files: on this computer only")
        case Where.PUBLIC:
            return _("given to every browser")


def tier(one: Tier) -> str:
    """What a tier means."""
    match one:
        case Tier.A:
            return _("A: token or private key")
        case Tier.B:
            return _("B: password or key")
        case Tier.C:
            return _("C: weak or an example")


def because(leak: Leak) -> str:
    """Why its tier was lowered; "" when it was not."""
    return {
        tiers.TEST: _("test or example"),
        tiers.WEAK: _("weak value"),
        tiers.EXPIRED: _("expired"),
        tiers.LOCAL: _("local or example address"),
        tiers.IGNORED: _("not in the repository"),
    }.get(leak.because, "")


def looked_at(coverage: Coverage) -> str:
    """How much was looked at."""
    files = ngettext("{n} file", "{n} files", coverage.files).format(n=coverage.files)
    if coverage.history is History.NONE:
        return _("{files}; no Git history here").format(files=files)
    versions = ngettext("{n} stored version", "{n} stored versions", coverage.versions).format(n=coverage.versions)
    commits = ngettext("{n} commit", "{n} commits", coverage.commits).format(n=coverage.commits)
    return _("{files}, {versions} in {commits}").format(files=files, versions=versions, commits=commits)
